// Many deletions or tiers in one request, as the SDK asks for them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  AnonymousCredential,
  BlobServiceClient,
  ContainerClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
} from '@azure/storage-blob';
import { account, key } from './support/account.mjs';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

const credential = new StorageSharedKeyCredential(account, key);
const options = { retryOptions: { maxTries: 1 } };
const tomorrow = () => new Date(Date.now() + 86_400_000);

async function start(t) {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const service = new BlobServiceClient(`${emulator.storage}/${account}`, credential, options);
  const container = service.getContainerClient('work');
  await container.create();
  return { emulator, service, container };
}

/** Blobs of those names, in a client's container. */
async function upload(container, names) {
  for (const name of names) await container.getBlockBlobClient(name).upload('text', 4);
  return names.map((name) => container.getBlobClient(name));
}

async function names(container) {
  const found = [];
  for await (const blob of container.listBlobsFlat()) found.push(blob.name);
  return found;
}

test('blobs are deleted in one request, and each has its own outcome', async (t) => {
  const { service, container } = await start(t);
  const blobs = await upload(container, ['a', 'dir/b c', 'ü+%', 'stays']);
  await blobs[1].createSnapshot();
  const absent = container.getBlobClient('absent');
  const { subResponses, subResponsesFailedCount, status } = await service
    .getBlobBatchClient()
    .deleteBlobs([blobs[0], absent, blobs[1], blobs[2]])
    .then((response) => ({ ...response, status: response._response.status }));
  assert.equal(status, 202);
  assert.deepEqual(subResponses.map((one) => one.status), [202, 404, 409, 202]);
  assert.deepEqual(subResponses.map((one) => one.errorCode), [undefined, 'BlobNotFound', 'SnapshotsPresent', undefined]);
  assert.equal(subResponses[0].headers.get('x-ms-delete-type-permanent'), 'true');
  assert.match(subResponses[1].bodyAsText, /<Code>BlobNotFound<\/Code>/);
  assert.equal(subResponsesFailedCount, 2);
  assert.deepEqual(await names(container), ['dir/b c', 'stays']);
  const again = await container.getBlobBatchClient().deleteBlobs([blobs[1]], { deleteSnapshots: 'include' });
  assert.equal(again.subResponsesSucceededCount, 1);
});

test('tiers are set in one request, with a key and with signatures', async (t) => {
  const { emulator, service, container } = await start(t);
  const blobs = await upload(container, ['a', 'b']);
  const tiers = async () => Promise.all(blobs.map(async (blob) => (await blob.getProperties()).accessTier));
  await service.getBlobBatchClient().setBlobsAccessTier(blobs, 'Cool');
  assert.deepEqual(await tiers(), ['Cool', 'Cool']);

  const accountSas = generateAccountSASQueryParameters(
    {
      expiresOn: tomorrow(),
      permissions: AccountSASPermissions.parse('rwdl'),
      resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
      services: AccountSASServices.parse('b').toString(),
    },
    credential,
  );
  const signed = new BlobServiceClient(`${emulator.storage}/${account}?${accountSas}`, new AnonymousCredential(), options);
  const signedBlobs = blobs.map((blob) => signed.getContainerClient('work').getBlobClient(blob.name));
  await signed.getBlobBatchClient().setBlobsAccessTier(signedBlobs, 'Cold');
  assert.deepEqual(await tiers(), ['Cold', 'Cold']);

  const containerSas = generateBlobSASQueryParameters(
    { containerName: 'work', permissions: ContainerSASPermissions.parse('d'), expiresOn: tomorrow() },
    credential,
  );
  const narrow = new ContainerClient(`${container.url}?${containerSas}`, new AnonymousCredential(), options);
  const narrowBlobs = blobs.map((blob) => narrow.getBlobClient(blob.name));
  const refused = await narrow.getBlobBatchClient().setBlobsAccessTier(narrowBlobs, 'Hot');
  assert.deepEqual(refused.subResponses.map((one) => one.errorCode), Array(2).fill('AuthorizationPermissionMismatch'));
  const deleted = await narrow.getBlobBatchClient().deleteBlobs(narrowBlobs);
  assert.equal(deleted.subResponsesSucceededCount, 2);
  assert.deepEqual(await names(container), []);
});

test('256 blobs go in one batch, and a container keeps to its own', async (t) => {
  const { service, container } = await start(t);
  const blobs = await upload(container, Array.from({ length: 256 }, (_, i) => `blob-${String(i).padStart(3, '0')}`));
  const other = service.getContainerClient('other');
  await other.create();
  const [foreign] = await upload(other, ['a']);
  const mixed = await container.getBlobBatchClient().deleteBlobs([foreign, blobs[0]]);
  assert.deepEqual(mixed.subResponses.map((one) => one.errorCode), ['InvalidInput', undefined]);
  assert.deepEqual(await names(other), ['a']);
  const all = await container.getBlobBatchClient().deleteBlobs(blobs);
  assert.equal(all.subResponsesSucceededCount, 255);
  assert.equal(all.subResponses[0].errorCode, 'BlobNotFound');
  assert.deepEqual(await names(container), []);
});
