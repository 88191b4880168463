// Containers elsewhere, by URL: another emulator's account, a plain web server, and web servers that misbehave.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { startAzurite } from '../azurite/azurite.mjs';
import { account, key, versionSet } from './support/account.mjs';
import { cleanUp } from './support/cleanup.mjs';
import { Emulator, copyOfDemo, freshHome, temporaryFolder, waitFor } from './support/emulator.mjs';
import { command, eventsOf, incidentsOf, served } from './support/mounted.mjs';
import { webContainer } from './support/web_container.mjs';

const limitMs = 30_000;

/** An emulator whose extension has its container at `url`. It syncs when told to, or with `args` by itself. */
function hostFrom(t, url, args = ['--fidelity', 'ci']) {
  const project = temporaryFolder(t);
  writeFileSync(path.join(project, 'exthost-emu.json'),
    JSON.stringify({ extensions: [{ name: 'Microsoft_Azure_Demo', hostingServiceName: 'demo', storage: { url } }] }));
  return Emulator.start(t, [project, ...args]);
}

const sync = async (emulator) => (await command(emulator, 'POST', '/_emu/v1/sync')).json.extensions[0];

test('another emulator\'s account is a public container: first sync, a change found by a poll, a restart of its owner\'s config', async (t) => {
  const demo = copyOfDemo(t);
  const extension = { name: 'Microsoft_Azure_Demo', hostingServiceName: 'demo', storage: { seed: './container' } };
  writeFileSync(path.join(demo, 'exthost-emu.json'), JSON.stringify({ extensions: [extension] }));
  const owner = await Emulator.start(t, [demo, '--no-watch']);
  const emulator = await hostFrom(t, `${owner.storage}/${account}/demo`, ['--poll-interval', '1s']);
  assert.equal(await served(emulator), '1.0.0.5');

  const container = new BlobServiceClient(`${owner.storage}/${account}`, new StorageSharedKeyCredential(account, key)).getContainerClient('demo');
  const config = (await container.getBlobClient('config.json').downloadToBuffer()).toString();
  const changed = config.replace('"stage1": "1.0.0.5"', '"stage1": "1.0.0.4"');
  await container.getBlockBlobClient('config.json').upload(changed, changed.length);
  await waitFor('the change', limitMs, async () => (await served(emulator)) === '1.0.0.4');

  await command(owner, 'PUT', '/_emu/v1/storage', { outage: 'primary' });
  const [incident] = await waitFor('incident', limitMs, async () => {
    const open = await incidentsOf(emulator, 'open');
    return open.length > 0 && open;
  });
  assert.deepEqual([incident.cause, incident.code, incident.containerUrl], ['storage_unavailable', 'EHE2101', `${owner.storage}/${account}/demo`]);
  assert.match(incident.message, /503 ServerBusy/);
  assert.equal(await served(emulator), '1.0.0.4');
  await command(owner, 'PUT', '/_emu/v1/storage', { outage: 'none' });
  await waitFor('end of the incident', limitMs, async () => (await incidentsOf(emulator, 'open')).length === 0);
});

test('Azurite\'s account is a public container: what a client uploads there is served, also while it is away', async (t) => {
  const data = temporaryFolder(t);
  let azurite = await startAzurite(data);
  cleanUp(t, () => azurite.stop());
  const service = new BlobServiceClient(azurite.url, new StorageSharedKeyCredential(account, key));
  const container = service.getContainerClient('extension');
  await container.create({ access: 'container' });
  const versions = versionSet(t);
  const put = (name, bytes) => container.getBlockBlobClient(name).uploadData(Buffer.from(bytes));
  for (const name of readdirSync(versions)) await put(name, readFileSync(path.join(versions, name)));

  const emulator = await hostFrom(t, `${azurite.url}/extension`);
  assert.equal(await served(emulator), '1.0.0.5');
  assert.deepEqual((await sync(emulator)).fetched, [], 'what has not changed is not fetched again');
  const config = readFileSync(path.join(versions, 'config.json'), 'utf8');
  await put('config.json', config.replace('"stage1": "1.0.0.5"', '"stage1": "1.0.0.9"'));
  const codes = async () => (await incidentsOf(emulator, 'open')).map(({ code }) => code);
  assert.equal((await sync(emulator)).succeeded, false);
  assert.deepEqual(await codes(), ['EHE1007'], 'config before zip');
  await put('1.0.0.9.zip', readFileSync(path.join(versions, '1.0.0.5.zip')));
  const taken = await sync(emulator);
  assert.deepEqual([taken.succeeded, taken.fetched], [true, ['1.0.0.9']]);
  assert.equal(await served(emulator), '1.0.0.9');

  await azurite.stop();
  assert.equal((await sync(emulator)).succeeded, false);
  assert.deepEqual(await codes(), ['EHE2101']);
  assert.equal(await served(emulator), '1.0.0.9');
  azurite = await startAzurite(data, azurite.port);
  assert.equal((await sync(emulator)).succeeded, true);
  assert.deepEqual(await codes(), []);
});

