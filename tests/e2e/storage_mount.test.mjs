// A folder that is a container: plain file tools on one side, the SDK on the other, the hosting service behind both.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, all, key, refusal } from './support/account.mjs';
import { Emulator, freshHome, root, run, temporaryFolder, waitFor } from './support/emulator.mjs';

const credential = new StorageSharedKeyCredential(account, key);

/** A folder with what a team publishes: the demo's versions as zips, and its config.json. */
function versionSet(t) {
  const demo = path.join(root, 'fixtures/demo/container');
  const folder = path.join(temporaryFolder(t), 'publish');
  mkdirSync(folder);
  for (const version of readdirSync(demo).filter((name) => /^\d/.test(name))) {
    const zip = spawnSync('zip', ['-q', '-r', path.join(folder, `${version}.zip`), '.'], { cwd: path.join(demo, version) });
    assert.equal(zip.status, 0, `zip: ${zip.error ?? zip.stderr}`);
  }
  copyFileSync(path.join(demo, 'config.json'), path.join(folder, 'config.json'));
  return folder;
}

/** Writes a settings file whose extension `published` has its container in `deploy` beside it. */
function mountedProject(t, storage = {}) {
  const project = temporaryFolder(t);
  const deploy = path.join(project, 'deploy');
  const settings = { extensions: [{ name: 'Microsoft_Azure_Published', hostingServiceName: 'published', storage: { mount: './deploy', ...storage } }] };
  writeFileSync(path.join(project, 'exthost-emu.json'), JSON.stringify(settings));
  return { project, deploy };
}

function containerOf(emulator) {
  return new BlobServiceClient(`${emulator.storage}/${account}`, credential, { retryOptions: { maxTries: 1 } }).getContainerClient('published');
}

async function versionOf(emulator, stage) {
  const page = await emulator.request(`${emulator.hosting}/published/${stage}?l=en&trustedAuthority=portal.azure.com`);
  return page.headers['x-ms-version'];
}

test('what a folder holds is served, and what plain tools change there is served next', async (t) => {
  const { project, deploy } = mountedProject(t);
  renameSync(versionSet(t), deploy);
  const emulator = await Emulator.start(t, [project]);
  assert.equal(await versionOf(emulator, 'stage1'), '1.0.0.5');
  assert.equal(await versionOf(emulator, 'stage3'), '1.0.0.3');

  // The zip in two steps with the config between them, as an unlucky copy would: the last good version serves until all is there.
  const zip = readFileSync(path.join(deploy, '1.0.0.5.zip'));
  const config = JSON.parse(readFileSync(path.join(deploy, 'config.json'), 'utf8'));
  writeFileSync(path.join(deploy, '1.0.0.6.zip'), zip.subarray(0, zip.length / 2));
  writeFileSync(path.join(deploy, 'config.json'), JSON.stringify({ ...config, stage1: '1.0.0.6' }));
  await waitFor('the incident of half a zip', 20_000, async () => {
    const { incidents } = await emulator.json(`${emulator.control}/_emu/v1/incidents`);
    return incidents.length > 0;
  });
  assert.equal(await versionOf(emulator, 'stage1'), '1.0.0.5');
  writeFileSync(path.join(deploy, '1.0.0.6.zip'), zip);
  await waitFor('the new version', 20_000, async () => (await versionOf(emulator, 'stage1')) === '1.0.0.6');
});

