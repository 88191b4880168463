// The settings by which a user chooses another reading of the rules, and a registration's fields.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, freshHome, run, temporaryFolder } from './support/emulator.mjs';

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

test('check judges by the same readings', (t) => {
  const settings = cases(t);
  const errorsOf = (rules) => {
    const result = run(freshHome(t), ['check', settings(rules), '--format', 'json']);
    return JSON.parse(result.out).subjects.flatMap((subject) => subject.problems).filter((one) => one.severity === 'error').map((one) => one.code).sort();
  };
  assert.deepEqual([...new Set(errorsOf({}))], ['EHE1003', 'EHE1006', 'EHE1203']);
  assert.deepEqual(errorsOf({ requireStages: 'last', lenientJson: true, legacyZip: true }), []);
  assert.deepEqual(errorsOf({ requireStages: 'last', lenientJson: true, legacyZip: true, strictNames: true }), ['EHE1009']);
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

test('a registration file says what the portal knows of the extensions here and elsewhere', async (t) => {
  const home = temporaryFolder(t);
  const files = Object.fromEntries(['hosted', 'moving', 'off'].map((name) => [name, container(home, name, { ...stages, preview: '1.0.0' })]));
  writeFileSync(path.join(home, 'Extensions.prod.json'), `{
  // as the portal has it
  extensions: [
    { name: 'hosted', hostingServiceName: 'HOSTED', cacheability: 'server', },
    { name: "moving", uri: "//localhost:44300", uriFormat: "//moving.hosting.portal.azure.net/moving/{0}" },
    /* not yet */ { name: 'off', hostingServiceName: 'off', disabled: true },
    { name: 'Another', hostingServiceName: 'another', uriFormat: '//{0}.another.ext.azure.com', },
    { name: 'Former', hostingServiceName: 'former', redirectTo: 'HOSTED', },
    { name: 'Gone', redirectTo: 'another' },
  ],
}
`);
  const file = path.join(home, 'exthost-emu.json');
  writeFileSync(file, JSON.stringify({ registrations: 'Extensions.prod.json', extensions: Object.values(files) }));
  const emulator = await Emulator.start(t, [file]);
  assert.match(emulator.errors, /'moving' is not what its hosting service name gives; uri wins {2}EHE1401\n {2}Extensions\.prod\.json:5:5\n/);

  const flag = 'feature.canmodifystamps=true';
  const question = (query) => `https://portal.azure.com/${query}`;
  const portal = async (name, query = '') => {
    const view = await emulator.json(`${emulator.portal}/_emu/v1/portal?url=${encodeURIComponent(question(query))}`);
    return view.extensions.find((one) => one.name === name);
  };
  const explain = (name, query = '') => {
    const { out } = emulator.verb('explain', name, '--url', question(query), '--json');
    return JSON.parse(out);
  };
  /** Where the reasons with this code point, as file:line:column. */
  const places = (reasons, code) => reasons.filter((one) => one.code === code).map(({ source }) =>
    (typeof source === 'object' && source ? `${source.file}:${source.line}:${source.column}` : source));
  const cases = [
    // name, query, enabled, served from, uri, status, reason and its place
    ['hosted', '', true, 'hosting', '//hosted.hosting.portal.azure.net/hosted', 200, 'URI_DERIVED', 4],
    ['moving', '', true, 'local', '//localhost:44300', null, 'MIGRATION', 5],
    ['moving', `?${flag}&moving=preview`, true, 'hosting', '//moving.hosting.portal.azure.net/moving/preview', 200, 'STAMP_OVERRIDE', 5],
    ['off', '', false, 'none', '', null, 'DISABLED_BY_REGISTRATION', 6],
    ['off', `?${flag}&off=preview`, true, 'hosting', '//off.hosting.portal.azure.net/off/preview', 200, 'STAMP_OVERRIDE', 6],
    ['Another', '', true, 'external', '//another.hosting.portal.azure.net/another', null, 'URI_DERIVED', 7],
    ['Another', `?${flag}&another=blue`, true, 'external', '//blue.another.ext.azure.com', null, 'STAMP_OVERRIDE', 7],
    ['Former', '', true, 'hosting', '//hosted.hosting.portal.azure.net/hosted', 200, 'REDIRECTED', 8],
    ['Gone', '', true, 'external', '//another.hosting.portal.azure.net/another', null, 'REDIRECTED', 9],
  ];
  for (const [name, query, enabled, origin, uri, status, code, line] of cases) {
    const where = `${name} ${query}`;
    const seen = await portal(name, query);
    assert.deepEqual([seen.enabled, seen.origin, seen.uri], [enabled, origin, uri], where);
    const answer = explain(name, query);
    assert.deepEqual([answer.enabled, answer.status ?? null], [enabled, status], where);
    if (uri) assert.ok(answer.url.startsWith(`https:${uri}`), `${where}: ${answer.url}`);
    for (const reasons of [seen.reasons, answer.reasons]) {
      assert.ok(places(reasons, code)[0]?.startsWith(`Extensions.prod.json:${line}:`), `${where}: ${JSON.stringify(reasons)}`);
    }
  }
  assert.equal((await portal('hosted')).cacheability, 'server');
  assert.equal(places(explain('Another').reasons, 'HOSTED_ELSEWHERE').length, 1);
});

test('a registration file with a mistake is refused at start, with its place and a caret', (t) => {
  const home = temporaryFolder(t);
  writeFileSync(path.join(home, 'Extensions.prod.json'), "[\n  { name: 'good', uri: 'good.example.com' },\n]\n");
  container(home, 'good', stages);
  const { code, err } = run(freshHome(t),
    [path.join(home, 'good'), '--registrations', path.join(home, 'Extensions.prod.json'), '--port', '0']);
  assert.equal(code, 3);
  assert.match(err, /uri must begin with \/\/ and a host name {2}EHE1401\n {2}\S*Extensions\.prod\.json:2:24\n/);
  assert.match(err, /^ +│ {24}\^/m);
});
