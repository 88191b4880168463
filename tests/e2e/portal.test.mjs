// The emulated portal in a real browser: what loads, why, and what the page's controls do. A violation of a content security
// policy is an error on the console, so `page.failures` has it too.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openBrowser, openPage } from './support/browser.mjs';
import { Emulator, copyOfDemo, freshHome, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;
const name = 'Microsoft_Azure_Demo';
const devQuery = `/?feature.canmodifystamps=true&${name}=dev`;

/** An emulator on a copy of the sample (which `edit` may change first), and a tab of a browser that trusts it. */
async function openPortal(t, { edit = () => {}, args = [] } = {}) {
  const demo = copyOfDemo(t);
  edit(demo);
  const emulator = await Emulator.start(t, [demo, ...args]);
  const browser = await openBrowser(t, emulator.env);
  const page = await openPage(t, browser);
  page.setDefaultTimeout(limitMs);
  return { demo, emulator, browser, page };
}

const extensionIn = (page) => page.frameLocator('iframe.fxs-part-frame');
const frameOf = async (page) => (await page.locator('iframe.fxs-part-frame').elementHandle()).contentFrame();

const picker = (page, label) => page.getByRole('combobox', { name: label, exact: true });

/** Waits until the blade shows `version`, has finished its conversation with the portal, and says so itself. */
async function assertShows(page, version) {
  await page.locator('#blade-facts .chip').getByText(version, { exact: true }).waitFor();
  await page.locator('#load-state.good').waitFor();
  await extensionIn(page).locator('#version').getByText(version, { exact: true }).waitFor();
}

const facts = (page) => page.locator('#blade-facts').innerText();

async function devVersion(emulator) {
  const answer = await emulator.request(`${emulator.hosting}/demo/dev?trustedAuthority=portal.azure.com`);
  return answer.headers['x-ms-version'];
}

function edit(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

test('the portal loads the version that its URL asks for', async (t) => {
  const { emulator, page } = await openPortal(t, { args: ['--no-watch'] });
  const version = await devVersion(emulator);
  await page.goto(emulator.portal + devQuery);
  await assertShows(page, version);

  await t.test('in a sandboxed frame of another origin', async () => {
    const element = page.locator('iframe.fxs-part-frame');
    const sandbox = (await element.getAttribute('sandbox')).split(' ').sort();
    assert.deepEqual(sandbox,
      ['allow-downloads', 'allow-forms', 'allow-modals', 'allow-popups', 'allow-same-origin', 'allow-scripts']);
    assert.equal(await element.getAttribute('allow'), 'microphone *; encrypted-media *;clipboard-read;');
    const frame = await frameOf(page);
    assert.equal(new URL(frame.url()).origin, emulator.hosting);
    assert.notEqual(new URL(frame.url()).origin, new URL(page.url()).origin);
    const reached = await frame.evaluate(() => {
      try {
        return window.parent.document.title;
      } catch (error) {
        return error.name;
      }
    });
    assert.equal(reached, 'SecurityError');
  });

  await t.test('and tells it the language, the region, and which portal it is in', async () => {
    const asked = new URL((await frameOf(page)).url()).searchParams;
    assert.equal(asked.get('l'), 'en');
    assert.equal(asked.get('region'), 'westus');
    assert.equal(asked.get('trustedAuthority'), emulator.portal);
    assert.equal(asked.get('pageVersion'), version);
  });

  await t.test('and talks with it as documented, with a time for each step', async () => {
    await page.locator('#timeline li.done').nth(6).waitFor();
    assert.equal(await page.locator('#timeline li').count(), 7);
    await page.getByRole('tab', { name: 'Messages' }).click();
    const kinds = await page.locator('#panel-messages tbody td:nth-child(3)').allInnerTexts();
    assert.deepEqual(kinds, ['ready', 'frametitle', 'framecontent', 'theme', 'revealcontent', 'initializationcomplete']);
    await extensionIn(page).getByRole('button', { name: 'Get a token' }).click();
    await extensionIn(page).getByText('this-is-not-a-real-token').waitFor();
  });

  await t.test('and shows the version, the stamp, the region, and the reasons', async () => {
    assert.match(await facts(page), /stamp dev.*West US.*portal\.azure\.com/s);
    await page.getByRole('tab', { name: 'Explain' }).click();
    const reasons = await page.locator('#panel-explain .reason').allInnerTexts();
    assert.ok(reasons.some((text) => /stamp 'dev'.*STAMP_OVERRIDE/s.test(text)), reasons.join('\n'));
    assert.ok(reasons.some((text) => text.includes(version) && /config\.json:\d+:\d+/.test(text)), reasons.join('\n'));
    const stamps = await page.locator('#panel-explain tbody tr').allInnerTexts();
    for (const [index, stamp] of ['stage1', 'stage2', 'stage3', 'stage4', 'stage5'].entries()) {
      assert.match(stamps[index], new RegExp(`${stamp}\\s+1\\.0\\.0\\.${5 - index}`));
    }
  });

  await t.test('and shows the settings that the page gets', async () => {
    await page.getByRole('tab', { name: 'Effective settings' }).click();
    const row = page.locator('#panel-settings tr', { has: page.getByText('environmentName', { exact: true }) });
    await row.getByText('Azure public cloud').waitFor();
  });

  await t.test('and offers the link that sideloads the same into the real portal', async () => {
    const link = new URL(await page.getByRole('link', { name: 'Open in the real portal' }).getAttribute('href'));
    assert.equal(link.origin, 'https://portal.azure.com');
    assert.equal(link.searchParams.get('feature.canmodifyextensions'), 'true');
    const [, sideload] = link.hash.match(/^#\?testExtensions=(.*)$/);
    assert.deepEqual(JSON.parse(decodeURIComponent(sideload)), { [name]: `${emulator.hosting}/demo/dev` });
  });

  assert.deepEqual(page.failures, []);
});

test('an override without the flag is ignored, and the page says why and has the flag one click away', async (t) => {
  const { emulator, page } = await openPortal(t, { args: ['--no-watch'] });
  await page.goto(`${emulator.portal}/?${name}=dev`);
  await assertShows(page, '1.0.0.2');
  assert.match(await facts(page), /stage4/);
  await page.locator('.bar-warning', { hasText: 'ignored without feature.canmodifystamps=true' }).waitFor();

  await page.getByRole('link', { name: 'Add feature.canmodifystamps=true' }).click();
  await assertShows(page, await devVersion(emulator));
  const query = new URL(page.url()).searchParams;
  assert.equal(query.get('feature.canmodifystamps'), 'true');
  assert.equal(query.get(name), 'dev');
  assert.equal(await page.locator('.bar').count(), 0);
  assert.deepEqual(page.failures, []);
});

test('the pickers write the URL, and the URL is what is shown', async (t) => {
  const { emulator, page } = await openPortal(t, { args: ['--no-watch'] });
  const parameter = (key) => new URL(page.url()).searchParams.get(key);
  await page.goto(emulator.portal);
  await assertShows(page, '1.0.0.2');

  await t.test('region: each gets the version of its stage', async () => {
    for (const [region, label, stage, version] of [['westcentralus', 'West Central US', 'stage2', '1.0.0.4'],
      ['southeastasia', 'Southeast Asia', 'stage5', '1.0.0.1'], ['southcentralus', 'South Central US', 'stage3', '1.0.0.3']]) {
      await picker(page, 'Region').selectOption(region);
      await assertShows(page, version);
      assert.equal(parameter('region'), region);
      assert.match(await facts(page), new RegExp(`${stage}.*${label}`, 's'));
    }
    await page.goBack();
    await assertShows(page, '1.0.0.1');
    assert.equal(await picker(page, 'Region').inputValue(), 'southeastasia');
  });

  await t.test('stamp: with the flag that it needs, and back to the region\'s default without it', async () => {
    await picker(page, 'Stamp').selectOption('stage1');
    await assertShows(page, '1.0.0.5');
    assert.equal(parameter(name), 'stage1');
    assert.equal(parameter('feature.canmodifystamps'), 'true');
    await picker(page, 'Stamp').selectOption('');
    await assertShows(page, '1.0.0.1');
    assert.equal(parameter(name), null);
    assert.equal(parameter('feature.canmodifystamps'), null);
  });

  await t.test('language', async () => {
    await picker(page, 'Region').selectOption('westcentralus');
    await assertShows(page, '1.0.0.4');
    await picker(page, 'Language').selectOption('de');
    await extensionIn(page).getByRole('heading', { name: 'Flottenübersicht' }).waitFor();
    assert.equal(parameter('l'), 'de');
  });

  await t.test('environment: the preview portal has the settings of portal.azure.com, and keeps the rest of the URL', async () => {
    await picker(page, 'Environment').selectOption({ label: 'ms.portal.azure.com (MPAC)' });
    await page.waitForURL((url) => url.hostname === 'ms.portal.azure.com.localhost');
    await assertShows(page, '1.0.0.4');
    assert.equal(parameter('l'), 'de');
    assert.equal(parameter('region'), 'westcentralus');
    assert.match(await facts(page), /ms\.portal\.azure\.com/);
    await page.locator('#served', { hasText: 'Content/Config/portal.azure.com.json' }).waitFor();
    await page.getByRole('tab', { name: 'Effective settings' }).click();
    await page.locator('#panel-settings').getByText('Azure public cloud').waitFor();
    await picker(page, 'Environment').selectOption({ label: 'portal.azure.com (PROD)' });
    await page.waitForURL((url) => url.origin === emulator.portal);
    await assertShows(page, '1.0.0.4');
  });

  await t.test('a link to the page shows the same again', async () => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    await assertShows(other, '1.0.0.4');
    assert.equal(await picker(other, 'Language').inputValue(), 'de');
    await other.close();
  });

  assert.deepEqual(page.failures, []);
});

test('an unknown stamp shows those that exist, each one click away', async (t) => {
  const { emulator, page } = await openPortal(t, { args: ['--no-watch'] });
  await page.goto(`${emulator.portal}/?feature.canmodifystamps=true&${name}=nosuch`);
  const failure = page.locator('#failure');
  await failure.getByText('nosuch').waitFor();
  assert.equal(await page.locator('iframe').count(), 0);
  const offered = await failure.locator('a[data-inner]').allInnerTexts();
  for (const stamp of ['stage1', 'stage5', 'preview', 'dev']) assert.ok(offered.includes(stamp), `${stamp} in ${offered}`);
  await failure.getByRole('link', { name: 'stage2', exact: true }).click();
  await assertShows(page, '1.0.0.4');
  assert.equal(new URL(page.url()).searchParams.get(name), 'stage2');
  assert.deepEqual(page.failures, []);
});

test('a saved file and a broken container show in the open page', async (t) => {
  const { demo, emulator, page } = await openPortal(t);
  const before = await devVersion(emulator);
  await page.goto(emulator.portal + devQuery);
  await assertShows(page, before);
  const mark = (place) => place.evaluate(() => { window.notReloaded = true; });
  const isMarked = (place) => place.evaluate(() => window.notReloaded === true);
  await page.locator('#live.on').waitFor();

  await t.test('a saved file reloads the frame, and nothing else', async () => {
    await mark(page);
    await mark(await frameOf(page));
    const marker = 'saved while the portal was open';
    edit(path.join(demo, 'source/index.html'), (html) => html.replace('</main>', `<p>${marker}</p></main>`));
    await extensionIn(page).getByText(marker).waitFor();
    const after = await devVersion(emulator);
    assert.notEqual(after, before);
    await assertShows(page, after);
    assert.ok(await isMarked(page), 'the portal\'s own page was reloaded');
    assert.equal(await isMarked(await frameOf(page)), false);
  });

  await t.test('a broken config.json shows the incident above the extension, until it is mended', async () => {
    await mark(await frameOf(page));
    const config = path.join(demo, 'container/config.json');
    const good = readFileSync(config, 'utf8');
    writeFileSync(config, good.replace(/\n\}\s*$/, ',\n}\n'));
    const bar = page.getByRole('alert');
    await bar.getByText('EHE1003').waitFor();
    await assertShows(page, await devVersion(emulator));
    writeFileSync(config, good);
    await bar.waitFor({ state: 'detached' });
    await assertShows(page, await devVersion(emulator));
    assert.ok(await isMarked(page));
    assert.ok(await isMarked(await frameOf(page)), 'the extension was reloaded without a new version');
  });

  assert.deepEqual(page.failures, []);
});

test('what is sideloaded from this machine loads once the user allows it', async (t) => {
  const env = freshHome(t);
  const local = await Emulator.start(t, [copyOfDemo(t), '--no-watch'], { env });
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch'], { env });
  const page = await openPage(t, await openBrowser(t, env));
  page.setDefaultTimeout(limitMs);
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  const sideload = `#?testExtensions=${encodeURIComponent(JSON.stringify({ Contoso_Local: `${local.hosting}/demo/stage3` }))}`;

  await t.test('not without the flag, which is one click away', async () => {
    await page.goto(`${emulator.portal}/${sideload}`);
    await page.locator('.bar-warning', { hasText: 'testExtensions is refused' }).waitFor();
    await page.getByRole('link', { name: 'Add feature.canmodifyextensions=true' }).click();
    await page.locator('.bar-trust', { hasText: `Contoso_Local is to be loaded from ${local.hosting}` }).waitFor();
  });

  await t.test('not before Allow, and not after Deny', async () => {
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.locator('.bar-trust', { hasText: 'you denied' }).waitFor();
    assert.equal(await page.locator('iframe').count(), 0);
    assert.ok(!asked.includes(local.hosting));
  });

  await t.test('after Allow, and again after a reload of the tab', async () => {
    await page.getByRole('button', { name: 'Allow' }).click();
    for (const round of ['allowed', 'reloaded']) {
      if (round === 'reloaded') await page.reload();
      await page.locator('#load-state.good').waitFor();
      await extensionIn(page).locator('#version', { hasText: '1.0.0.3' }).waitFor();
      assert.equal(new URL((await frameOf(page)).url()).origin, local.hosting);
      assert.match(await facts(page), /sideloaded/);
    }
  });

  assert.deepEqual(page.failures, []);
});

test('an extension that never speaks is a documented failure, with its causes', async (t) => {
  const { emulator, page } = await openPortal(t, {
    args: ['--no-watch'],
    edit: (demo) => edit(path.join(demo, 'source/index.html'), (html) => html.replaceAll(/<script.*<\/script>\n/g, '')),
  });
  await page.goto(`${emulator.portal}${devQuery}&feature.extloadtimeout=2`);
  await page.locator('#load-state.failed', { hasText: 'FirstResponseNotReceived after 2 s' }).waitFor();
  await page.locator('#load-failure', { hasText: 'FxFrameBlade' }).waitFor();
  assert.deepEqual(page.failures, []);
});

test('a load is given up by the emulator\'s clock: never while it stands still, at once when it is moved', async (t) => {
  const { emulator, page } = await openPortal(t, {
    args: ['--no-watch', '--clock', 'virtual'],
    edit: (demo) => edit(path.join(demo, 'source/index.html'), (html) => html.replaceAll(/<script.*<\/script>\n/g, '')),
  });
  await page.clock.install();  // so that the browser's time can be moved apart from the emulator's
  await page.goto(emulator.portal + devQuery);
  await page.locator('#load-state', { hasText: 'no message from it yet' }).waitFor();
  await page.locator('#live.on').waitFor();
  await page.clock.fastForward('02:00');
  assert.equal(await page.locator('#load-state.failed').count(), 0);
  emulator.verb('clock', 'advance', '39s');
  emulator.verb('clock', 'advance', '2s');
  await page.locator('#load-state.failed', { hasText: 'FirstResponseNotReceived after 40 s' }).waitFor();
  assert.deepEqual(page.failures, []);
});

test('the keyboard reaches and works everything', async (t) => {
  const { emulator, page } = await openPortal(t, { args: ['--no-watch'] });
  await page.goto(emulator.portal);
  await assertShows(page, '1.0.0.2');
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className);

  await t.test('Tab goes from the skip link through the pickers to the buttons', async () => {
    const order = [];
    for (let presses = 0; presses < 9; presses++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    assert.deepEqual(order, ['skip', 'pick-environment', 'pick-region', 'pick-stamp', 'pick-language', 'theme', 'toggle-details',
      'reload', 'open-real']);
  });

  await t.test('a picker is changed by a key, and keeps the focus', async () => {
    await page.locator('#pick-stamp').focus();
    await page.keyboard.press('ArrowDown');
    await assertShows(page, '1.0.0.5');
    assert.equal(await focused(), 'pick-stamp');
    assert.equal(new URL(page.url()).searchParams.get(name), 'stage1');
  });

  await t.test('the arrow keys choose a tab', async () => {
    await page.getByRole('tab', { name: 'Explain' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'tab-messages');
    assert.ok(await page.locator('#panel-messages').isVisible());
    assert.ok(!(await page.locator('#panel-explain').isVisible()));
  });

  await t.test('the theme is changed for the page and the extension, and the details fold away', async () => {
    await page.getByRole('button', { name: /light and dark/ }).press('Enter');
    await extensionIn(page).locator('html[data-theme="dark"]').waitFor();
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    const toggle = page.getByRole('button', { name: /the details/ });
    await toggle.press('Enter');
    assert.equal(await toggle.getAttribute('aria-expanded'), 'false');
    assert.ok(!(await page.locator('#drawer').isVisible()));
  });

  assert.deepEqual(page.failures, []);
});

test('in ci fidelity an open page keeps its version until it is refreshed', async (t) => {
  const { demo, emulator, page } = await openPortal(t, { args: ['--fidelity', 'ci'] });
  await page.goto(`${emulator.portal}/?feature.canmodifystamps=true&${name}=preview`);
  await assertShows(page, '1.0.0.5');
  edit(path.join(demo, 'container/config.json'), (config) => config.replace('"preview": "1.0.0.5"', '"preview": "1.0.0.3"'));
  await waitFor('the new target', limitMs, async () => {
    emulator.verb('sync', 'demo');
    const answer = await emulator.request(`${emulator.hosting}/demo/preview?trustedAuthority=portal.azure.com`);
    return answer.headers['x-ms-version'] === '1.0.0.3';
  });
  await page.locator('.bar-info', { hasText: '1.0.0.3 is served now' }).waitFor();
  await assertShows(page, '1.0.0.5');
  await page.getByRole('button', { name: 'Refresh' }).click();
  await assertShows(page, '1.0.0.3');
  assert.deepEqual(page.failures, []);
});