test('what the SDK puts into a mounted folder are files, and served', async (t) => {
  const { project, deploy } = mountedProject(t);
  const emulator = await Emulator.start(t, [project]);
  const container = containerOf(emulator);
  const set = versionSet(t);
  const files = readdirSync(set).sort((a, b) => (a === 'config.json') - (b === 'config.json'));
  for (const file of files) await container.getBlockBlobClient(file).uploadFile(path.join(set, file), { blockSize: 64 * 1024, maxSingleShotSize: 64 * 1024 });
  await waitFor('what was uploaded', 20_000, async () => (await versionOf(emulator, 'stage1')) === '1.0.0.5');
  for (const file of files) assert.deepEqual(readFileSync(path.join(deploy, file)), readFileSync(path.join(set, file)), file);

  const blob = container.getBlockBlobClient('assets/deep/logo.bin');
  const bytes = Buffer.from(Array.from({ length: 5 * 1024 * 1024 + 1 }, (_, at) => (at * 31 + (at >> 8)) & 255));
  await blob.uploadData(bytes, { blockSize: 1024 * 1024, maxSingleShotSize: 1, metadata: { who: 'me' } });
  assert.ok(readFileSync(path.join(deploy, 'assets/deep/logo.bin')).equals(bytes));
  assert.ok((await blob.downloadToBuffer()).equals(bytes));
  assert.ok((await blob.downloadToBuffer(4_000_000, 1_000)).equals(bytes.subarray(4_000_000, 4_001_000)));
  assert.equal((await blob.getBlockList('committed')).committedBlocks.length, 6);
  const { snapshot } = await blob.createSnapshot();
  writeFileSync(path.join(deploy, 'assets/deep/logo.bin'), 'replaced by hand');
  assert.equal((await blob.downloadToBuffer()).toString(), 'replaced by hand');
  assert.deepEqual((await blob.getProperties()).metadata, {});
  assert.ok((await blob.withSnapshot(snapshot).downloadToBuffer()).equals(bytes));
  await blob.delete({ deleteSnapshots: 'include' });
  assert.equal(existsSync(path.join(deploy, 'assets')), false);

  await container.getBlockBlobClient('folder/file').upload('x', 1);
  await assert.rejects(container.getBlockBlobClient('folder').upload('x', 1), refusal(409, 'ResourceTypeMismatch'));
  await assert.rejects(container.delete(), refusal(403, 'InsufficientAccountPermissions'));
});

test('a mounted folder is listed as a container is, by prefix, by folder and in pages', async (t) => {
  const { project, deploy } = mountedProject(t);
  mkdirSync(path.join(deploy, 'b/c'), { recursive: true });
  for (const file of ['a.txt', 'b-c', 'b/1', 'b/c/2', 'b/c/ü&<.txt', 'z']) writeFileSync(path.join(deploy, file), file);
  const emulator = await Emulator.start(t, [project]);
  const container = containerOf(emulator);
  const names = (items) => items.map((item) => item.name);
  const everything = ['a.txt', 'b-c', 'b/1', 'b/c/2', 'b/c/ü&<.txt', 'z'];
  assert.deepEqual(names(await all(container.listBlobsFlat())), everything);
  const pages = await all(container.listBlobsFlat().byPage({ maxPageSize: 2 }));
  assert.deepEqual(pages.map((page) => names(page.segment.blobItems)), [everything.slice(0, 2), everything.slice(2, 4), everything.slice(4)]);
  assert.deepEqual(names(await all(container.listBlobsFlat({ prefix: 'b/c/' }))), everything.slice(3, 5));
  assert.deepEqual((await all(container.listBlobsByHierarchy('/'))).map((item) => [item.kind, item.name]),
    [['prefix', 'b/'], ['blob', 'a.txt'], ['blob', 'b-c'], ['blob', 'z']]);
  const [text] = await all(container.listBlobsFlat({ prefix: 'a' }));
  assert.equal(text.properties.contentType, 'text/plain; charset=utf-8');
  assert.equal(text.properties.contentLength, 5);
  assert.equal(text.properties.lastModified.getTime(), Math.floor(statSync(path.join(deploy, 'a.txt')).mtimeMs / 1000) * 1000);
  rmSync(path.join(deploy, 'z'));
  assert.deepEqual(names(await all(container.listBlobsFlat())), everything.slice(0, 5));
});

test('a restart keeps etags, metadata and leases of what nobody touched meanwhile', async (t) => {
  const { project, deploy } = mountedProject(t);
  mkdirSync(deploy);
  writeFileSync(path.join(deploy, 'by hand'), 'x');
  const env = freshHome(t);
  let emulator = await Emulator.start(t, [project], { env });
  const blobs = () => ['by hand', 'untouched', 'uploaded'].map((name) => containerOf(emulator).getBlockBlobClient(name));
  let [byHand, untouched, uploaded] = blobs();
  await byHand.setMetadata({ k: 'v' });
  await untouched.upload('x', 1);
  await uploaded.upload('x', 1, { metadata: { who: 'me' }, blobHTTPHeaders: { blobContentType: 'text/special' }, tags: { a: 'b' } });
  await uploaded.getBlobLeaseClient('11111111-1111-1111-1111-111111111111').acquireLease(-1);
  const before = await Promise.all([byHand, untouched, uploaded].map((blob) => blob.getProperties()));
  await emulator.stop();

  writeFileSync(path.join(deploy, 'untouched'), 'changed while nothing ran');
  emulator = await Emulator.start(t, [project], { env });
  [byHand, untouched, uploaded] = blobs();
  const after = await Promise.all([byHand, untouched, uploaded].map((blob) => blob.getProperties()));
  assert.equal(after[0].etag, before[0].etag);
  assert.deepEqual(after[0].metadata, { k: 'v' });
  assert.notEqual(after[1].etag, before[1].etag);
  assert.equal(after[2].etag, before[2].etag);
  assert.equal(after[2].contentType, 'text/special');
  assert.deepEqual((await uploaded.getTags()).tags, { a: 'b' });
  await assert.rejects(uploaded.upload('y', 1), refusal(412, 'LeaseIdMissing'));
});

