// What teams' scripts do with @azure/storage-blob, with its newest release and with one that is two years old.
import assert from 'node:assert/strict';
import { createReadStream, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as newest from '@azure/storage-blob';
import * as older from 'azure-storage-blob-2024';
import { account, all, assertServed, connectionString, fileOf, key, md5, refusal, someBytes, startAccount, versionSet } from './support/account.mjs';

const mebi = 1024 * 1024;

for (const [release, sdk] of [['newest', newest], ['two years old', older]]) {
  const once = { retryOptions: { maxTries: 1 } };

  async function open(t) {
    const emulator = await startAccount(t);
    const service = sdk.BlobServiceClient.fromConnectionString(connectionString(emulator), once);
    const container = service.getContainerClient('work');
    await container.create();
    return { emulator, service, container };
  }

  test(`${release}: containers`, async (t) => {
    const { service } = await open(t);
    const container = service.getContainerClient('public');
    await container.create({ access: 'blob', metadata: { team: 'portal' } });
    await assert.rejects(container.create(), refusal(409, 'ContainerAlreadyExists'));
    assert.equal((await container.createIfNotExists()).succeeded, false);
    const properties = await container.getProperties();
    assert.equal(properties.blobPublicAccess, 'blob');
    assert.deepEqual(properties.metadata, { team: 'portal' });
    await container.setMetadata({ team: 'other' });
    const listed = await all(service.listContainers({ prefix: 'p', includeMetadata: true }));
    assert.deepEqual(listed.map((item) => [item.name, item.metadata.team]), [['public', 'other'], ['published', undefined]]);
    const pages = await all(service.listContainers().byPage({ maxPageSize: 1 }));
    assert.deepEqual(pages.flatMap((page) => page.containerItems.map((item) => item.name)), ['public', 'published', 'work']);
    await container.delete();
    await assert.rejects(container.delete(), refusal(404, 'ContainerNotFound'));
    assert.equal(await container.exists(), false);
  });

  test(`${release}: uploads of every size, whole and by parts`, async (t) => {
    const { container } = await open(t);
    const small = container.getBlockBlobClient('small');
    await small.upload('text', 4, { blobHTTPHeaders: { blobContentType: 'text/plain', blobCacheControl: 'no-cache' } });
    assert.equal((await small.getProperties()).contentType, 'text/plain');
    assert.equal((await small.getProperties()).cacheControl, 'no-cache');
    await assert.rejects(small.upload('other', 5, { conditions: { ifNoneMatch: '*' } }), refusal(409, 'BlobAlreadyExists'));
    await small.upload('other', 5);
    assert.equal((await small.downloadToBuffer()).toString(), 'other');

    const middle = container.getBlockBlobClient('20 MB');
    await middle.uploadData(someBytes(20 * mebi));
    assert.equal(md5(await middle.downloadToBuffer()), md5(someBytes(20 * mebi)));

    const large = container.getBlockBlobClient('300 MB');
    const file = fileOf(t, 300 * mebi);
    await large.uploadStream(createReadStream(file, { highWaterMark: mebi }), 4 * mebi, 8);
    assert.equal((await large.getProperties()).contentLength, 300 * mebi);
    const copy = `${file}.back`;
    await large.downloadToFile(copy);
    assert.ok(readFileSync(copy).equals(readFileSync(file)));
    assert.equal((await large.getBlockList('committed')).committedBlocks.length, 75);

    const empty = container.getBlockBlobClient('empty');
    await empty.upload('', 0);
    assert.equal((await empty.downloadToBuffer()).length, 0);
    await empty.uploadStream(createReadStream('/dev/null'));
    assert.equal((await empty.getProperties()).contentLength, 0);
  });

  test(`${release}: checksums are verified`, async (t) => {
    const { container } = await open(t);
    const blob = container.getBlockBlobClient('checked');
    const hash = Buffer.from(md5('text'), 'base64');
    await blob.stageBlock('AAAA', 'text', 4, { transactionalContentMD5: hash });
    await assert.rejects(blob.stageBlock('AAAB', 'texu', 4, { transactionalContentMD5: hash }), refusal(400, 'Md5Mismatch'));
    await blob.commitBlockList(['AAAA']);
    const part = await blob.download(0, 4, { rangeGetContentMD5: true });
    assert.equal(Buffer.from(part.contentMD5).toString('base64'), md5('text'));
    assert.equal((await all(part.readableStreamBody)).join(''), 'text');
    const crc = await blob.download(0, 4, { rangeGetContentCrc64: true });
    assert.equal(crc.contentCrc64.length, 8);
    await all(crc.readableStreamBody);
  });

  test(`${release}: lists by prefix, delimiter and page, with every extra`, async (t) => {
    const { container } = await open(t);
    for (const name of ['a/1', 'a/2', 'b', 'c/d/3', 'é ü+&<>"']) {
      await container.getBlockBlobClient(name).upload(name, Buffer.byteLength(name), { metadata: { of: 'mine' }, tags: { kind: 'x' } });
    }
    await container.getBlobClient('b').createSnapshot();
    const names = (items) => items.map((item) => item.name);
    assert.deepEqual(names(await all(container.listBlobsFlat({ prefix: 'a/' }))), ['a/1', 'a/2']);
    const tree = await all(container.listBlobsByHierarchy('/'));
    assert.deepEqual(tree.map((item) => [item.kind, item.name]).sort(), [['blob', 'b'], ['blob', 'é ü+&<>"'], ['prefix', 'a/'], ['prefix', 'c/']]);
    const extras = {
      includeCopy: true, includeDeleted: true, includeMetadata: true, includeSnapshots: true,
      includeTags: true, includeUncommitedBlobs: true, includeVersions: false,
    };
    const flat = await all(container.listBlobsFlat(extras));
    assert.deepEqual(names(flat), ['a/1', 'a/2', 'b', 'b', 'c/d/3', 'é ü+&<>"']);
    assert.deepEqual(flat[0].metadata, { of: 'mine' });
    assert.deepEqual(flat[0].tags, { kind: 'x' });
    for (const size of [1, 2, 3]) {
      const pages = await all(container.listBlobsFlat(extras).byPage({ maxPageSize: size }));
      assert.deepEqual(pages.flatMap((page) => names(page.segment.blobItems)), names(flat), `pages of ${size}`);
    }
  });

  test(`${release}: reads of ranges and on conditions`, async (t) => {
    const { container } = await open(t);
    const blob = container.getBlockBlobClient('blob');
    const bytes = someBytes(100_000);
    const { etag } = await blob.upload(bytes, bytes.length);
    assert.deepEqual(await blob.downloadToBuffer(70_001, 999), bytes.subarray(70_001, 71_000));
    await assert.rejects(blob.download(100_000), refusal(416, 'InvalidRange'));
    await assert.rejects(blob.download(0, undefined, { conditions: { ifMatch: '"0x1"' } }), refusal(412, 'ConditionNotMet'));
    await assert.rejects(blob.getProperties({ conditions: { ifNoneMatch: etag } }), (error) => error.statusCode === 304);
    const later = new Date(Date.now() + 3_600_000);
    await assert.rejects(blob.delete({ conditions: { ifModifiedSince: later } }), refusal(412, 'ConditionNotMet'));
    await blob.delete({ conditions: { ifMatch: etag } });
    await assert.rejects(blob.download(), refusal(404, 'BlobNotFound'));
    assert.equal((await blob.deleteIfExists()).succeeded, false);
  });

  test(`${release}: copies, snapshots, leases and tags`, async (t) => {
    const { container } = await open(t);
    const blob = container.getBlockBlobClient('1.0.0.1.zip');
    await blob.upload('zip', 3, { metadata: { of: 'mine' }, blobHTTPHeaders: { blobContentType: 'application/zip' } });
    const copy = container.getBlockBlobClient('copy');
    const done = await (await copy.beginCopyFromURL(blob.url)).pollUntilDone();
    assert.equal(done.copyStatus, 'success');
    const properties = await copy.getProperties();
    assert.equal(properties.copyStatus, 'success');
    assert.equal(properties.copyProgress, '3/3');
    assert.deepEqual([properties.contentType, properties.metadata], ['application/zip', { of: 'mine' }]);

    const { snapshot } = await blob.createSnapshot();
    await blob.upload('new', 3);
    assert.equal((await blob.withSnapshot(snapshot).downloadToBuffer()).toString(), 'zip');
    await (await blob.beginCopyFromURL(blob.withSnapshot(snapshot).url)).pollUntilDone();
    assert.equal((await blob.downloadToBuffer()).toString(), 'zip');

    const lease = copy.getBlobLeaseClient();
    await lease.acquireLease(-1);
    await assert.rejects(copy.upload('x', 1), refusal(412, 'LeaseIdMissing'));
    await lease.releaseLease();

    await copy.setTags({ stage: 'one' });
    assert.deepEqual((await copy.getTags()).tags, { stage: 'one' });
    assert.deepEqual((await all(container.findBlobsByTags("stage='one'"))).map((item) => item.name), ['copy']);
    await copy.setAccessTier('Cool');
    assert.equal((await copy.getProperties()).accessTier, 'Cool');
  });

  test(`${release}: signatures made by the client open what they name, and nothing else`, async (t) => {
    const { emulator, service, container } = await open(t);
    const blob = container.getBlockBlobClient('secret');
    await blob.upload('text', 4);
    const expiresOn = new Date(Date.now() + 3_600_000);
    const read = sdk.BlobSASPermissions.parse('r');
    const ofBlob = new sdk.BlockBlobClient(await blob.generateSasUrl({ permissions: read, expiresOn }), new sdk.AnonymousCredential(), once);
    assert.equal((await ofBlob.downloadToBuffer()).toString(), 'text');
    await assert.rejects(ofBlob.upload('x', 1), (error) => error.statusCode === 403);

    const ofContainer = new sdk.ContainerClient(await container.generateSasUrl({ permissions: sdk.ContainerSASPermissions.parse('racwdl'), expiresOn }), new sdk.AnonymousCredential(), once);
    await ofContainer.getBlockBlobClient('by sas').upload('x', 1);
    assert.deepEqual((await all(ofContainer.listBlobsFlat())).map((item) => item.name), ['by sas', 'secret']);
    await ofContainer.getBlobClient('by sas').delete();

    const ofAccount = service.generateAccountSasUrl(expiresOn, sdk.AccountSASPermissions.parse('rwlc'), 'sco');
    const other = new sdk.BlobServiceClient(ofAccount, new sdk.AnonymousCredential(), once);
    assert.deepEqual((await all(other.listContainers())).map((item) => item.name), ['published', 'work']);
    await assert.rejects(other.getContainerClient('work').delete(), refusal(403, 'AuthorizationPermissionMismatch'));

    await container.setAccessPolicy(undefined, [{ id: 'readers', accessPolicy: { permissions: 'r', expiresOn, startsOn: new Date(Date.now() - 3_600_000) } }]);
    assert.deepEqual((await container.getAccessPolicy()).signedIdentifiers.map((item) => item.id), ['readers']);
    const byPolicy = new sdk.BlobClient(await blob.generateSasUrl({ identifier: 'readers' }), new sdk.AnonymousCredential(), once);
    assert.equal((await byPolicy.downloadToBuffer()).toString(), 'text');
    await container.setAccessPolicy();
    await assert.rejects(byPolicy.download(), (error) => error.statusCode === 403);

    await assert.rejects(new sdk.BlobClient(blob.url, new sdk.AnonymousCredential(), once).download(), (error) => [401, 403, 404, 409].includes(error.statusCode));
    await container.setAccessPolicy('blob');
    assert.equal((await new sdk.BlobClient(blob.url, new sdk.AnonymousCredential(), once).downloadToBuffer()).toString(), 'text');
    const wrong = new sdk.StorageSharedKeyCredential(account, Buffer.from('wrong').toString('base64'));
    await assert.rejects(new sdk.BlobServiceClient(`${emulator.storage}/${account}`, wrong, once).getProperties(), refusal(403, 'AuthenticationFailed'));
    assert.equal((await new sdk.BlobServiceClient(`${emulator.storage}/${account}`, new sdk.StorageSharedKeyCredential(account, key), once).getAccountInfo()).accountKind, 'StorageV2');
  });

  test(`${release}: a batch deletes many`, async (t) => {
    const { service, container } = await open(t);
    const blobs = [];
    for (let i = 0; i < 20; ++i) {
      const blob = container.getBlockBlobClient(`${i} of many`);
      await blob.upload('x', 1);
      blobs.push(blob);
    }
    const batch = service.getBlobBatchClient();
    const answer = await batch.deleteBlobs([...blobs, container.getBlobClient('missing')]);
    assert.equal(answer.subResponsesSucceededCount, 20);
    assert.equal(answer.subResponsesFailedCount, 1);
    assert.equal(answer.subResponses.find((part) => part.status !== 202).errorCode, 'BlobNotFound');
    assert.deepEqual(await all(container.listBlobsFlat()), []);
  });

  test(`${release}: service properties are changed by parts`, async (t) => {
    const { service } = await open(t);
    await service.setProperties({ cors: [{ allowedOrigins: 'https://localhost', allowedMethods: 'GET', allowedHeaders: '*', exposedHeaders: '*', maxAgeInSeconds: 60 }] });
    await service.setProperties({ deleteRetentionPolicy: { enabled: true, days: 7 } });
    const properties = await service.getProperties();
    assert.equal(properties.cors[0].allowedOrigins, 'https://localhost');
    assert.deepEqual([properties.deleteRetentionPolicy.enabled, properties.deleteRetentionPolicy.days], [true, 7]);
  });

  test(`${release}: what is uploaded is served`, async (t) => {
    const { emulator, service } = await open(t);
    const folder = versionSet(t);
    const container = service.getContainerClient('published');
    for (const name of readdirSync(folder).sort()) await container.getBlockBlobClient(name).uploadFile(path.join(folder, name));
    await assertServed(emulator);
  });
}
