// What a storage account does beyond uploads and downloads, as the SDK asks for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, all, key, refusal, upload } from './support/account.mjs';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

const credential = new StorageSharedKeyCredential(account, key);

/** A service client for a new emulator, and a container of its own. */
async function start(t) {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const options = { retryOptions: { maxTries: 1 } };
  const service = new BlobServiceClient(`${emulator.storage}/${account}`, credential, options);
  const container = service.getContainerClient('work');
  await container.create();
  return { emulator, service, container };
}

test('a snapshot keeps what a blob was', async (t) => {
  const { container } = await start(t);
  const blob = await upload(container, 'config.json', 'one');
  const { snapshot } = await blob.createSnapshot({ metadata: { why: 'before' } });
  await blob.upload('two', 3);
  const old = blob.withSnapshot(snapshot);
  assert.equal((await old.downloadToBuffer()).toString(), 'one');
  assert.equal((await old.getProperties()).metadata.why, 'before');
  const listed = await all(container.listBlobsFlat({ includeSnapshots: true }));
  assert.deepEqual(listed.map((item) => item.snapshot), [snapshot, undefined]);
  const pages = await all(container.listBlobsFlat({ includeSnapshots: true }).byPage({ maxPageSize: 1 }));
  assert.deepEqual(pages.flatMap((page) => page.segment.blobItems).map((item) => item.snapshot), [snapshot, undefined]);
  await assert.rejects(blob.delete(), refusal(409, 'SnapshotsPresent'));
  await blob.delete({ deleteSnapshots: 'only' });
  await assert.rejects(old.getProperties(), (error) => error.statusCode === 404);
  await blob.createSnapshot();
  await blob.delete({ deleteSnapshots: 'include' });
  assert.deepEqual(await all(container.listBlobsFlat({ includeSnapshots: true })), []);
});

test('tiers and tags are kept, and blobs are found by their tags', async (t) => {
  const { service, container } = await start(t);
  const blob = await upload(container, 'a b', 'text', { tags: { stage: 'one', 'who is': 'me+you' }, tier: 'Cool' });
  assert.equal((await blob.getProperties()).accessTier, 'Cool');
  assert.deepEqual((await blob.getTags()).tags, { stage: 'one', 'who is': 'me+you' });
  const [listed] = await all(container.listBlobsFlat({ includeTags: true }));
  assert.deepEqual(listed.tags, { stage: 'one', 'who is': 'me+you' });
  await blob.setTags({ stage: 'two' });
  await upload(container, 'other', 'text', { tags: { stage: 'one' } });
  const found = await all(service.findBlobsByTags("stage='two'"));
  assert.deepEqual(found.map((item) => [item.containerName, item.name, item.tags]), [['work', 'a b', { stage: 'two' }]]);
  assert.equal((await all(container.findBlobsByTags("stage >= 'a'"))).length, 2);
  await assert.rejects(blob.download(0, undefined, { conditions: { tagConditions: "stage = 'one'" } }), refusal(412, 'ConditionNotMet'));

  await blob.setAccessTier('Archive');
  await assert.rejects(blob.download(), refusal(409, 'BlobArchived'));
  await blob.setAccessTier('Hot');
  assert.equal((await blob.downloadToBuffer()).toString(), 'text');
});

test('a lease keeps others from writing and deleting', async (t) => {
  const { container } = await start(t);
  const blob = await upload(container, 'config.json', '{}');
  const lease = blob.getBlobLeaseClient();
  await lease.acquireLease(15);
  await assert.rejects(blob.upload('x', 1), refusal(412, 'LeaseIdMissing'));
  await assert.rejects(blob.delete(), refusal(412, 'LeaseIdMissing'));
  await assert.rejects(blob.getBlobLeaseClient().acquireLease(15), refusal(409, 'LeaseAlreadyPresent'));
  await blob.upload('mine', 4, { conditions: { leaseId: lease.leaseId } });
  await lease.renewLease();
  await lease.changeLease('11111111-1111-1111-1111-111111111111');
  assert.equal((await blob.getProperties()).leaseState, 'leased');
  assert.equal((await blob.getProperties()).leaseDuration, 'fixed');
  const [listed] = await all(container.listBlobsFlat());
  assert.equal(listed.properties.leaseStatus, 'locked');
  assert.equal((await lease.breakLease(0)).leaseTime, 0);
  assert.equal((await blob.getProperties()).leaseState, 'broken');
  await blob.upload('anyone', 6);

  const containerLease = container.getBlobLeaseClient();
  await containerLease.acquireLease(-1);
  await assert.rejects(container.delete(), refusal(412, 'LeaseIdMissing'));
  assert.equal((await container.getProperties()).leaseDuration, 'infinite');
  await containerLease.releaseLease();
  await container.delete();
});
