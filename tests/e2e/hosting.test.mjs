// The hosting listener as the portal uses it: pages, regions, stamps, settings, diagnostics.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

const stageVersions = { stage1: '1.0.0.5', stage2: '1.0.0.4', stage3: '1.0.0.3', stage4: '1.0.0.2', stage5: '1.0.0.1' };

test('the sample is served as production serves an extension', async (t) => {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const url = (path) => emulator.hosting + path;
  const portal = 'l=en&trustedAuthority=portal.azure.com';

  await t.test('a stage has its page, with the environment settings of the portal that asks', async () => {
    const page = await emulator.request(url(`/demo/stage1?${portal}`));
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.equal(page.headers['x-ms-version'], '1.0.0.5');
    assert.match(page.text, /window\.fx/);
  });

  await t.test('settings are default.json overlaid by the host\'s file', async () => {
    const answer = await emulator.json(url(`/demo/stage1?environmentjson=true&${portal}`));
    assert.equal(answer.pageVersion, '1.0.0.5');
    const files = await import('node:fs');
    const read = (name) => JSON.parse(files.readFileSync(new URL(`../../fixtures/demo/container/1.0.0.5/Content/Config/${name}`, import.meta.url)));
    assert.deepEqual(answer.environment, { ...read('default.json'), ...read('portal.azure.com.json') });
  });

  await t.test('ms.portal.azure.com falls back to portal.azure.com', async () => {
    const ms = await emulator.json(url('/demo/stage1?environmentjson=true&trustedAuthority=https%3A%2F%2Fms.portal.azure.com'));
    const prod = await emulator.json(url(`/demo/stage1?environmentjson=true&${portal}`));
    assert.deepEqual(ms.environment, prod.environment);
  });

  await t.test('an environment without a file gets 400 and a sentence', async () => {
    const answer = await emulator.request(url('/demo/stage1?trustedAuthority=portal.microsoftazure.de'));
    assert.equal(answer.status, 400);
    assert.match(answer.text, /portal\.microsoftazure\.de/);
    assert.match(answer.text, /EHE1201/);
  });

  await t.test('without a stamp the region decides, by query parameter or header', async () => {
    for (const [region, version] of [['centraluseuap', '1.0.0.5'], ['westcentralus', '1.0.0.4'], ['southcentralus', '1.0.0.3'],
      ['westus', '1.0.0.2'], ['southeastasia', '1.0.0.1'], ['centralus', '1.0.0.1']]) {
      const byQuery = await emulator.request(url(`/demo?${portal}&region=${region}`));
      assert.equal(byQuery.headers['x-ms-version'], version, region);
      const byHeader = await emulator.request(url(`/demo?${portal}`), { headers: { 'x-exthost-region': region } });
      assert.equal(byHeader.headers['x-ms-version'], version, region);
    }
  });

  await t.test('every stage, friendly name and build number is a stamp', async () => {
    for (const [stage, version] of Object.entries(stageVersions)) {
      const answer = await emulator.json(url(`/demo/${stage}?environmentjson=true&${portal}`));
      assert.equal(answer.pageVersion, version);
    }
    assert.equal((await emulator.json(url(`/demo/1d0d0d3?environmentjson=true&${portal}`))).pageVersion, '1.0.0.3');
    assert.ok((await emulator.json(url(`/demo/dev?environmentjson=true&${portal}`))).pageVersion.startsWith('1.0.0.'));
  });

  await t.test('an unknown stamp answers 404 with the stamps that exist', async () => {
    const answer = await emulator.request(url(`/demo/nosuch?${portal}`));
    assert.equal(answer.status, 404);
    for (const stage of Object.keys(stageVersions)) assert.match(answer.text, new RegExp(stage));
  });

  await t.test('an unknown extension answers 404', async () => {
    assert.equal((await emulator.request(url(`/nosuch?${portal}`))).status, 404);
  });

  await t.test('a version\'s files are served in any letter case, with doubled slashes, and as gzip', async () => {
    const plain = await emulator.request(url('/demo/Content/1.0.0.5/Scripts/overview.js'));
    assert.equal(plain.status, 200);
    assert.match(plain.headers['cache-control'], /immutable/);
    for (const path of ['/demo/content/1.0.0.5/scripts/OVERVIEW.js', '/demo/Content/1.0.0.5//Scripts//overview.js', '/demo/CDN/Content/1.0.0.5/Scripts/overview.js']) {
      const other = await emulator.request(url(path));
      assert.equal(other.status, 200, path);
      assert.deepEqual(other.body, plain.body, path);
    }
    const { gunzipSync } = await import('node:zlib');
    const zipped = await emulator.request(url('/demo/Content/1.0.0.5/Scripts/overview.js'), { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(zipped.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(zipped.body), plain.body);
    assert.notEqual(zipped.headers.etag, plain.headers.etag);
  });

  await t.test('production\'s own host names work with .localhost behind them', async () => {
    const port = new URL(emulator.hosting).port;
    const page = await emulator.request(`https://demo.hosting.portal.azure.net.localhost:${port}/demo/stage2?${portal}`);
    assert.equal(page.headers['x-ms-version'], '1.0.0.4');
  });

  await t.test('diagnostics have production\'s shape, for all and for one', async () => {
    for (const path of ['/api/diagnostics', '/demo/api/diagnostics']) {
      const answer = await emulator.json(url(path));
      assert.equal(typeof answer.buildInfo, 'object', path);
      assert.equal(answer.extensions.demo.extensionName, 'demo', path);
      assert.equal(answer.extensions.demo.manageSdpEnabled, false, path);
      assert.equal(answer.extensions.demo.config.stage2, '1.0.0.4', path);
      assert.deepEqual(answer.extensions.demo.stageDefinition.stage5, ['*'], path);
      assert.equal(typeof answer.serverInfo.extensionSync.totalSyncAllCount, 'number', path);
    }
  });

  await t.test('a host name that is not ours gets 421 and no work', async () => {
    const answer = await emulator.request(url('/demo/stage1'), { headers: { Host: 'evil.example' } });
    assert.equal(answer.status, 421);
  });
});
