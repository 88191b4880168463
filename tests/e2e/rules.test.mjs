// The settings by which a user chooses another reading of the rules, and a registration's fields.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, temporaryFolder } from './support/emulator.mjs';

const stages = { stage1: '1.0.0', stage2: '1.0.0', stage3: '1.0.0', stage4: '1.0.0', stage5: '1.0.0' };
const environment = {
  'default.json': '{"nested": {"kept": 1, "replaced": 1}}',
  'portal.azure.com.json': '{"nested": {"replaced": 2}}',
};

/** A container with one version; `config` may be text. */
function container(home, name, config, files = environment) {
  const folder = path.join(home, name);
  const settings = path.join(folder, '1.0.0/Content/Config');
  mkdirSync(settings, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(settings, file), text);
  writeFileSync(path.join(folder, 'config.json'),
    typeof config === 'string' ? config : JSON.stringify({ $version: '3', ...config }));
  return { name, storage: { seed: folder } };
}

/** Every rule's case, as extensions of one emulator. */
function cases(t) {
  const home = temporaryFolder(t);
  const extensions = [
    container(home, 'onlylast', { stage5: '1.0.0' }),
    container(home, 'names', { ...stages, friendly_1: '1.0.0' }),
    container(home, 'lenient', `{"$version": "3", ${JSON.stringify(stages).slice(1, -1)},}`),
    container(home, 'legacy', stages, { 'portal.azure.com.json': '{}' }),
    container(home, 'good', { ...stages, preview: '1.0.0' }),
  ];
  return (rules) => {
    const file = path.join(home, 'exthost-emu.json');
    writeFileSync(file, JSON.stringify({ rules, extensions }));
    return file;
  };
}

async function answers(emulator) {
  const get = async (where) =>
    (await emulator.request(`${emulator.hosting}/${where}${where.includes('?') ? '&' : '?'}trustedAuthority=portal.azure.com`));
  const merged = await get('good?environmentjson=true');
  return {
    onlylast: (await get('onlylast')).status,
    names: (await get('names')).status,
    lenient: (await get('lenient')).status,
    legacy: (await get('legacy')).status,
    exact: (await get('good/preview')).status,
    otherCase: (await get('good/PREVIEW')).status,
    nested: JSON.parse(merged.text).environment.nested,
  };
}

test('each rule switch changes what is served or refused', async (t) => {
  const settings = cases(t);
  const usual = await answers(await Emulator.start(t, [settings({})]));
  const asDocumented = { onlylast: 503, names: 200, lenient: 503, legacy: 503, exact: 200, otherCase: 200, nested: { replaced: 2 } };
  assert.deepEqual(usual, asDocumented);
  const other = await answers(await Emulator.start(t, [
    settings({ requireStages: 'last', strictNames: true, lenientJson: true, deepMerge: true, legacyZip: true })]));
  assert.deepEqual(other,
    { onlylast: 200, names: 503, lenient: 200, legacy: 200, exact: 200, otherCase: 404, nested: { kept: 1, replaced: 2 } });
});

test('the portal follows redirects, keeps a browser in its half of the flights, and reads hide keys and nocdn', async (t) => {
  const home = temporaryFolder(t);
  const good = container(home, 'good', { ...stages, stagePreview: '1.0.0' });
  const file = path.join(home, 'exthost-emu.json');
  writeFileSync(file, JSON.stringify({ extensions: [
    { ...good, flightUris: ['//good.hosting.portal.azure.net/good/stagePreview'], cacheability: 'server' },
    { ...container(home, 'old', stages), redirectTo: 'good' },
  ] }));
  const emulator = await Emulator.start(t, [file]);
  const view = async (url, cookie) => {
    const answer = await emulator.request(`${emulator.portal}/_emu/v1/portal?url=${encodeURIComponent(url)}`,
      cookie ? { headers: { Cookie: `exthost-emu-flight=${cookie}` } } : {});
    return { ...JSON.parse(answer.text), cookies: answer.headers['set-cookie'] ?? [] };
  };
  const extension = (seen, name) => seen.extensions.find((one) => one.name === name);

  const prod = await view('https://portal.azure.com/?microsoft_azure_marketplace_ItemHideKey=One,Two&nocdn=force');
  assert.ok(extension(prod, 'old').reasons.some(({ code }) => code === 'REDIRECTED'));
  assert.deepEqual(prod.hideKeys, ['One', 'Two']);
  assert.equal(prod.noCdn, 'force');
  assert.equal(extension(prod, 'good').flight, false);
  assert.equal(extension(prod, 'good').cacheability, 'server');

  const mpac = 'https://ms.portal.azure.com/';
  const [given] = (await view(mpac)).cookies;
  const ticket = given.match(/^exthost-emu-flight=([0-9a-f]{8}); Path=\//)[1];
  const again = await view(mpac, ticket);
  assert.deepEqual(again.cookies, []);
  assert.equal(extension(again, 'good').flight, ticket < '80000000');

  const flying = extension(await view(mpac, '00000000'), 'good');
  assert.equal(flying.flight, true);
  assert.match(flying.frameUrl, /\/good\/stagePreview\?.*flight=1/);
  assert.equal(extension(await view(mpac, 'ffffffff'), 'good').flight, false);
});
