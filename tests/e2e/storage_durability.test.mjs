// What storage has acknowledged is there after kill -9, and what is overwritten takes no space.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, key } from './support/account.mjs';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

const credential = new StorageSharedKeyCredential(account, key);

function containerOf(emulator) {
  const options = { retryOptions: { maxTries: 1 } };
  return new BlobServiceClient(`${emulator.storage}/${account}`, credential, options).getContainerClient('work');
}

/** `size` bytes that nobody else has: the same for the same seed. */
function bytesOf(seed, size) {
  const block = createHash('sha512').update(seed).digest();
  return Buffer.concat(Array(Math.ceil(size / block.length)).fill(block)).subarray(0, size);
}

test('what was acknowledged before kill -9 reads back byte for byte', async (t) => {
  const demo = copyOfDemo(t);
  const first = await Emulator.start(t, [demo, '--no-watch']);
  await containerOf(first).create();

  // Each writer puts blobs of its own until the program is gone, every third time over the one before, every fifth time in blocks.
  const acknowledged = new Map();  // name to what it has
  const underWay = new Map();      // name to what was sent, and not answered
  let count = 0;
  let killed;
  const writer = async (number) => {
    const container = containerOf(first);
    for (let turn = 0; ; ++turn) {
      const name = `${number}/${turn - (turn % 3 === 2 ? 1 : 0)}`;
      const bytes = bytesOf(`${number} ${turn}`, 1 + ((number * 7919 + turn * 104729) % 200_000));
      const blob = container.getBlockBlobClient(name);
      underWay.set(name, bytes);
      try {
        if (turn % 5 === 4) {
          const half = bytes.length >> 1;
          await blob.stageBlock('QQ==', bytes.subarray(0, half), half);
          await blob.stageBlock('Qg==', bytes.subarray(half), bytes.length - half);
          await blob.commitBlockList(['QQ==', 'Qg==']);
        } else {
          await blob.upload(bytes, bytes.length);
        }
      } catch (error) {
        if (killed) return;
        throw error;
      }
      acknowledged.set(name, bytes);
      underWay.delete(name);
      if (++count === 200) killed = first.stop('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 12 }, (_, number) => writer(number)));
  await killed;
  assert.ok(count >= 200);

  const second = await Emulator.start(t, [demo, '--no-watch'], { env: first.env });
  const container = containerOf(second);
  for (const [name, bytes] of acknowledged) {
    const found = await container.getBlobClient(name).downloadToBuffer();
    const possible = [bytes, underWay.get(name)].filter(Boolean);
    assert.ok(possible.some((one) => one.equals(found)), `${name}: ${found.length} bytes that nobody put there`);
  }
  const names = [];
  for await (const blob of container.listBlobsFlat()) names.push(blob.name);
  for (const name of names) assert.ok(acknowledged.has(name) || underWay.has(name), name);
  for (const name of acknowledged.keys()) assert.ok(names.includes(name), name);
});

test('twenty overwrites of 10 MB take the space of one', async (t) => {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const folder = path.join(emulator.record.stateDir, 'storage');
  const container = containerOf(emulator);
  await container.create();
  const before = spaceOf(folder);
  const size = 10_000_000;
  const blob = container.getBlockBlobClient('large');
  let last;
  for (let turn = 0; turn < 20; ++turn) {
    last = bytesOf(`turn ${turn}`, size);
    await blob.upload(last, size);
  }
  const taken = spaceOf(folder) - before;
  assert.ok(taken >= size && taken < size * 1.2, `${taken} bytes`);
  assert.ok((await blob.downloadToBuffer()).equals(last));
  await blob.delete();
  assert.ok(spaceOf(folder) - before < size * 0.2);
});

/** The bytes of all files below a folder. */
function spaceOf(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}