test('a plain web server is asked with the ETags it gave, and what has not changed is not sent again', async (t) => {
  const container = await webContainer(t, versionSet(t));
  const emulator = await hostFrom(t, `${container.url}?sv=1&sig=secret`);
  assert.equal(await served(emulator), '1.0.0.5');
  assert.ok(container.requests.every((request) => request.target.endsWith('?sv=1&sig=secret')));
  assert.ok(container.requests.filter((request) => request.status === 200).length >= 6);

  container.requests.length = 0;
  assert.equal((await sync(emulator)).succeeded, true);
  assert.ok(container.requests.length > 0);
  for (const request of container.requests) assert.deepEqual([typeof request.condition, request.status], ['string', 304], request.name);

  container.put('config.json', container.files.get('config.json').toString().replace('"stage1": "1.0.0.5"', '"stage1": "1.0.0.4"'));
  container.requests.length = 0;
  assert.equal((await sync(emulator)).changed, true);
  assert.deepEqual(container.requests.filter((request) => request.status === 200).map((request) => request.name), ['config.json']);
  assert.equal(await served(emulator), '1.0.0.4');
  const told = JSON.stringify([await incidentsOf(emulator), await eventsOf(emulator), await emulator.json(`${emulator.control}/_emu/v1/extensions`)]);
  assert.ok(!told.includes('secret'));
});

/** Answers `name` in another way, and everything else as usual. */
const only = (name, answer) => (request, response, file) => {
  if (file.name !== name) return false;
  answer(request, response, file);
  return true;
};
const unchanged = (request, file) => request.headers['if-none-match'] === file.etag;

