// What a deployment task does with the Azure CLI, as the distribution ships it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { account, assertServed, connectionString, fileOf, startAccount, versionSet } from './support/account.mjs';
import { temporaryFolder } from './support/emulator.mjs';

const mebi = 1024 * 1024;
const commandLimitMs = 120_000;

/** Starts an account, and gives `az storage ARGUMENTS…` against it; `az.refused(pattern, ARGUMENTS…)` must fail. */
async function open(t) {
  const emulator = await startAccount(t);
  const env = {
    ...emulator.env,
    AZURE_CONFIG_DIR: temporaryFolder(t), AZURE_CORE_COLLECT_TELEMETRY: 'false', AZURE_CORE_NO_COLOR: 'true',
    AZURE_STORAGE_CONNECTION_STRING: connectionString(emulator),
  };
  const call = (args) => spawnSync('az', ['storage', ...args, ...(args.includes('-o') ? [] : ['-o', 'json']), '--only-show-errors'], { env, encoding: 'utf8', timeout: commandLimitMs });
  const az = (...args) => {
    const result = call(args);
    assert.equal(result.status, 0, `az storage ${args.join(' ')}: ${result.error ?? result.stderr}`);
    return result.stdout.trim() === '' ? undefined : JSON.parse(result.stdout);
  };
  az.refused = (pattern, ...args) => {
    const result = call(args);
    assert.notEqual(result.status, 0, `az storage ${args.join(' ')} went through`);
    assert.match(result.stderr, pattern);
  };
  return { emulator, az };
}

test('containers', async (t) => {
  const { az } = await open(t);
  assert.equal(az('container', 'create', '-n', 'work', '--public-access', 'blob').created, true);
  assert.equal(az('container', 'create', '-n', 'work').created, false);
  assert.equal(az('container', 'exists', '-n', 'work').exists, true);
  assert.equal(az('container', 'show', '-n', 'work').properties.publicAccess, 'blob');
  assert.deepEqual(az('container', 'list').map((item) => item.name), ['published', 'work']);
  az('container', 'metadata', 'update', '-n', 'work', '--metadata', 'team=portal');
  assert.deepEqual(az('container', 'metadata', 'show', '-n', 'work'), { team: 'portal' });
  az('container', 'set-permission', '-n', 'work', '--public-access', 'container');
  assert.equal(az('container', 'show-permission', '-n', 'work').publicAccess, 'container');
  az('container', 'policy', 'create', '-c', 'work', '-n', 'readers', '--permissions', 'r', '--expiry', '2099-01-01T00:00Z');
  assert.deepEqual(Object.keys(az('container', 'policy', 'list', '-c', 'work')), ['readers']);
  az('container', 'policy', 'update', '-c', 'work', '-n', 'readers', '--permissions', 'rl');
  assert.equal(az('container', 'policy', 'show', '-c', 'work', '-n', 'readers').permission, 'rl');
  az('container', 'policy', 'delete', '-c', 'work', '-n', 'readers');
  const lease = az('container', 'lease', 'acquire', '-c', 'work', '--lease-duration', '15');
  az.refused(/LeaseIdMissing/, 'container', 'delete', '-n', 'work');
  az('container', 'lease', 'release', '-c', 'work', '--lease-id', lease);
  assert.equal(az('container', 'delete', '-n', 'work').deleted, true);
  assert.equal(az('container', 'delete', '-n', 'work').deleted, false);
});

test('blobs of every size', async (t) => {
  const { az } = await open(t);
  az('container', 'create', '-n', 'work');
  for (const size of [0, 20_000, 20 * mebi, 300 * mebi]) {
    const file = fileOf(t, size);
    const name = `${size} bytes.zip`;
    az('blob', 'upload', '-c', 'work', '-n', name, '-f', file, '--no-progress');
    az('blob', 'download', '-c', 'work', '-n', name, '-f', `${file}.back`, '--no-progress');
    assert.ok(readFileSync(`${file}.back`).equals(readFileSync(file)), name);
    rmSync(`${file}.back`);
  }
  const file = fileOf(t, 20_000);
  az.refused(/already exists/, 'blob', 'upload', '-c', 'work', '-n', '20000 bytes.zip', '-f', file, '--no-progress');
  az('blob', 'upload', '-c', 'work', '-n', '20000 bytes.zip', '-f', file, '--no-progress', '--overwrite', '--validate-content');
  az('blob', 'download', '-c', 'work', '-n', '20000 bytes.zip', '-f', `${file}.back`, '--no-progress', '--validate-content');
  assert.deepEqual(az('blob', 'list', '-c', 'work', '--prefix', '2').map((item) => item.name), ['20000 bytes.zip', `${20 * mebi} bytes.zip`]);
  assert.equal(az('blob', 'list', '-c', 'work', '--num-results', '1', '--include', 'cdmstv').length, 1);
  assert.equal(az('blob', 'exists', '-c', 'work', '-n', 'missing').exists, false);
  az.refused(/BlobNotFound|does not exist/, 'blob', 'show', '-c', 'work', '-n', 'missing');
  az('blob', 'delete', '-c', 'work', '-n', '0 bytes.zip');
  az('blob', 'delete-batch', '-s', 'work');
  assert.deepEqual(az('blob', 'list', '-c', 'work'), []);
});

