// Page and append blobs, as far as they go: made, described, listed, read, deleted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, key, refusal } from './support/account.mjs';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

test('page and append blobs are made and described, and say that they are not written', async (t) => {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const credential = new StorageSharedKeyCredential(account, key);
  const service = new BlobServiceClient(`${emulator.storage}/${account}`, credential, { retryOptions: { maxTries: 1 } });
  const container = service.getContainerClient('work');
  await container.create();
  const disk = container.getPageBlobClient('disk.vhd');
  await disk.create(1024 * 1024, { blobSequenceNumber: 5, metadata: { os: 'none' } });
  const log = container.getAppendBlobClient('log');
  await log.create();

  const properties = await disk.getProperties();
  assert.equal(properties.blobType, 'PageBlob');
  assert.equal(properties.contentLength, 1024 * 1024);
  assert.equal(properties.blobSequenceNumber, 5);
  assert.deepEqual(await disk.downloadToBuffer(), Buffer.alloc(1024 * 1024));
  assert.equal((await log.getProperties()).blobCommittedBlockCount, 0);
  assert.equal((await log.downloadToBuffer()).length, 0);
  const listed = [];
  for await (const blob of container.listBlobsFlat()) listed.push([blob.name, blob.properties.blobType, blob.properties.blobSequenceNumber]);
  assert.deepEqual(listed, [['disk.vhd', 'PageBlob', 5], ['log', 'AppendBlob', undefined]]);

  await assert.rejects(disk.uploadPages(Buffer.alloc(512), 0, 512), refusal(501, 'NotImplemented'));
  await assert.rejects(disk.getPageRanges(0, 512), refusal(501, 'NotImplemented'));
  await assert.rejects(log.appendBlock('x', 1), refusal(501, 'NotImplemented'));
  await assert.rejects(log.getBlockBlobClient().upload('x', 1), refusal(409, 'InvalidBlobType'));
  await log.delete();
  await log.getBlockBlobClient().upload('x', 1);
  await disk.delete();
});
