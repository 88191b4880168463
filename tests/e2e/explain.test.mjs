// `explain` says what the hosting service does: on a running instance and straight on a container.
import assert from 'node:assert/strict';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, copyOfDemo, freshHome, root, run, temporaryFolder } from './support/emulator.mjs';

const container = path.join(root, 'fixtures/demo/container');
const name = 'Microsoft_Azure_Demo';
const fields = ['extension', 'enabled', 'url', 'cloud', 'environment', 'region', 'stage', 'stamp', 'version', 'environmentFile',
  'status', 'reasons', 'counterfactuals'];

test('a running instance', async (t) => {
  const emulator = await Emulator.start(t, [copyOfDemo(t)]);
  const explain = (...args) => {
    const result = emulator.verb('explain', ...args, '--json');
    assert.equal(result.err, '');
    return JSON.parse(result.out);
  };

  await t.test('the text leads with the outcome and cites the places', () => {
    const { code, out } = emulator.verb('explain', 'demo', '--region', 'West US');
    assert.equal(code, 0);
    const lines = out.trimEnd().split('\n');
    assert.match(lines[0], new RegExp(`${name} gets 1\\.0\\.0\\.2 in West US \\(westus\\)  \\(HTTP 200\\)`));
    assert.match(out, /^ {3}2 {2}config\.json sets stage4 to 1\.0\.0\.2\. {2}config\.json:6:13$/m);
    assert.match(out, /^ {2}would be 1\.0\.0\.3 if stage4 in config\.json:6:13 said so$/m);
    assert.ok(lines.length <= 24, `one screen, not ${lines.length} lines`);
  });

  await t.test('--json has every field, and is what the API answers', async () => {
    const answer = explain('demo', '--region', 'westus');
    for (const field of fields) assert.ok(field in answer, field);
    assert.equal(answer.extension, 'demo');
    assert.deepEqual([answer.enabled, answer.cloud, answer.environment, answer.stage, answer.version, answer.status],
      [true, 'public', 'PROD', 'stage4', '1.0.0.2', 200]);
    assert.equal(answer.environmentFile, 'Content/Config/portal.azure.com.json');
    assert.deepEqual(answer.reasons[1], { code: 'STAGE_VERSION', text: 'config.json sets stage4 to 1.0.0.2.',
      source: { file: 'config.json', line: 6, column: 13 } });
    assert.deepEqual(answer.counterfactuals[0], { text: 'would be 1.0.0.3 if stage4 in config.json:6:13 said so',
      change: { kind: 'config', where: 'config.json:6:13', value: '1.0.0.3' }, version: '1.0.0.3', status: 200 });
    assert.deepEqual(await emulator.json(`${emulator.control}/_emu/v1/explain?extension=demo&region=westus`), answer);
  });

  await t.test('it agrees with what is served in every region, and for stamps and portals of every kind', async () => {
    const { regions } = await emulator.json(`${emulator.control}/_emu/v1/regions`);
    const questions = regions.map(({ region }) => ({ region, stamp: '', authority: 'portal.azure.com' }));
    for (const stamp of ['stage1', 'stage5', 'preview', 'Preview', '1d0d0d3', '1.0.0.4', 'dev', 'nosuch']) {
      for (const authority of ['portal.azure.com', 'ms.portal.azure.com', 'portal.azure.cn', 'example.org']) {
        questions.push({ region: 'eastus', stamp, authority });
      }
    }
    for (const { region, stamp, authority } of questions) {
      const query = new URLSearchParams({ extension: 'demo', region, stamp, authority });
      const answer = await emulator.json(`${emulator.control}/_emu/v1/explain?${query}`);
      const page = await emulator.request(answer.localUrl);
      const where = `${region} ${stamp} ${authority}`;
      assert.equal(page.status, answer.status, where);
      assert.equal(page.headers['x-ms-version'] ?? null, answer.version, where);
      if (page.status === 200) assert.equal(page.headers['x-exthost-config'], answer.environmentFile, where);
    }
  });

  await t.test('a URL of the real portal, with overrides, is what its user gets', () => {
    const portal = 'https://ms.portal.azure.com/';
    const stamped = explain('--url', `${portal}?feature.canmodifystamps=true&microsoft_azure_demo=stage3&region=eastus`);
    assert.deepEqual([stamped.environment, stamped.region, stamped.stamp, stamped.version], ['MPAC', 'eastus', 'stage3', '1.0.0.3']);
    assert.equal(stamped.url, 'https://ms.hosting.portal.azure.net/demo/stage3?l=en&trustedAuthority=ms.portal.azure.com');
    const ignored = explain('--url', `${portal}?${name}=stage3`, '--region', 'westus');
    assert.equal(ignored.version, '1.0.0.2');
    assert.equal(ignored.counterfactuals[0].text, 'would be 1.0.0.3 if the URL had feature.canmodifystamps=true');
    const disabled = emulator.verb('explain', '--url', `${portal}?${name}=false`);
    assert.equal(disabled.code, 1);
    assert.match(disabled.out, /is not loaded: the portal has it disabled/);
  });

  await t.test('each URL that a counterfactual gives, gives what it says', () => {
    for (const { change, version } of explain('demo', '--region', 'westus').counterfactuals) {
      if (change.kind === 'url') assert.equal(explain('--url', change.value, '--region', 'westus').version, version);
      if (change.kind === 'region') assert.equal(explain('demo', '--region', change.value).version, version);
    }
  });

  await t.test('a question that makes no sense, or an unknown name, is refused', () => {
    for (const [args, expected, pattern] of [[['demos'], 1, /did you mean demo\?/], [['demo', '--cloud', 'narnia'], 2, /no cloud .*'narnia'/],
      [['--url', 'https://portal.azure.com', '--stamp', 'stage1'], 2, /either the URL or the stamp/]]) {
      const { code, err } = emulator.verb('explain', ...args);
      assert.equal(code, expected, args.join(' '));
      assert.match(err, pattern);
    }
  });

  await t.test('a sync that failed leaves the last good config, and explain says so', async () => {
    const folder = emulator.record.project;
    const config = path.join(folder, 'container/config.json');
    writeFileSync(config, '{ "$version": "3", }');
    await emulator.waitForOutput(/EHE1003/);
    const answer = explain('demo', '--region', 'westus');
    assert.equal(answer.version, '1.0.0.2');
    assert.equal(answer.reasons[0].code, 'LAST_GOOD_CONFIG');
  });
});

