// The emulator's time, as people and their tests steer it: by the verb, by the control API, and with clients whose own clocks are real.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { connectionString, refusal, versionSet } from './support/account.mjs';
import { Emulator, copyOfDemo, temporaryFolder, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;
const once = { retryOptions: { maxTries: 1 } };
const minute = 60_000;

/** A project of its own with two extensions; `published` has an empty container. */
function project(t, more = {}, others = []) {
  const folder = temporaryFolder(t);
  writeFileSync(path.join(folder, 'exthost-emu.json'), JSON.stringify({
    extensions: [
      { name: 'Microsoft_Azure_Published', hostingServiceName: 'published' },
      { name: 'Microsoft_Azure_Second', hostingServiceName: 'second' },
      ...others,
    ],
    ...more,
  }));
  return folder;
}

const containerOf = (emulator, name = 'published') =>
  BlobServiceClient.fromConnectionString(connectionString(emulator), once).getContainerClient(name);

const put = (container, name, bytes) => container.getBlockBlobClient(name).uploadData(Buffer.from(bytes));

async function putVersions(container, folder, versions) {
  for (const version of versions) await put(container, `${version}.zip`, readFileSync(path.join(folder, `${version}.zip`)));
}

const config = (stages) => JSON.stringify({ $version: '3', ...Object.fromEntries(stages.map((version, at) => [`stage${at + 1}`, version])) });
const allStages = (version) => config(Array(5).fill(version));

/** Runs a verb, which must succeed, and gives what it printed. */
function verb(emulator, ...args) {
  const result = emulator.verb(...args);
  assert.equal(result.code, 0, `${args.join(' ')}: ${result.err}${result.out}`);
  return result.out.trim();
}

async function steer(emulator, action, body) {
  return emulator.json(`${emulator.control}/_emu/v1/clock${action}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${emulator.record.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const clockOf = (emulator) => emulator.json(`${emulator.control}/_emu/v1/clock`);
const timeOf = async (emulator) => Date.parse((await clockOf(emulator)).now);

async function servedIn(emulator, region, extension = 'published') {
  const { regions } = await emulator.json(`${emulator.control}/_emu/v1/regions?extension=${extension}`);
  return regions.find((row) => row.region === region).servedVersion;
}

test('the same seed and the same calls give the same journal, byte for byte', async (t) => {
  const versions = versionSet(t);

  async function play(seed) {
    const demo = copyOfDemo(t);
    const folder = project(t, {}, [{ name: 'Microsoft_Azure_Third', hostingServiceName: 'third',
      storage: { seed: path.join(demo, 'container') }, source: { folder: path.join(demo, 'source'), publishTo: ['dev'] } }]);
    const emulator = await Emulator.start(t, [folder, '--fidelity', 'ci', '--ephemeral', '--seed', seed]);
    const [published, second] = [containerOf(emulator), containerOf(emulator, 'second')];
    await steer(emulator, ':advance', { by: '90s' });
    await putVersions(published, versions, ['1.0.0.1', '1.0.0.2']);
    await put(published, 'config.json', allStages('1.0.0.1'));
    await putVersions(second, versions, ['1.0.0.1']);
    await put(second, 'config.json', allStages('1.0.0.1'));
    await steer(emulator, ':runUntil', { expr: 'published/*=1.0.0.1' });
    await steer(emulator, ':runUntil', { expr: 'Microsoft_Azure_Second/*=1.0.0.1' });

    await put(published, 'config.json', config(['1.0.0.2', '1.0.0.2', '1.0.0.2', '1.0.0.2', '1.0.0.1']));
    await steer(emulator, ':runUntil', { expr: 'published/westus=1.0.0.2' });
    await put(published, 'config.json', allStages('1.0.0.2'));
    verb(emulator, 'sync', 'published');
    await steer(emulator, ':advance', { by: '31m' });

    verb(emulator, 'storage', 'outage', 'primary');
    await steer(emulator, ':runUntil', { expr: 'incidents=3' });
    verb(emulator, 'storage', 'outage', 'none');
    await steer(emulator, ':runUntil', { expr: 'incidents=0' });
    await put(published, 'config.json', '{ "$version": "3", }');
    await steer(emulator, ':advance', { by: '5m' });
    await put(published, 'config.json', allStages('1.0.0.9'));
    await steer(emulator, ':advance', { by: '5m' });
    await put(published, 'config.json', allStages('1.0.0.1'));
    verb(emulator, 'clock', 'advance', '2h');
    assert.equal(emulator.verb('clock', 'run-until', '*=9.9', '--max', '1h').code, 5);
    const journal = readFileSync(path.join(emulator.record.stateDir, 'journal.ndjson'), 'utf8');
    await emulator.stop();
    return journal;
  }

  const first = await play('7');
  const types = new Set(first.trim().split('\n').map((line) => JSON.parse(line).type));
  for (const type of ['publish', 'seed', 'sync.succeeded', 'region.activated', 'incident.opened', 'incident.resolved', 'clock.advanced', 'storage.outage'])
    assert.ok(types.has(type), `${type} is not among ${[...types]}`);
  assert.equal(await play('7'), first);
  assert.notEqual(await play('8'), first);
});

test('in ci fidelity the clock begins at a fixed time, and after a restart it goes on', async (t) => {
  const folder = project(t);
  const state = path.join(temporaryFolder(t), 'state');
  const args = [folder, '--fidelity', 'ci', '--state-dir', state];
  const first = await Emulator.start(t, args);
  assert.deepEqual(await clockOf(first).then(({ mode, rate, frozen, now, seed }) => ({ mode, rate, frozen, now, seed })),
    { mode: 'virtual', rate: 0, frozen: true, now: '2026-01-01T00:00:00.000Z', seed: 1 });
  await steer(first, ':advance', { by: '2h' });
  await first.stop();

  const second = await Emulator.start(t, args);
  assert.equal((await clockOf(second)).now, '2026-01-01T02:00:00.001Z');
  await second.stop();

  const third = await Emulator.start(t, [...args, '--clock-start', '2030-06-01T12:00Z', '--clock', 'real']);
  const now = await timeOf(third);
  assert.ok(now >= Date.parse('2030-06-01T12:00Z') && now < Date.parse('2030-06-01T12:10Z'), new Date(now).toISOString());
});

test('the clock verb stops time, moves it, lets it pass faster, and says where it is', async (t) => {
  const emulator = await Emulator.start(t, [project(t), '--fidelity', 'prod']);
  const versions = versionSet(t);
  const container = containerOf(emulator);
  assert.match(verb(emulator, 'clock'), /^the clock is at 20\d\d-.*Z$/);

  await t.test('a real clock jumps ahead, and what was due on the way has happened', async () => {
    await putVersions(container, versions, ['1.0.0.1', '1.0.0.2']);
    await put(container, 'config.json', allStages('1.0.0.1'));
    const before = await timeOf(emulator);
    verb(emulator, 'clock', 'advance', '32m');
    assert.ok(await timeOf(emulator) >= before + 32 * minute);
    assert.equal(await servedIn(emulator, 'westus'), '1.0.0.1');
    assert.equal((await clockOf(emulator)).mode, 'real');
  });

  await t.test('freeze: it stands still', async () => {
    assert.match(verb(emulator, 'clock', 'freeze'), /and stands still$/);
    const { now, frozen } = await clockOf(emulator);
    assert.equal(frozen, true);
    assert.equal((await clockOf(emulator)).now, now);
  });

  await t.test('run-until: it stops at the moment at which a region has taken a new version', async () => {
    await put(container, 'config.json', allStages('1.0.0.2'));
    const before = await timeOf(emulator);
    const lines = verb(emulator, 'clock', 'run-until', 'published/westus=1.0.0.2').split('\n');
    assert.match(lines[0], /published\/westus=1\.0\.0\.2 after (\d+[ms])+/);
    assert.equal(await servedIn(emulator, 'westus'), '1.0.0.2');
    const { regions } = await emulator.json(`${emulator.control}/_emu/v1/regions?extension=published`);
    const { lagSeconds } = regions.find(({ region }) => region === 'westus');
    const passed = (await timeOf(emulator)) - before;
    assert.ok(passed >= lagSeconds * 1000 && passed <= lagSeconds * 1000 + 2 * minute, `${passed} ms, lag ${lagSeconds} s`);
    assert.ok(regions.some(({ servedVersion }) => servedVersion === '1.0.0.1'), 'all regions have it at once');
    const told = JSON.parse(verb(emulator, 'clock', 'run-until', 'Microsoft_Azure_Published/*=1.0.0.2', '--json'));
    assert.equal(told.reached, true);
    assert.ok(told.seq > 0);
  });

  await t.test('run-until: what does not come true ends with 5 and says what there is', () => {
    const result = emulator.verb('clock', 'run-until', 'published/westus=3.0', '--max', '10m');
    assert.equal(result.code, 5);
    assert.match(result.err, /did not come true within 10m: at .* published\/westus serves 1\.0\.0\.2 +EHE7002/);
  });

  await t.test('run-until: a wrong expression ends with 2 and shows the place', () => {
    const result = emulator.verb('clock', 'run-until', 'westus 1.0');
    assert.equal(result.code, 2);
    assert.match(result.err, /EHE7001\n.*expression:1:11\n.*westus 1\.0\n +│ +\^/);
    assert.match(emulator.verb('clock', 'run-until', 'published/westsu=1.0').err, /did you mean westus\?/);
  });

  await t.test('scale and resume', async () => {
    assert.match(verb(emulator, 'clock', 'scale', '3600'), /passes at 3600 times its speed$/);
    const before = await timeOf(emulator);
    await waitFor('an hour', limitMs, async () => await timeOf(emulator) >= before + 60 * minute);
    assert.deepEqual(await clockOf(emulator).then(({ mode, rate }) => [mode, rate]), ['scaled', 3600]);
    verb(emulator, 'clock', 'resume');
    assert.deepEqual(await clockOf(emulator).then(({ mode, rate }) => [mode, rate]), ['real', 1]);
  });

  await t.test('the journal has each change', async () => {
    const events = verb(emulator, 'events').split('\n').map((line) => JSON.parse(line)).filter(({ type }) => type.startsWith('clock.'));
    const types = events.map(({ type }) => type);
    for (const type of ['clock.advanced', 'clock.frozen', 'clock.scaled', 'clock.resumed']) assert.ok(types.includes(type), `${types}`);
    assert.ok(events.every(({ data }) => Date.parse(data.now) > 0 && data.rate >= 0));
  });
});

test('while time stands still a change in dev fidelity is synced at once', async (t) => {
  const emulator = await Emulator.start(t, [project(t), '--clock', 'virtual']);
  const before = await timeOf(emulator);
  const container = containerOf(emulator);
  await putVersions(container, versionSet(t), ['1.0.0.1']);
  await put(container, 'config.json', allStages('1.0.0.1'));
  await waitFor('version in every region', limitMs, async () => await servedIn(emulator, 'westus') === '1.0.0.1');
  assert.equal(await timeOf(emulator), before);
});

test('time may pass faster from the start', async (t) => {
  const emulator = await Emulator.start(t, [project(t), '--clock', 'scaled:3600', '--fidelity', 'prod', '--set', 'clock.start=2020-02-29']);
  const container = containerOf(emulator);
  await putVersions(container, versionSet(t), ['1.0.0.1']);
  await put(container, 'config.json', allStages('1.0.0.1'));
  await waitFor('version in every region', limitMs, async () => {
    const { regions } = await emulator.json(`${emulator.control}/_emu/v1/regions?extension=published`);
    return regions.every(({ servedVersion }) => servedVersion === '1.0.0.1');
  });
  assert.match((await clockOf(emulator)).now, /^2020-/);
});

test('clients sign by their own clocks, whatever time it is in the emulator', async (t) => {
  const emulator = await Emulator.start(t, [project(t, { clock: { start: '2019-03-01T00:00:00Z' } }), '--fidelity', 'ci']);
  const container = containerOf(emulator);

  async function publishBothWays(name) {
    await put(container, `${name}-by-key`, 'text');
    const blob = container.getBlockBlobClient(`${name}-by-signature`);
    const window = { startsOn: new Date(Date.now() - minute), expiresOn: new Date(Date.now() + 10 * minute) };
    const url = await blob.generateSasUrl({ permissions: { create: true, write: true, toString: () => 'cw' }, ...window });
    const answer = await emulator.request(url, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Length': '4' }, body: 'text' });
    assert.equal(answer.status, 201, answer.text);
    return blob;
  }

  await t.test('before it moves, years in the past', async () => {
    const blob = await publishBothWays('first');
    assert.equal((await blob.getProperties()).lastModified.toISOString(), '2019-03-01T00:00:00.000Z');
  });

  await t.test('after it has moved by hours, and by years', async () => {
    verb(emulator, 'clock', 'advance', '2h');
    const blob = await publishBothWays('second');
    assert.equal((await blob.getProperties()).lastModified.toISOString(), '2019-03-01T02:00:00.000Z');
    const real = await Emulator.start(t, [project(t), '--fidelity', 'prod', '--clock-start', '2040-01-01']);
    await put(containerOf(real), 'far-in-the-future', 'text');
  });

  await t.test('a signature that has expired by the client\'s clock is refused', async () => {
    const blob = container.getBlockBlobClient('late');
    const window = { startsOn: new Date(Date.now() - 60 * minute), expiresOn: new Date(Date.now() - minute) };
    const url = await blob.generateSasUrl({ permissions: { create: true, write: true, toString: () => 'cw' }, ...window });
    const answer = await emulator.request(url, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Length': '4' }, body: 'text' });
    assert.equal(answer.status, 403, answer.text);
  });

  await t.test('a lease runs out by the emulator\'s clock', async () => {
    const blob = container.getBlockBlobClient('leased');
    await blob.upload('text', 4);
    await blob.getBlobLeaseClient().acquireLease(60);
    await assert.rejects(blob.upload('other', 5), refusal(412, 'LeaseIdMissing'));
    verb(emulator, 'clock', 'advance', '61s');
    await blob.upload('other', 5);
  });
});

test('the portal sends the version that it learned at its last look, every five minutes, and only then may a browser keep the page', async (t) => {
  const versions = versionSet(t);
  const emulator = await Emulator.start(t, [project(t), '--fidelity', 'ci', '--ephemeral', '--clock-start', '2026-01-01T00:02:00Z']);
  const container = containerOf(emulator);
  const load = async () => {
    const { extensions } = await emulator.json(`${emulator.portal}/_emu/v1/portal?url=${encodeURIComponent(`${emulator.portal}/`)}`);
    const { answer, frameUrl } = extensions.find(({ name }) => name === 'Microsoft_Azure_Published');
    const page = await emulator.request(frameUrl.split('#')[0]);
    return {
      version: answer.version,
      sent: new URL(frameUrl).searchParams.get('pageVersion'),
      served: page.headers['x-ms-version'],
      kept: page.headers['cache-control'].includes('immutable'),
      told: answer.reasons.some(({ code }) => code === 'MANIFEST_CACHE'),
    };
  };
  await putVersions(container, versions, ['1.0.0.1', '1.0.0.2']);
  await put(container, 'config.json', allStages('1.0.0.1'));
  verb(emulator, 'sync', 'published');
  assert.deepEqual(await load(), { version: '1.0.0.1', sent: null, served: '1.0.0.1', kept: false, told: true }, 'it has not asked yet');
  await steer(emulator, ':advance', { by: '3m' });
  assert.deepEqual(await load(), { version: '1.0.0.1', sent: '1.0.0.1', served: '1.0.0.1', kept: true, told: false });

  await put(container, 'config.json', allStages('1.0.0.2'));
  await steer(emulator, ':advance', { by: '1m' });
  verb(emulator, 'sync', 'published');
  const behind = { version: '1.0.0.2', sent: '1.0.0.1', served: '1.0.0.2', kept: false, told: true };
  assert.deepEqual(await load(), behind);
  await steer(emulator, ':advance', { by: '3m59s' });
  assert.deepEqual(await load(), behind);
  await steer(emulator, ':advance', { by: '1s' });
  assert.deepEqual(await load(), { version: '1.0.0.2', sent: '1.0.0.2', served: '1.0.0.2', kept: true, told: false });
});
