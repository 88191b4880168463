// The storage listener, with the client that teams publish with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnonymousCredential, ContainerClient } from '@azure/storage-blob';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

test('the container is readable by anyone, over plain HTTP', async (t) => {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const container = new ContainerClient(`${emulator.storage}/devstoreaccount1/demo`, new AnonymousCredential());

  const names = [];
  for await (const blob of container.listBlobsFlat()) names.push(blob.name);
  for (const name of ['config.json', '1.0.0.1.zip', '1.0.0.5.zip']) assert.ok(names.includes(name), `${name} in ${names}`);

  const config = await container.getBlobClient('config.json').downloadToBuffer();
  assert.equal(JSON.parse(config.toString('utf8')).stage1, '1.0.0.5');

  const zip = await container.getBlobClient('1.0.0.5.zip').downloadToBuffer();
  assert.equal(zip.subarray(0, 2).toString('latin1'), 'PK');
  const part = await container.getBlobClient('1.0.0.5.zip').downloadToBuffer(10, 20);
  assert.deepEqual(part, zip.subarray(10, 30));

  await assert.rejects(container.getBlobClient('9.9.9.9.zip').download(), (error) => error.statusCode === 404 && error.code === 'BlobNotFound');
  await assert.rejects(container.getBlockBlobClient('x').upload('x', 1), (error) => error.statusCode === 401 || error.statusCode === 403 || error.statusCode === 404);
});
