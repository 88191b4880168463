// Soft delete and uncommitted blobs, as the SDK asks for them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, all, key, upload } from './support/account.mjs';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

const credential = new StorageSharedKeyCredential(account, key);

/** A service client for a new emulator, and a container of its own. */
async function start(t) {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const service = new BlobServiceClient(`${emulator.storage}/${account}`, credential, { retryOptions: { maxTries: 1 } });
  const container = service.getContainerClient('work');
  await container.create();
  return { emulator, service, container };
}

const keepFor = (service, days) => service.setProperties({ deleteRetentionPolicy: { enabled: true, days } });

const notFound = (error) => error.statusCode === 404 && error.code === 'BlobNotFound';

test('what is deleted under a policy is listed on demand and comes back', async (t) => {
  const { service, container } = await start(t);
  const forGood = await upload(container, 'gone', 'x');
  await forGood.delete();
  await keepFor(service, 7);
  assert.deepEqual((await service.getProperties()).deleteRetentionPolicy, { enabled: true, days: 7 });
  const blob = await upload(container, 'config.json', '{"stage1":"1"}');
  const { etag } = await blob.getProperties();
  const before = Date.now();
  await blob.delete();
  await assert.rejects(blob.download(), notFound);
  assert.equal(await blob.exists(), false);
  assert.deepEqual(await all(container.listBlobsFlat()), []);
  const [listed, ...more] = await all(container.listBlobsFlat({ includeDeleted: true }));
  assert.deepEqual(more, []);
  assert.equal(listed.name, 'config.json');
  assert.equal(listed.deleted, true);
  assert.equal(listed.properties.contentLength, 14);
  assert.ok(Math.abs(listed.properties.deletedOn - before) < 120_000, `${listed.properties.deletedOn}`);
  assert.ok([6, 7].includes(listed.properties.remainingRetentionDays), `${listed.properties.remainingRetentionDays}`);
  await blob.undelete();
  assert.equal((await blob.downloadToBuffer()).toString(), '{"stage1":"1"}');
  assert.equal((await blob.getProperties()).etag, etag);
  await assert.rejects(forGood.undelete(), notFound);
});

test('an overwrite keeps what was there as a soft-deleted snapshot', async (t) => {
  const { service, container } = await start(t);
  await keepFor(service, 1);
  const blob = await upload(container, 'a', 'one');
  await upload(container, 'a', 'two');
  const { snapshot } = await blob.createSnapshot();
  await blob.withSnapshot(snapshot).delete();
  await blob.stageBlock('QQ==', 'three', 5);
  await blob.commitBlockList(['QQ==']);
  const options = { includeDeleted: true, includeSnapshots: true };
  const listed = await all(container.listBlobsFlat(options));
  assert.deepEqual(listed.map((item) => [item.deleted ?? false, item.snapshot !== undefined]), [[true, true], [true, true], [true, true], [false, false]]);
  const pages = await all(container.listBlobsFlat(options).byPage({ maxPageSize: 1 }));
  assert.deepEqual(pages.flatMap((page) => page.segment.blobItems).map((item) => item.snapshot), listed.map((item) => item.snapshot));
  await blob.delete();
  await upload(container, 'a', 'four');
  await blob.undelete();
  const texts = [];
  for (const item of await all(container.listBlobsFlat({ includeSnapshots: true }))) {
    texts.push((await (item.snapshot ? blob.withSnapshot(item.snapshot) : blob).downloadToBuffer()).toString());
  }
  assert.deepEqual([...texts].sort(), ['four', 'one', 'three', 'two', 'two']);
  assert.equal(texts.at(-1), 'four');
  await assert.rejects(blob.delete(), (error) => error.statusCode === 409 && error.code === 'SnapshotsPresent');
});

test('what is soft-deleted survives a restart', async (t) => {
  const folder = copyOfDemo(t);
  const first = await Emulator.start(t, [folder, '--no-watch']);
  const connect = (emulator) => new BlobServiceClient(`${emulator.storage}/${account}`, credential, { retryOptions: { maxTries: 1 } });
  await keepFor(connect(first), 365);
  const container = connect(first).getContainerClient('work');
  await container.create();
  await (await upload(container, 'a', 'kept')).delete();
  await first.stop('SIGKILL');
  const second = await Emulator.start(t, [folder, '--no-watch'], { env: first.env });
  const blob = connect(second).getContainerClient('work').getBlockBlobClient('a');
  await assert.rejects(blob.download(), notFound);
  await blob.undelete();
  assert.equal((await blob.downloadToBuffer()).toString(), 'kept');
});

test('blobs of which there are only blocks are listed on demand', async (t) => {
  const { container } = await start(t);
  await upload(container, 'b', 'x');
  for (const name of ['a', 'c']) await container.getBlockBlobClient(name).stageBlock('QQ==', 'three', 5);
  const named = async (options) => (await all(container.listBlobsFlat(options))).map((item) => item.name);
  assert.deepEqual(await named({}), ['b']);
  assert.deepEqual(await named({ includeUncommitedBlobs: true }), ['a', 'b', 'c']);
  const [first] = await all(container.listBlobsFlat({ includeUncommitedBlobs: true }));
  assert.equal(first.properties.contentLength, 0);
  assert.equal(first.properties.etag, undefined);
  await container.getBlockBlobClient('a').commitBlockList(['QQ==']);
  assert.deepEqual(await named({}), ['a', 'b']);
});

test('restoring a container is refused in so many words', async (t) => {
  const { service } = await start(t);
  await assert.rejects(service.undeleteContainer('work', '01D60F8BB59A4652'), (error) => error.statusCode === 501 && error.code === 'NotImplemented');
});