test('a URL that names several extensions is answered with a list', async (t) => {
  const folder = copyOfDemo(t);
  const other = { name: 'Contoso_Other', hostingServiceName: 'other', storage: { seed: './container' } };
  const demo = { name, hostingServiceName: 'demo', storage: { seed: './container' } };
  writeFileSync(path.join(folder, 'exthost-emu.json'), JSON.stringify({ extensions: [demo, other] }));
  const emulator = await Emulator.start(t, [folder]);
  const url = `https://portal.azure.com/?feature.canmodifystamps=true&${name}=stage1&contoso_other=stage2`;
  const { explanations } = JSON.parse(emulator.verb('explain', '--url', url, '--json').out);
  assert.deepEqual(explanations.map((one) => [one.name, one.version]), [[name, '1.0.0.5'], ['Contoso_Other', '1.0.0.4']]);
  const one = JSON.parse(emulator.verb('explain', 'other', '--url', url, '--json').out);
  assert.equal(one.version, '1.0.0.4');
  assert.match(emulator.verb('explain', '--url', url).out, /gets 1\.0\.0\.5 [^]*gets 1\.0\.0\.4 /);
});

test('a container, with nothing running', async (t) => {
  const env = freshHome(t);
  const explain = (...args) => run(env, ['explain', '--container', container, ...args]);

  await t.test('it answers as an instance would', () => {
    const { code, out, err } = explain(name, '--region', 'westcentralus', '--json');
    assert.equal(code, 0, err);
    const answer = JSON.parse(out);
    for (const field of fields) assert.ok(field in answer, field);
    assert.deepEqual([answer.name, answer.stage, answer.version, answer.localUrl], [name, 'stage2', '1.0.0.4', null]);
    assert.deepEqual(answer.reasons[1].source, { file: 'config.json', line: 4, column: 13 });
  });

  await t.test('the URL says which extension is meant, and the cloud which stages there are', () => {
    const url = `https://portal.azure.com/?feature.canmodifystamps=true&${name}=preview`;
    const answer = JSON.parse(explain('--url', url, '--json').out);
    assert.deepEqual([answer.name, answer.stamp, answer.stampKind, answer.version], [name, 'preview', 'friendlyName', '1.0.0.5']);
    const fairfax = JSON.parse(explain('--cloud', 'fairfax', '--json').out);
    assert.deepEqual([fairfax.cloud, fairfax.stage, fairfax.version], ['fairfax', 'stage2', '1.0.0.4']);
  });

  await t.test('a stamp that does not exist is a 404, and a portal without settings a 400', () => {
    const unknown = explain('--stamp', 'nosuch');
    assert.equal(unknown.code, 1);
    assert.match(unknown.out, /gets no page in West US \(westus\): HTTP 404 {2}EHE1301/);
    assert.match(explain('--authority', 'example.org').out, /HTTP 400, though 1\.0\.0\.2 is its version/);
  });

  await t.test('what the hosting service would refuse is printed, and the exit code is 8', () => {
    const broken = path.join(temporaryFolder(t), 'container');
    cpSync(container, broken, { recursive: true });
    rmSync(path.join(broken, '1.0.0.4'), { recursive: true });
    const { code, out, err } = run(env, ['explain', '--container', broken]);
    assert.equal(code, 8);
    assert.match(out, /HTTP 503/);
    assert.match(err, /1\.0\.0\.4\.zip, which stage2 refers to, does not exist/);
    assert.match(err, /EHE1007/);
    assert.match(err, /config\.json:4:13/);
    assert.equal(JSON.parse(run(env, ['explain', '--container', broken, '--json']).out).status, 503);
  });

  await t.test('a container that is not there is the command line\'s fault', () => {
    const { code, err } = run(env, ['explain', '--container', 'nowhere']);
    assert.equal(code, 2);
    assert.match(err, /EHE4004/);
  });
});