// Each: what the server does, and what the incident says. The config asks for a new version, 1.0.0.7, that lies ready.
const faults = [
  { name: 'answers 500', behave: only('config.json', (request, response) => response.writeHead(500).end('oops')),
    cause: 'storage_unavailable', code: 'EHE2101', says: /it answered 500/ },
  { name: 'redirects', behave: only('config.json', (request, response) => response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end()),
    cause: 'storage_unavailable', code: 'EHE2103', says: /redirect/ },
  { name: 'resets the connection', behave: only('config.json', (request, response) => response.socket.resetAndDestroy()),
    cause: 'storage_unavailable', code: 'EHE2101', says: /broke off|nothing answers|exchange failed/ },
  { name: 'breaks off in the middle of a zip', behave: only('1.0.0.7.zip', (request, response, { bytes }) => {
    response.writeHead(200, { 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.socket.destroy());
  }), cause: 'storage_unavailable', code: 'EHE2101', says: /1\.0\.0\.7\.zip.*broke off/ },
  { name: 'says a zip is longer than it is', behave: only('1.0.0.7.zip', (request, response, { bytes }) => {
    response.writeHead(200, { 'Content-Length': bytes.length + 100 });
    response.write(bytes, () => response.socket.end());
  }), cause: 'storage_unavailable', code: 'EHE2101', says: /1\.0\.0\.7\.zip.*broke off/ },
  { name: 'says a zip is shorter than it is', behave: only('1.0.0.7.zip', (request, response, { bytes }) => {
    response.socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length - 100}\r\nConnection: close\r\n\r\n`), bytes]));
  }), cause: 'validation_failed', code: 'EHE2002', says: /1\.0\.0\.7\.zip/ },
  { name: 'sends a config.json without end', behave: only('config.json', (request, response) => {
    response.writeHead(200);
    const more = () => response.destroyed || response.write(' '.repeat(64 * 1024), more);
    more();
  }), cause: 'invalid_config', code: 'EHE2102', says: /longer than the/ },
  { name: 'sends another zip under a version than was asked for', behave: only('1.0.0.7.zip', (request, response) => response.writeHead(200).end('<html>sign in</html>')),
    cause: 'validation_failed', code: 'EHE2002', says: /1\.0\.0\.7\.zip/ },
  { name: 'no longer has the zip when it is asked for it', behave: only('1.0.0.7.zip', (request, response) => response.writeHead(404).end()),
    cause: 'missing_version', code: 'EHE1007', says: /1\.0\.0\.7\.zip/ },
  { name: 'says that nothing changed although nothing was known', behave: only('1.0.0.7.zip', (request, response) => response.writeHead(304).end()),
    cause: 'storage_unavailable', code: 'EHE2101', says: /304 to a request without a condition/ },
  { name: 'asks for a sign-in', behave: only('config.json', (request, response) => response.writeHead(403).end()),
    cause: 'storage_unavailable', code: 'EHE2101', says: /it answered 403/ },
  { name: 'stalls', behave: only('config.json', (request, response) => response.writeHead(200, { 'Content-Length': 100 }).flushHeaders()),
    cause: 'storage_unavailable', code: 'EHE2101', says: /no complete answer within 10000 ms/ },
  { name: 'is gone', begin: (container) => container.disappear(), end: (container) => container.comeBack(), behave: () => false,
    cause: 'storage_unavailable', code: 'EHE2101', says: /nothing answers there/ },
];

test('whatever a source does, the sync fails whole with its cause, the last good version serves, and it mends itself', async (t) => {
  const container = await webContainer(t, versionSet(t));
  const emulator = await hostFrom(t, container.url);
  assert.equal(await served(emulator), '1.0.0.5');
  const good = container.files.get('config.json').toString();
  const regions = async () => (await emulator.json(`${emulator.control}/_emu/v1/regions`)).regions.map((row) => row.servedVersion);
  const before = await regions();
  let number = 0;
  for (const fault of faults) {
    await t.test(fault.name, async () => {
      container.files.set('1.0.0.7.zip', container.files.get('1.0.0.5.zip'));
      container.put('config.json', good.replace('"stage1": "1.0.0.5"', '"stage1": "1.0.0.7"'));
      await fault.begin?.(container);
      container.behave = fault.behave;
      const outcome = await sync(emulator);
      assert.deepEqual([outcome.succeeded, outcome.code], [false, fault.code], outcome.message);
      const open = await incidentsOf(emulator, 'open');
      number += 1;
      assert.deepEqual(open.map((incident) => [incident.id, incident.cause, incident.code]), [[number, fault.cause, fault.code]]);
      assert.match(open[0].message, fault.says);
      assert.equal(open[0].containerUrl, container.url);
      assert.equal(await served(emulator), '1.0.0.5');
      assert.deepEqual(await regions(), before, 'nothing of the new deployment is live');

      container.behave = () => false;
      await fault.end?.(container);
      container.put('config.json', good);
      assert.equal((await sync(emulator)).succeeded, true);
      assert.deepEqual(await incidentsOf(emulator, 'open'), []);
    });
  }
  container.put('config.json', good.replace('"stage1": "1.0.0.5"', '"stage1": "1.0.0.7"'));
  assert.equal((await sync(emulator)).succeeded, true);
  assert.equal(await served(emulator), '1.0.0.7');
});

test('a source that changes between two requests never leaves a mixture', async (t) => {
  const container = await webContainer(t, versionSet(t));
  const emulator = await hostFrom(t, container.url);
  const good = container.files.get('config.json').toString();
  const next = good.replaceAll(/1\.0\.0\.([1-5])/g, '2.0.0.$1');
  container.put('config.json', next);
  // The versions of the new config vanish while it is being synced, and another config takes its place.
  let asked = 0;
  for (const i of [1, 2, 3, 4, 5]) container.files.set(`2.0.0.${i}.zip`, container.files.get(`1.0.0.${i}.zip`));
  container.behave = (request, response, file) => {
    if (!file.name.startsWith('2.0.0.')) return false;
    asked += 1;
    if (asked === 2) {
      container.put('config.json', good);
      for (const name of [...container.files.keys()]) if (name.startsWith('2.')) container.files.delete(name);
    }
    return false;
  };
  assert.equal((await sync(emulator)).succeeded, false);
  assert.equal((await incidentsOf(emulator, 'open'))[0].cause, 'missing_version');
  const versions = new Set((await emulator.json(`${emulator.control}/_emu/v1/regions`)).regions.map((row) => row.servedVersion));
  assert.ok([...versions].every((version) => version.startsWith('1.')), [...versions].join());
  assert.equal((await sync(emulator)).succeeded, true);
  assert.deepEqual(await incidentsOf(emulator, 'open'), []);
  assert.equal(await served(emulator), '1.0.0.5');
});

test('a source that is gone at the start is found when it comes', async (t) => {
  const container = await webContainer(t, versionSet(t));
  await container.disappear();
  const emulator = await hostFrom(t, container.url, ['--poll-interval', '1s']);
  const page = await emulator.request(`${emulator.hosting}/demo/stage1?trustedAuthority=portal.azure.com`);
  assert.equal(page.status, 503);
  assert.equal((await incidentsOf(emulator, 'open'))[0].cause, 'storage_unavailable');
  await container.comeBack();
  await waitFor('end of the incident', limitMs, async () => (await incidentsOf(emulator, 'open')).length === 0);
  assert.equal(await served(emulator), '1.0.0.5');
});

test('a server whose certificate nobody vouches for is refused in a sentence', async (t) => {
  const other = await Emulator.start(t, ['demo'], { env: freshHome(t), cwd: temporaryFolder(t) });
  const emulator = await hostFrom(t, `${other.hosting}/demo/Content/1.0.0.5`);
  const [incident] = await incidentsOf(emulator, 'open');
  assert.deepEqual([incident.cause, incident.code], ['storage_unavailable', 'EHE2101']);
  assert.match(incident.message, /the server's certificate is not trusted for this name/);
});