test('a read-only mount is served and takes no writes', async (t) => {
  const { project, deploy } = mountedProject(t, { readOnly: true });
  renameSync(versionSet(t), deploy);
  const emulator = await Emulator.start(t, [project]);
  assert.equal(await versionOf(emulator, 'stage1'), '1.0.0.5');
  const container = containerOf(emulator);
  const refused = refusal(403, 'InsufficientAccountPermissions');
  const config = container.getBlockBlobClient('config.json');
  await assert.rejects(container.getBlockBlobClient('new').upload('x', 1), refused);
  await assert.rejects(config.upload('{}', 2), refused);
  await assert.rejects(config.setMetadata({ a: 'b' }), refused);
  await assert.rejects(config.delete(), refused);
  assert.equal(existsSync(path.join(deploy, 'new')), false);
  copyFileSync(path.join(deploy, '1.0.0.5.zip'), path.join(deploy, '1.0.0.6.zip'));
  const text = readFileSync(path.join(deploy, 'config.json'), 'utf8');
  writeFileSync(path.join(deploy, 'config.json'), JSON.stringify({ ...JSON.parse(text), stage1: '1.0.0.6' }));
  await waitFor('the new version', 20_000, async () => (await versionOf(emulator, 'stage1')) === '1.0.0.6');
});

test('a listed container can be a folder too, and blobs are copied between the two kinds', async (t) => {
  const project = temporaryFolder(t);
  const shared = path.join(project, 'shared');
  mkdirSync(shared);
  writeFileSync(path.join(shared, 'note.txt'), 'by hand');
  const containers = [{ name: 'shared', access: 'blob', mount: './shared' }, { name: 'plain' }];
  writeFileSync(path.join(project, 'exthost-emu.json'), JSON.stringify({ storage: { containers }, extensions: [{ name: 'Microsoft_Azure_Published' }] }));
  const emulator = await Emulator.start(t, [project]);
  const service = new BlobServiceClient(`${emulator.storage}/${account}`, credential, { retryOptions: { maxTries: 1 } });
  const [folder, plain] = ['shared', 'plain'].map((name) => service.getContainerClient(name));
  assert.equal((await emulator.request(folder.getBlobClient('note.txt').url)).text, 'by hand');
  await plain.getBlobClient('copy').syncCopyFromURL(folder.getBlobClient('note.txt').url);
  writeFileSync(path.join(shared, 'note.txt'), 'by hand, again');
  assert.equal((await plain.getBlobClient('copy').downloadToBuffer()).toString(), 'by hand');
  await (await folder.getBlobClient('back/copy').beginCopyFromURL(plain.getBlobClient('copy').url)).pollUntilDone();
  assert.equal(readFileSync(path.join(shared, 'back/copy'), 'utf8'), 'by hand');
});

test('settings that can not go with a mount are named', (t) => {
  const refusals = [
    [{ seed: './seed' }, /storage\.mount and storage\.seed/],
    [{ url: 'https://example.com/c' }, /storage\.mount and storage\.url/],
    [{ mount: undefined, readOnly: true }, /storage\.readOnly without storage\.mount/],
    [{ readOnly: 'yes' }, /'readOnly' in .* is neither true nor false/],
  ];
  for (const [storage, message] of refusals) {
    const { project } = mountedProject(t, storage);
    const { code, out, err } = run(freshHome(t), ['start', project, '--port', '0']);
    assert.equal(code, 3, out + err);
    assert.match(out + err, message);
  }
});
