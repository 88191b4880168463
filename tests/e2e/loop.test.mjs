// A saved file becomes a new version, served and shown.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openBrowser, openPage } from './support/browser.mjs';
import { Emulator, copyOfDemo, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;

async function devVersion(emulator) {
  const answer = await emulator.request(`${emulator.hosting}/demo/dev?trustedAuthority=portal.azure.com`);
  return answer.headers['x-ms-version'];
}

test('a saved file is packed, put in the container, pointed to, synced and served', async (t) => {
  const demo = copyOfDemo(t);
  const emulator = await Emulator.start(t, [demo]);
  const before = await devVersion(emulator);
  const file = path.join(demo, 'source/Content/Scripts/overview.js');

  writeFileSync(file, `${readFileSync(file, 'utf8')}\n// saved\n`);
  const after = await waitFor('new version', limitMs, async () => {
    const version = await devVersion(emulator);
    return version !== before && version;
  });
  assert.match(after, /^1\.0\.0\.\d{6}-\d{6}(-\d+)?$/);
  const line = await emulator.waitForOutput(new RegExp(`overview\\.js changed.*${after}.*\\d ms.*synced \\d+ ms`), limitMs);
  assert.ok(line);

  const served = await emulator.request(`${emulator.hosting}/demo/Content/${after}/Scripts/overview.js`);
  assert.equal(served.text, readFileSync(file, 'utf8'));
  const config = await emulator.json(`${emulator.storage}/devstoreaccount1/demo/config.json`);
  assert.equal(config.dev, after);
  assert.equal(config.stage1, '1.0.0.5');
  const zip = await emulator.request(`${emulator.storage}/devstoreaccount1/demo/${after}.zip`);
  assert.equal(zip.status, 200);

  await t.test('the user\'s own seed was not written to', () => {
    const seed = JSON.parse(readFileSync(path.join(demo, 'container/config.json'), 'utf8'));
    assert.equal(seed.dev, undefined);
  });

  await t.test('the version before is still served, for pages that are open', async () => {
    assert.equal((await emulator.request(`${emulator.hosting}/demo/Content/${before}/Scripts/overview.js`)).status, 200);
  });

  await t.test('a new folder is published too', async () => {
    mkdirSync(path.join(demo, 'source/Content/New/Deep'), { recursive: true });
    writeFileSync(path.join(demo, 'source/Content/New/Deep/file.txt'), 'here');
    await waitFor('new file', limitMs, async () => {
      const answer = await emulator.request(`${emulator.hosting}/demo/Content/${await devVersion(emulator)}/New/Deep/file.txt`);
      return answer.status === 200 && answer.text === 'here';
    });
  });

  await t.test('saving without a change makes no version', async () => {
    const version = await devVersion(emulator);
    writeFileSync(file, readFileSync(file));
    const marker = path.join(demo, 'source/Content/marker.txt');
    writeFileSync(marker, 'marker');
    const next = await waitFor('marker', limitMs, async () => {
      const now = await devVersion(emulator);
      return now !== version && now;
    });
    const { extensions } = await emulator.json(`${emulator.control}/_emu/v1/extensions`);
    const versions = extensions[0].versions.map((held) => held.version);
    assert.ok(versions.indexOf(version) - versions.indexOf(next) <= 1, `${versions}`);
  });
});

test('an open page reloads by itself', async (t) => {
  const demo = copyOfDemo(t);
  const emulator = await Emulator.start(t, [demo]);
  const page = await openPage(t, await openBrowser(t, emulator.env));
  await page.goto(`${emulator.hosting}/demo/dev?l=en&trustedAuthority=portal.azure.com`);
  const index = path.join(demo, 'source/index.html');
  const marker = 'edited while the page was open';
  writeFileSync(index, readFileSync(index, 'utf8').replace('</body>', `<p>${marker}</p></body>`));
  await page.getByText(marker).waitFor({ timeout: limitMs });
  assert.deepEqual(page.failures, []);
});
