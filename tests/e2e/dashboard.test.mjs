// The dashboard in a real browser: what it shows of a run, that it follows what happens, and who may act.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openBrowser, openPage } from './support/browser.mjs';
import { Emulator, copyOfDemo, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;

/** An emulator on a copy of the sample, and a tab of a browser. */
async function start(t, args = []) {
  const demo = copyOfDemo(t);
  const emulator = await Emulator.start(t, [demo, ...args]);
  const page = await openPage(t, await openBrowser(t, emulator.env));
  page.setDefaultTimeout(limitMs);
  return { demo, emulator, page };
}

const status = (page, text) => page.locator('#status').getByText(text, { exact: true }).waitFor();
const stage = (page, name) => page.locator('#board section.stage').filter({ has: page.getByRole('heading', { name, exact: true }) });

/** How often the hosting service has synced since it started. */
async function syncCount(emulator) {
  const { serverInfo } = await emulator.json(`${emulator.hosting}/api/diagnostics`);
  return serverInfo.extensionSync.totalSyncAllCount;
}

test('the link that the terminal shows opens a dashboard that may act', async (t) => {
  const { demo, emulator, page } = await start(t);
  const [link] = await emulator.waitForOutput(/http:\/\/\S+#t=\S+/, limitMs);
  await page.goto(link);
  await status(page, 'Ready');

  await t.test('the token leaves the address at once', () => {
    assert.equal(page.url(), `${emulator.control}/`);
  });

  await t.test('the board shows every stage with its version and its regions', async () => {
    for (const [name, version, region] of [['stage1', '1.0.0.5', 'centraluseuap'], ['stage2', '1.0.0.4', 'westcentralus'],
      ['stage3', '1.0.0.3', 'southcentralus'], ['stage4', '1.0.0.2', 'westus'], ['stage5', '1.0.0.1', 'southeastasia']]) {
      await stage(page, name).locator('.version').getByText(version, { exact: true }).waitFor();
      await stage(page, name).getByText(region, { exact: true }).waitFor();
    }
    assert.ok(await stage(page, 'stage5').locator('button.region').count() > 30);
    assert.equal(await page.locator('.shape.target').count(), await page.locator('button.region').count() + 1);  // the legend's
    assert.match(await page.locator('.friendly').innerText(), /lastknowngood 1\.0\.0\.1/);
    assert.match(await page.locator('#versions').innerText(), /1\.0\.0\.5.*stage1, preview/s);
  });

  await t.test('a region says which version it gets, and why; the address keeps the choice', async () => {
    await page.locator('button.region', { hasText: /^westus$/ }).click();
    const inspector = page.locator('#inspector');
    await inspector.getByRole('heading', { name: 'West US · stage4' }).waitFor();
    await inspector.locator('.reasons').getByText(/config\.json:\d+:\d+/).first().waitFor();
    assert.match(await inspector.innerText(), /gets\s+1\.0\.0\.2/);
    await page.reload();
    await inspector.getByRole('heading', { name: 'West US · stage4' }).waitFor();
  });

  await t.test('the button syncs', async () => {
    const before = await syncCount(emulator);
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.locator('#live').getByText('Synced.').waitFor({ state: 'attached' });
    assert.ok(await syncCount(emulator) > before);
  });

  await t.test('a saved file moves the friendly name', async () => {
    const dev = page.locator('.friendly li', { hasText: 'dev' });
    const before = await dev.innerText();
    const file = path.join(demo, 'source/index.html');
    writeFileSync(file, readFileSync(file, 'utf8').replace('</main>', '<p>saved</p></main>'));
    await dev.filter({ hasNotText: before }).waitFor();
    await page.locator('#timeline .type', { hasText: /^publish$/ }).nth(1).waitFor();
  });

  await t.test('an incident appears with its place in the file, and resolves', async () => {
    const config = path.join(demo, 'container/config.json');
    const good = readFileSync(config, 'utf8');
    writeFileSync(config, good.replace(/\n\}\s*$/, ',\n}\n'));
    const incident = page.locator('.incident.open');
    await incident.getByText('EHE1003').waitFor();
    await incident.getByText(/^config\.json:\d+:\d+/).first().waitFor();
    await incident.locator('.frame', { hasText: '^ trailing comma' }).waitFor();
    await incident.getByText('demo-team@example.com').waitFor();
    await status(page, '1 open incident');
    await incident.getByText('SEV3').waitFor();
    await incident.getByRole('button', { name: 'Acknowledge' }).click();
    await incident.getByText('▲ acknowledged').waitFor();
    await stage(page, 'stage4').locator('.shape.failed').waitFor();
    assert.equal(await stage(page, 'stage4').locator('.version').innerText(), '1.0.0.2');

    writeFileSync(config, good);
    await status(page, 'Ready');
    await page.locator('#incidents').getByText('None is open.').waitFor();
    await page.getByText('1 resolved').click();
    await page.locator('.incident.resolved').getByText('EHE1003').waitFor();
    await stage(page, 'stage4').locator('.shape.target').waitFor();
  });

  await t.test('the keys filter, move and sync', async () => {
    await page.locator('body').press('/');
    await page.keyboard.type('japan');
    assert.deepEqual(await page.locator('button.region').allInnerTexts(), ['japaneast', 'japanwest']);
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('filter'), 'japan');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'demo/centraluseuap');
    const before = await syncCount(emulator);
    await page.keyboard.press('s');
    await waitFor('a sync', limitMs, async () => await syncCount(emulator) > before);
  });

  assert.deepEqual(page.failures, []);
});

