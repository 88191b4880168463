// What the settings say about storage: accounts with their keys, containers, CORS rules, outages, and the connection string for clients.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient, ContainerSASPermissions, StorageSharedKeyCredential, generateBlobSASQueryParameters } from '@azure/storage-blob';
import { all, key as wellKnownKey, refusal } from './support/account.mjs';
import { Emulator, binary, copyOfDemo, freshHome, run, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;
const account = 'mybizaextensionprod';
const key1 = Buffer.from('the first key of mybizaextensionprod, sixty-four bytes as Azure\'s').toString('base64');
const key2 = Buffer.from('the second key, which signs as well as the first one does, always').toString('base64');
const origin = 'https://localhost:14430';
const once = { retryOptions: { maxTries: 1 } };

/** Starts on the sample's container with settings that say `storage`. */
async function start(t, storage, { args = [], env = freshHome(t), demo = copyOfDemo(t) } = {}) {
  const extension = { name: 'Microsoft_Azure_Demo', hostingServiceName: 'demo', storage: { seed: './container' } };
  writeFileSync(path.join(demo, 'exthost-emu.json'), JSON.stringify({ storage, extensions: [extension] }));
  return Emulator.start(t, [demo, '--no-watch', ...args], { env });
}

function serviceOf(emulator, name, key) {
  return new BlobServiceClient(`${emulator.storage}/${name}`, new StorageSharedKeyCredential(name, key), once);
}

test('an account has the keys that the settings give it, and both sign requests and SAS', async (t) => {
  const urlSafe = key2.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const emulator = await start(t, { accounts: { [account]: [key1, urlSafe] } });
  for (const key of [key1, key2]) {
    const container = serviceOf(emulator, account, key).getContainerClient(`c${[key1, key2].indexOf(key)}box`);
    await container.create();
    await container.getBlockBlobClient('a').upload('abc', 3);
    const sas = generateBlobSASQueryParameters({ containerName: container.containerName, permissions: ContainerSASPermissions.parse('rl'),
      expiresOn: new Date(Date.now() + 3_600_000) }, new StorageSharedKeyCredential(account, key));
    const reader = new BlobServiceClient(`${emulator.storage}/${account}?${sas}`, undefined, once).getContainerClient(container.containerName);
    assert.equal((await reader.getBlobClient('a').downloadToBuffer()).toString(), 'abc');
    assert.deepEqual((await all(reader.listBlobsFlat())).map((blob) => blob.name), ['a']);
    await assert.rejects(reader.getBlockBlobClient('b').upload('abc', 3), (error) => error.statusCode === 403);
  }
  await assert.rejects(all(serviceOf(emulator, account, wellKnownKey).listContainers()), refusal(403, 'AuthenticationFailed'));
  assert.ok((await all(serviceOf(emulator, 'devstoreaccount1', wellKnownKey).listContainers())).length > 0);
});

test('keys come from the environment, and nothing prints them', async (t) => {
  const env = { ...freshHome(t), EXTHOST_EMU_STORAGE_ACCOUNTS: `${account}:${key1}:${key2};devstoreaccount1:${key2}` };
  const emulator = await start(t, { outage: 'none' }, { env, args: ['--log', 'debug'] });
  for (const [name, key] of [[account, key1], [account, key2], ['devstoreaccount1', key2]]) {
    await all(serviceOf(emulator, name, key).listContainers());
  }
  await assert.rejects(all(serviceOf(emulator, 'devstoreaccount1', wellKnownKey).listContainers()), refusal(403, 'AuthenticationFailed'));

  const printed = run(env, ['config', 'print', 'demo']);
  assert.equal(printed.code, 0, printed.err);
  assert.match(printed.out, /storage\.accounts = devstoreaccount1:\*\*\*;mybizaextensionprod:\*\*\*:\*\*\*/);
  const info = await emulator.request(`${emulator.control}/_emu/info`);
  const told = await emulator.request(`${emulator.control}/_emu/v1/storage`);
  emulator.child.kill('SIGUSR1');
  await waitFor('dump in the log', limitMs, () => emulator.errors.includes('dump'));
  for (const text of [printed.out, info.text, told.text, emulator.errors, emulator.output]) {
    for (const key of [key1, key2]) assert.ok(!text.includes(key), text);
  }
});

test('containers are made at start as the settings want them, and keep their blobs', async (t) => {
  const containers = [{ name: 'everybody', access: 'container' }, { name: 'readers', access: 'blob' }, { account, name: 'private' }];
  const env = freshHome(t);
  const demo = copyOfDemo(t);
  const first = await start(t, { containers }, { env, demo });
  const upload = async (name, container) => {
    await serviceOf(first, name, wellKnownKey).getContainerClient(container).getBlockBlobClient('a').upload('abc', 3);
    const list = await first.request(`${first.storage}/${name}/${container}?restype=container&comp=list`);
    const read = await first.request(`${first.storage}/${name}/${container}/a`);
    return [list.status, read.status];
  };
  assert.deepEqual(await upload('devstoreaccount1', 'everybody'), [200, 200]);
  assert.deepEqual(await upload('devstoreaccount1', 'readers'), [404, 200]);
  assert.deepEqual(await upload(account, 'private'), [404, 404]);
  const demos = await first.request(`${first.storage}/devstoreaccount1/demo?restype=container&comp=list`);
  assert.equal(demos.status, 200, 'an extension\'s own container is readable by anyone');
  await first.stop();

  const second = await start(t, { containers: [{ name: 'everybody' }] }, { env, demo });
  const answer = async (container) => (await second.request(`${second.storage}/devstoreaccount1/${container}/a`)).status;
  assert.equal(await answer('everybody'), 404);
  assert.equal(await answer('readers'), 200, 'what is not listed stays as it is');
  const blob = serviceOf(second, 'devstoreaccount1', wellKnownKey).getContainerClient('everybody').getBlobClient('a');
  assert.equal((await blob.downloadToBuffer()).toString(), 'abc');
});

test('CORS rules of the settings are those that pages and clients see, and win at each start', async (t) => {
  const cors = { devstoreaccount1: [{ origins: [origin], methods: ['GET', 'HEAD'], allowedHeaders: ['*'], exposedHeaders: ['*'], maxAge: '1h' }] };
  const env = freshHome(t);
  const demo = copyOfDemo(t);
  const preflight = (emulator, from, method) => emulator.request(`${emulator.storage}/devstoreaccount1/demo/config.json`,
    { method: 'OPTIONS', headers: { Origin: from, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'x-ms-version' } });
  const first = await start(t, { cors }, { env, demo });
  const allowed = await preflight(first, origin, 'GET');
  assert.equal(allowed.status, 200);
  assert.equal(allowed.headers['access-control-allow-origin'], origin);
  assert.equal(allowed.headers['access-control-max-age'], '3600');
  for (const [from, method] of [['https://elsewhere.test', 'GET'], [origin, 'PUT']]) {
    const refused = await preflight(first, from, method);
    assert.equal(refused.status, 403);
    assert.equal(refused.headers['x-ms-error-code'], 'CorsPreflightFailure');
  }
  const got = await first.request(`${first.storage}/devstoreaccount1/demo/config.json`, { headers: { Origin: origin } });
  assert.equal(got.headers['access-control-allow-origin'], origin);
  assert.equal(got.headers['access-control-expose-headers'], '*');

  const service = serviceOf(first, 'devstoreaccount1', wellKnownKey);
  const rule = { allowedOrigins: origin, allowedMethods: 'GET,HEAD', allowedHeaders: '*', exposedHeaders: '*', maxAgeInSeconds: 3600 };
  assert.deepEqual((await service.getProperties()).cors, [rule]);
  await service.setProperties({ cors: [{ ...rule, allowedOrigins: '*' }], deleteRetentionPolicy: { enabled: true, days: 3 } });
  assert.equal((await preflight(first, 'https://elsewhere.test', 'GET')).status, 200);
  await first.stop();

  const second = await start(t, { cors }, { env, demo });
  assert.equal((await preflight(second, 'https://elsewhere.test', 'GET')).status, 403);
  const properties = await serviceOf(second, 'devstoreaccount1', wellKnownKey).getProperties();
  assert.deepEqual(properties.cors, [rule]);
  assert.equal(properties.deleteRetentionPolicy.days, 3);
});

test('an outage and its end: clients get 503, an incident opens and closes, and serving never stops', async (t) => {
  const emulator = await start(t, {});
  const service = serviceOf(emulator, 'devstoreaccount1', wellKnownKey);
  const secondary = new BlobServiceClient(`${emulator.storage}/devstoreaccount1-secondary`, service.credential, once);
  const read = async (from) => (await from.getContainerClient('demo').getBlobClient('config.json').downloadToBuffer()).toString();
  const incidents = async () => (await emulator.json(`${emulator.control}/_emu/v1/incidents`)).incidents;
  const assertServed = async () => {
    const page = await emulator.request(`${emulator.hosting}/demo/stage1?trustedAuthority=portal.azure.com`);
    assert.equal(page.status, 200);
    assert.equal(page.headers['x-ms-version'], '1.0.0.5');
  };
  const config = await read(service);

  const begun = emulator.verb('storage', 'outage', 'primary', '--json');
  assert.equal(begun.code, 0, begun.err);
  assert.equal(JSON.parse(begun.out).outage, 'primary');
  await assert.rejects(service.getContainerClient('demo').getBlobClient('config.json').download(), refusal(503, 'ServerBusy'));
  await assert.rejects(service.getContainerClient('demo').getBlockBlobClient('b').upload('abc', 3), refusal(503, 'ServerBusy'));
  assert.equal((await emulator.request(`${emulator.storage}/devstoreaccount1/demo/config.json`, { method: 'OPTIONS' })).status, 503);
  assert.equal(await read(secondary), config);
  const [incident] = await waitFor('incident', limitMs, async () => {
    const open = (await incidents()).filter((one) => one.state === 'open');
    return open.length > 0 && open;
  });
  assert.equal(incident.cause, 'storage_unavailable');
  assert.equal(incident.code, 'EHE2101');
  await assertServed();
  assert.match(emulator.verb('storage').out, /the primary location answers 503/);

  const ended = await emulator.request(`${emulator.control}/_emu/v1/storage`, { method: 'PUT', body: '{"outage":"none"}',
    headers: { Authorization: `Bearer ${emulator.record.token}`, 'Content-Type': 'application/json' } });
  assert.equal(ended.status, 200);
  await waitFor('end of the incident', limitMs, async () => (await incidents()).every((one) => one.state === 'resolved'));
  assert.equal(await read(service), config);
  await assertServed();
  assert.match(emulator.verb('storage').out, /no outage/);

  const events = emulator.verb('events').out.trim().split('\n').map((line) => JSON.parse(line));
  const types = ['storage.outage', 'incident.opened', 'storage.restored', 'incident.resolved'];
  assert.deepEqual(events.map((event) => event.type).filter((type) => types.includes(type)), types);
  assert.ok(events.find((event) => event.type === 'storage.restored').seq <= JSON.parse(ended.text).seq);
});

test('an emulator that starts in an outage serves what it had before, with an incident', async (t) => {
  const env = freshHome(t);
  const demo = copyOfDemo(t);
  await (await start(t, {}, { env, demo })).stop();
  const second = await start(t, {}, { env, demo, args: ['--storage-outage', 'both'] });
  const page = await second.request(`${second.hosting}/demo/stage1?trustedAuthority=portal.azure.com`);
  assert.equal(page.headers['x-ms-version'], '1.0.0.5');
  const { incidents } = await second.json(`${second.control}/_emu/v1/incidents?state=open`);
  assert.deepEqual(incidents.map((incident) => incident.cause), ['storage_unavailable']);
  assert.equal((await second.request(`${second.storage}/devstoreaccount1-secondary/demo/config.json`)).status, 503);
});

test('the connection string that env tells is all that a client needs', async (t) => {
  const emulator = await start(t, { accounts: { [account]: [key1] }, containers: [{ account, name: 'box' }] });
  const { AZURE_STORAGE_CONNECTION_STRING: usual } = JSON.parse(emulator.verb('env', '--json').out);
  assert.equal(usual, emulator.record.connectionString);
  assert.ok(emulator.output.includes(usual), 'start prints it');
  const containers = await all(BlobServiceClient.fromConnectionString(usual, once).listContainers());
  assert.deepEqual(containers.map((container) => container.name), ['demo']);

  const { AZURE_STORAGE_CONNECTION_STRING: other } = JSON.parse(emulator.verb('env', '--json', '--account', account).out);
  assert.equal(other, emulator.record.connectionStrings[account]);
  const container = BlobServiceClient.fromConnectionString(other, once).getContainerClient('box');
  await container.getBlockBlobClient('a').upload('abc', 3);
  assert.equal((await container.getBlobClient('a').downloadToBuffer()).toString(), 'abc');
  const unknown = emulator.verb('env', '--account', 'mybizaextension');
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /did you mean 'mybizaextensionprod'/);

  await t.test('in each shell\'s own syntax', () => {
    const line = 'eval "$("$BINARY" env -i "$INSTANCE")"; printf %s "$AZURE_STORAGE_CONNECTION_STRING"';
    const shell = spawnSync('sh', ['-c', line], { env: { ...emulator.env, BINARY: binary, INSTANCE: emulator.instance }, encoding: 'utf8' });
    assert.equal(shell.stdout, usual);
    assert.ok(emulator.verb('env', '--shell', 'dotenv').out.includes(`AZURE_STORAGE_CONNECTION_STRING="${usual}"\n`));
    assert.ok(emulator.verb('env', '--shell', 'github').out.includes(`AZURE_STORAGE_CONNECTION_STRING=${usual}\n`));
    assert.ok(emulator.verb('env', '--shell', 'powershell').out.includes(`$env:AZURE_STORAGE_CONNECTION_STRING = '${usual}'\n`));
    const azp = emulator.verb('env', '--shell', 'azp').out;
    assert.ok(azp.includes(`##vso[task.setvariable variable=AZURE_STORAGE_CONNECTION_STRING;issecret=true]${usual}\n`));
    assert.match(azp, /^##vso\[task\.setvariable variable=EXTHOST_EMU_TOKEN;issecret=true\]\w+$/m);
  });
});

test('an upload waits for the disk, unless durability is process', async (t) => {
  // What shows it from outside: a durable upload puts a new file in place of one with the same bytes, which may not be on the disk yet;
  // an upload that does not wait leaves the file that is there.
  const bytes = 'the same bytes twice';
  const hash = createHash('sha256').update(bytes).digest('hex');
  for (const [durability, replaces] of [['power', true], ['process', false]]) {
    const emulator = await start(t, { durability, containers: [{ name: 'uploads' }] });
    assert.equal((await emulator.json(`${emulator.control}/_emu/v1/storage`)).durability, durability);
    const container = serviceOf(emulator, 'devstoreaccount1', wellKnownKey).getContainerClient('uploads');
    const fileAfter = async (name) => {
      await container.getBlockBlobClient(name).upload(bytes, bytes.length);
      return statSync(path.join(emulator.record.stateDir, 'storage/content', hash.slice(0, 2), hash.slice(2))).ino;
    };
    assert.equal(await fileAfter('a') !== await fileAfter('b'), replaces, durability);
    await emulator.stop();
  }
});
