// The file of the portal's own tools as the target.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, freshHome, root, run, temporaryFolder, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;
const authority = 'trustedAuthority=portal.azure.com';

/** An extension's project as the tools lay it out, and the text of its devServerConfig.json. */
function project(t, settings) {
  const folder = temporaryFolder(t, 'exthost-ap-');
  cpSync(path.join(root, 'fixtures/demo/source'), path.join(folder, 'obj/Debug'), { recursive: true });
  writeFileSync(path.join(folder, 'devServerConfig.json'), settings);
  return folder;
}

const settings = JSON.stringify({
  extensionHostingServiceName: 'contosodemo',
  extensionNameInPortalRegistration: 'Contoso_Demo',
  port: 1339,
  sideLoadTarget: 'https://portal.azure.com',
}, null, 2);

/** What the extension's page sees as its settings. */
async function environment(emulator) {
  const answer = await emulator.request(`${emulator.hosting}/contosodemo/dev?environmentjson=true&${authority}`);
  return answer.status === 200 ? JSON.parse(answer.text).environment : undefined;
}

test('a folder with a devServerConfig.json is hosted as that says', async (t) => {
  const folder = project(t, settings);
  const emulator = await Emulator.start(t, [folder, '--hosting-port', '0']);
  const { extensions } = await emulator.json(`${emulator.control}/_emu/v1/extensions`);
  assert.equal(extensions[0].name, 'Contoso_Demo');
  assert.equal(extensions[0].hostingServiceName, 'contosodemo');
  assert.equal((await emulator.request(`${emulator.hosting}/contosodemo/dev?${authority}`)).status, 200);

  await t.test('a local settings file replaces that of the package in whole, and is followed', async () => {
    const before = await environment(emulator);
    assert.ok(Object.keys(before).length > 0);
    const config = path.join(folder, 'LocalContent/Config');
    mkdirSync(config, { recursive: true });
    writeFileSync(path.join(config, 'portal.azure.com.json'), '{"local": "one"}');
    await waitFor('the local settings', limitMs, async () => (await environment(emulator)).local === 'one');
    writeFileSync(path.join(config, 'portal.azure.com.json'), '{"local": "two"}');
    const after = await waitFor('the changed ones', limitMs, async () => {
      const now = await environment(emulator);
      return now.local === 'two' && now;
    });
    // Of what the package's own file for this host adds to default.json nothing is left.
    const packaged = JSON.parse(readFileSync(path.join(folder, 'obj/Debug/Content/Config/portal.azure.com.json'), 'utf8'));
    const defaults = JSON.parse(readFileSync(path.join(folder, 'obj/Debug/Content/Config/default.json'), 'utf8'));
    for (const key of Object.keys(packaged)) assert.deepEqual(after[key], defaults[key], key);
  });
});

test('its port is the hosting port, and its mistakes have a place', (t) => {
  const env = freshHome(t);
  const printed = run(env, ['config', 'print', path.join(project(t, settings), 'devServerConfig.json')]);
  assert.equal(printed.code, 0, printed.err);
  assert.match(printed.out, /ports\.hosting = 1339 +devServerConfig\.json:4:11/);
  const bad = run(env, ['config', 'print', project(t, settings.replace('1339', '"high"'))]);
  assert.equal(bad.code, 3);
  assert.match(bad.err, /'port' is no port.*EHE4003\n\s+devServerConfig\.json:4:11\n.*\^/s);
});