test('without the token a visitor sees everything and changes nothing', async (t) => {
  const { emulator, page } = await start(t, ['--fidelity', 'ci']);  // where nothing syncs by itself
  await page.goto(emulator.control);
  await status(page, 'Ready');
  await stage(page, 'stage2').locator('.version').getByText('1.0.0.4', { exact: true }).waitFor();
  assert.deepEqual(page.failures, []);

  const before = await syncCount(emulator);
  await page.getByRole('button', { name: 'Sync now' }).click();
  await page.getByText('This page may look, but not act.').waitFor();
  assert.equal(await syncCount(emulator), before);
  assert.match(page.failures.join('\n'), /^console: Failed to load resource: .* 401 \(Unauthorized\)$/);  // one, and no other
});

test('the link of an earlier run is told so', async (t) => {
  const { emulator, page } = await start(t, ['--no-watch']);
  await page.goto(`${emulator.control}/#t=${'0'.repeat(32)}`);
  await page.getByText('The link is of an earlier run').waitFor();
  await status(page, 'Ready');
  assert.equal(page.url(), `${emulator.control}/`);
});

test('the clock can be stopped, moved and let go', async (t) => {
  const { emulator, page } = await start(t, ['--no-watch']);
  await page.goto(`${emulator.control}/#t=${emulator.record.token}`);
  await status(page, 'Ready');
  const shown = async () => Date.parse(await page.locator('#clock-now').getAttribute('datetime'));
  const clock = () => emulator.json(`${emulator.control}/_emu/v1/clock`);
  await page.getByRole('button', { name: 'Freeze' }).click();
  await page.locator('#clock-mode').getByText('stands still').waitFor();
  assert.equal((await clock()).frozen, true);
  const before = await shown();
  await page.getByRole('button', { name: '+1 min' }).click();
  await page.waitForFunction((time) => Date.parse(document.getElementById('clock-now').dateTime) === time, before + 60_000);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Freeze' }).waitFor();
  assert.equal((await clock()).mode, 'real');
  assert.deepEqual(page.failures, []);
});

test('in ci fidelity nothing moves before it is told to: by the sync button, or by the clock', async (t) => {
  const { demo, emulator, page } = await start(t, ['--fidelity', 'ci']);
  await page.goto(`${emulator.control}/#t=${emulator.record.token}`);
  await status(page, 'Ready');
  const config = path.join(demo, 'container/config.json');
  const moveStage1 = async (from, to) => {
    writeFileSync(config, readFileSync(config, 'utf8').replace(`"stage1": "${from}"`, `"stage1": "${to}"`));
    await waitFor('the container with it', limitMs,
      async () => (await emulator.json(`${emulator.storage}/devstoreaccount1/demo/config.json`)).stage1 === to);
  };
  const shown = (version) => stage(page, 'stage1').locator('.version').getByText(version, { exact: true }).waitFor();

  await moveStage1('1.0.0.5', '1.0.0.4');
  await shown('1.0.0.5');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await shown('1.0.0.4');

  await moveStage1('1.0.0.4', '1.0.0.3');
  await shown('1.0.0.4');
  const before = Date.parse(await page.locator('#clock-now').getAttribute('datetime'));
  await page.getByRole('button', { name: '+31 min' }).click();
  await page.waitForFunction((time) => Date.parse(document.getElementById('clock-now').dateTime) >= time, before + 31 * 60_000);
  await shown('1.0.0.3');
  assert.deepEqual(page.failures, []);
});