test('what can be done with a blob', async (t) => {
  const { emulator, az } = await open(t);
  az('container', 'create', '-n', 'work');
  const file = fileOf(t, 2000);
  const blob = ['-c', 'work', '-n', '1.0.0.1.zip'];
  az('blob', 'upload', ...blob, '-f', file, '--no-progress', '--content-type', 'application/zip', '--metadata', 'of=mine', '--tags', 'stage=one');
  assert.deepEqual(az('blob', 'metadata', 'show', ...blob), { of: 'mine' });
  az('blob', 'update', ...blob, '--content-cache-control', 'no-cache');
  const shown = az('blob', 'show', ...blob);
  assert.equal(shown.properties.contentSettings.cacheControl, 'no-cache');
  assert.equal(shown.properties.contentLength, 2000);
  az('blob', 'set-tier', ...blob, '--tier', 'Cool');
  assert.equal(az('blob', 'show', ...blob).properties.blobTier, 'Cool');

  const { snapshot } = az('blob', 'snapshot', ...blob);
  az.refused(/SnapshotsPresent/, 'blob', 'delete', ...blob);
  assert.equal(az('blob', 'show', ...blob, '--snapshot', snapshot).snapshot, snapshot);
  const lease = az('blob', 'lease', 'acquire', '-c', 'work', '-b', '1.0.0.1.zip', '--lease-duration', '15');
  az.refused(/LeaseIdMissing/, 'blob', 'delete', ...blob, '--delete-snapshots', 'include');
  az('blob', 'lease', 'break', '-c', 'work', '-b', '1.0.0.1.zip', '--lease-break-period', '0');
  assert.match(lease, /^[0-9a-f-]{36}$/);

  // The client names the source by the host that Azure would have.
  assert.equal(az('blob', 'copy', 'start', '--source-container', 'work', '--source-blob', '1.0.0.1.zip', '-c', 'work', '-b', 'copy').copy_status, 'success');
  az('blob', 'copy', 'start', '--source-container', 'work', '--source-blob', '1.0.0.1.zip', '-c', 'work', '-b', 'now', '--requires-sync');
  assert.equal(az('blob', 'show', '-c', 'work', '-n', 'copy').properties.contentLength, 2000);
  assert.equal(az('blob', 'show', '-c', 'work', '-n', 'now').metadata.of, 'mine');
  // It looks at the source itself, without the account's key, and can't print the MD5 that comes of it.
  const ofCopy = az('blob', 'generate-sas', '-c', 'work', '-n', 'copy', '--permissions', 'r', '--expiry', '2099-01-01T00:00Z');
  az('blob', 'rewrite', '-c', 'work', '-n', 'rewritten', '--source-uri', `${emulator.storage}/${account}/work/copy?${ofCopy}`, '-o', 'none');
  assert.equal(az('blob', 'show', '-c', 'work', '-n', 'rewritten').properties.contentLength, 2000);

  const sas = az('blob', 'generate-sas', ...blob, '--permissions', 'r', '--expiry', '2099-01-01T00:00Z');
  const read = await emulator.request(`${emulator.storage}/${account}/work/1.0.0.1.zip?${sas}`);
  assert.equal(read.status, 200);
  assert.ok(read.body.equals(readFileSync(file)));
  const ofContainer = az('container', 'generate-sas', '-n', 'work', '--permissions', 'l', '--expiry', '2099-01-01T00:00Z');
  assert.equal((await emulator.request(`${emulator.storage}/${account}/work?restype=container&comp=list&${ofContainer}`)).status, 200);
  const ofAccount = az('account', 'generate-sas', '--permissions', 'l', '--services', 'b', '--resource-types', 's', '--expiry', '2099-01-01T00:00Z');
  assert.equal((await emulator.request(`${emulator.storage}/${account}/?comp=list&${ofAccount}`)).status, 200);
});

test('properties of the service, deleted blobs among them', async (t) => {
  const { az } = await open(t);
  az('cors', 'add', '--services', 'b', '--methods', 'GET', '--origins', 'https://localhost:14430');
  az('blob', 'service-properties', 'delete-policy', 'update', '--enable', 'true', '--days-retained', '7');
  assert.equal(az('cors', 'list', '--services', 'b')[0].AllowedOrigins, 'https://localhost:14430');
  assert.equal(az('blob', 'service-properties', 'show').deleteRetentionPolicy.days, 7);
  az('container', 'create', '-n', 'work');
  az('blob', 'upload', '-c', 'work', '-n', 'kept', '-f', fileOf(t, 10), '--no-progress');
  az('blob', 'delete', '-c', 'work', '-n', 'kept');
  assert.deepEqual(az('blob', 'list', '-c', 'work').map((item) => item.name), []);
  assert.deepEqual(az('blob', 'list', '-c', 'work', '--include', 'd').map((item) => [item.name, item.deleted]), [['kept', true]]);
  az('blob', 'undelete', '-c', 'work', '-n', 'kept');
  assert.equal(az('blob', 'exists', '-c', 'work', '-n', 'kept').exists, true);
});

test('a version set that is uploaded is served', async (t) => {
  const { emulator, az } = await open(t);
  const folder = versionSet(t);
  az('blob', 'upload-batch', '-d', 'published', '-s', folder, '--pattern', '*.zip', '--no-progress');
  az('blob', 'upload', '-c', 'published', '-n', 'config.json', '-f', path.join(folder, 'config.json'), '--no-progress');
  await assertServed(emulator);
  const back = temporaryFolder(t);
  az('blob', 'download-batch', '-s', 'published', '-d', back, '--no-progress');
  assert.ok(readFileSync(path.join(back, '1.0.0.5.zip')).equals(readFileSync(path.join(folder, '1.0.0.5.zip'))));
});
