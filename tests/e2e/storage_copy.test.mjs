// Copies of blobs, as the SDK asks for them, and as az names their source.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient, ContainerSASPermissions, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, all, key, refusal, upload } from './support/account.mjs';
import { cleanUp } from './support/cleanup.mjs';
import { Emulator, temporaryFolder } from './support/emulator.mjs';

const limitMs = 20_000;

/** A new emulator with two accounts, and a private container in each: { emulator, work, theirs }. */
async function start(t) {
  const settings = path.join(temporaryFolder(t), 'exthost-emu.json');
  const extension = (name, storage) => ({ name: `Test_${name}`, hostingServiceName: name, storage });
  writeFileSync(settings, JSON.stringify({ extensions: [extension('one', {}), extension('two', { account: 'second' })] }));
  const emulator = await Emulator.start(t, [settings]);
  const containerOf = async (name) => {
    const options = { retryOptions: { maxTries: 1 } };
    const service = new BlobServiceClient(`${emulator.storage}/${name}`, new StorageSharedKeyCredential(name, key), options);
    const container = service.getContainerClient('work');
    await container.create();
    return container;
  };
  return { emulator, work: await containerOf(account), theirs: await containerOf('second') };
}

const textOf = async (blob) => (await blob.downloadToBuffer()).toString();
const md5 = (text) => createHash('md5').update(text).digest();
const readable = (blob, permissions = 'r') =>
  blob.generateSasUrl({ permissions: ContainerSASPermissions.parse(permissions), expiresOn: new Date(Date.now() + 3600_000) });

test('a blob is copied within its account, and the copy says whence it is', async (t) => {
  const { work } = await start(t);
  const source = await upload(work, 'a b/ü.txt', 'text', {
    blobHTTPHeaders: { blobContentType: 'text/plain', blobCacheControl: 'no-cache' }, metadata: { made: 'first' },
  });
  const copy = work.getBlockBlobClient('copy');
  const poller = await copy.beginCopyFromURL(source.url, { intervalInMs: 1 });
  const done = await poller.pollUntilDone();
  assert.equal(done.copyStatus, 'success');
  assert.equal(await textOf(copy), 'text');
  const properties = await copy.getProperties();
  assert.equal(properties.contentType, 'text/plain');
  assert.equal(properties.cacheControl, 'no-cache');
  assert.deepEqual(properties.metadata, { made: 'first' });
  assert.equal(properties.copyId, done.copyId);
  assert.equal(properties.copySource, source.url);
  assert.equal(properties.copyProgress, '4/4');
  assert.ok(properties.copyCompletedOn instanceof Date);
  const [, listed] = await all(work.listBlobsFlat({ includeCopy: true }));
  assert.equal(listed.properties.copyId, done.copyId);
  assert.equal(listed.properties.copyStatus, 'success');

  await assert.rejects(copy.abortCopyFromURL(done.copyId), refusal(409, 'NoPendingCopyOperation'));
  await assert.rejects(copy.beginCopyFromURL(`${work.url}/absent`), refusal(404, 'BlobNotFound'));
  const conditions = { sourceConditions: { ifMatch: '"0x0"' } };
  await assert.rejects(copy.beginCopyFromURL(source.url, conditions), refusal(412, 'SourceConditionNotMet'));
  const before = { conditions: { ifNoneMatch: '*' } };
  await assert.rejects(copy.beginCopyFromURL(source.url, before), refusal(409, 'BlobAlreadyExists'));
});

test('a copy onto itself changes metadata and tier, and a snapshot is promoted', async (t) => {
  const { work } = await start(t);
  const blob = await upload(work, 'config.json', 'one');
  const { snapshot } = await blob.createSnapshot();
  await blob.upload('two', 3);
  await (await blob.beginCopyFromURL(blob.url, { metadata: { own: 'yes' }, tier: 'Cool', intervalInMs: 1 })).pollUntilDone();
  const properties = await blob.getProperties();
  assert.deepEqual([properties.metadata, properties.accessTier], [{ own: 'yes' }, 'Cool']);
  assert.equal(await textOf(blob), 'two');
  await (await blob.beginCopyFromURL(blob.withSnapshot(snapshot).url, { intervalInMs: 1 })).pollUntilDone();
  assert.equal(await textOf(blob), 'one');
});

test('a copy that waits brings tags along if it is told to, and checks the content', async (t) => {
  const { work } = await start(t);
  const source = await upload(work, 'source', 'text', { tags: { stage: 'one' } });
  const copy = work.getBlockBlobClient('copy');
  const done = await copy.syncCopyFromURL(source.url, { sourceContentMD5: md5('text'), copySourceTags: 'COPY' });
  assert.equal(done.copyStatus, 'success');
  assert.deepEqual((await copy.getTags()).tags, { stage: 'one' });
  assert.equal((await copy.getProperties()).copyId, done.copyId);
  await copy.syncCopyFromURL(source.url);
  assert.deepEqual((await copy.getTags()).tags, {});
  await assert.rejects(copy.syncCopyFromURL(source.url, { sourceContentMD5: md5('other') }), refusal(400, 'Md5Mismatch'));
  const both = { copySourceTags: 'COPY', tags: { a: 'b' } };
  await assert.rejects(copy.syncCopyFromURL(source.url, both), refusal(400, 'BothUserTagsAndSourceTagsCopyPresentException'));
});

test('blobs and blocks are put from URLs', async (t) => {
  const { work } = await start(t);
  const source = await upload(work, 'source', '0123456789', { blobHTTPHeaders: { blobContentType: 'text/css', blobContentLanguage: 'en' } });
  const put = work.getBlockBlobClient('put');
  const answer = await put.syncUploadFromURL(source.url, { blobHTTPHeaders: { blobContentType: 'text/plain' } });
  assert.deepEqual(Buffer.from(answer.contentMD5), md5('0123456789'));
  const properties = await put.getProperties();
  assert.deepEqual([properties.contentType, properties.contentLanguage, properties.copyId], ['text/plain', 'en', undefined]);
  await put.syncUploadFromURL(source.url, { copySourceBlobProperties: false });
  assert.equal((await put.getProperties()).contentLanguage, undefined);

  const blocks = work.getBlockBlobClient('blocks');
  const ids = ['one', 'two'].map((id) => Buffer.from(id).toString('base64'));
  await blocks.stageBlockFromURL(ids[0], source.url, 5, 5);
  await blocks.stageBlockFromURL(ids[1], source.url, 0, undefined, { sourceContentMD5: md5('0123456789') });
  await blocks.commitBlockList(ids);
  assert.equal(await textOf(blocks), '567890123456789');
  await assert.rejects(blocks.stageBlockFromURL(ids[0], source.url, 10, 1), refusal(416, 'InvalidRange'));
});

test('another account is read with a signature, which no one is shown', async (t) => {
  const { work, theirs, emulator } = await start(t);
  const source = await upload(theirs, 'source', 'theirs');
  const copy = work.getBlockBlobClient('copy');
  const forms = [
    async (url) => (await copy.beginCopyFromURL(url, { intervalInMs: 1 })).pollUntilDone(),
    (url) => copy.syncCopyFromURL(url),
    (url) => copy.syncUploadFromURL(url),
    (url) => copy.stageBlockFromURL(Buffer.from('one').toString('base64'), url),
  ];
  for (const form of forms) {
    await assert.rejects(form(source.url), refusal(404, 'CannotVerifyCopySource'));
    await assert.rejects(form(await readable(source, 'w')), refusal(403, 'CannotVerifyCopySource'));
    await form(await readable(source));
  }
  assert.equal(await textOf(copy), 'theirs');
  await copy.syncCopyFromURL(await readable(source));
  const shown = (await copy.getProperties()).copySource;
  assert.ok(shown.startsWith(`${source.url}?`) && shown.includes('sp=r'), shown);
  assert.ok(!shown.includes('sig='), shown);
  assert.ok(!(emulator.errors + emulator.output).includes('sig='));
  // What is public needs none.
  await theirs.setAccessPolicy('blob');
  await copy.syncCopyFromURL(source.url);
});

test('a source that is named by its production host is the account here', async (t) => {
  const { emulator, work } = await start(t);
  await upload(work, 'source', 'text');
  // As az sends it: signed for the address, with the source at the account's real host.
  const target = `/${account}/work/copy`;
  const headers = {
    'x-ms-copy-source': `https://${account}.blob.core.windows.net/work/source`,
    'x-ms-date': new Date().toUTCString(),
    'x-ms-requires-sync': 'True',
    'x-ms-version': '2021-06-08',
  };
  const text = `PUT${'\n'.repeat(12)}${Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('')}/${account}${target}`;
  const signature = new StorageSharedKeyCredential(account, key).computeHMACSHA256(text);
  const answer = await emulator.request(`${emulator.storage}${target}`, {
    method: 'PUT', headers: { ...headers, 'Content-Length': '0', Authorization: `SharedKey ${account}:${signature}` },
  });
  assert.equal(answer.status, 202, answer.text);
  assert.equal(answer.headers['x-ms-copy-status'], 'success');
  assert.equal(await textOf(work.getBlockBlobClient('copy')), 'text');
  const foreign = 'https://somebody.blob.core.windows.net/work/source';
  await assert.rejects(work.getBlockBlobClient('copy').beginCopyFromURL(foreign), refusal(403, 'CannotVerifyCopySource'));
});

test('a server on this machine is read, with its own limits', async (t) => {
  const { work } = await start(t);
  const large = Buffer.alloc(9 << 20, 'large ');
  const server = http.createServer((request, response) => {
    if (request.url === '/moved') return response.writeHead(302, { Location: '/large' }).end();
    if (request.url === '/short') {
      response.writeHead(200, { 'Content-Length': '100' }).write('short');
      return setImmediate(() => response.destroy());
    }
    if (request.url !== '/large') return response.writeHead(404).end('none');
    const range = request.headers.range?.match(/^bytes=(\d+)-(\d+)$/);
    if (!range) return response.writeHead(200, { 'Content-Type': 'text/css' }).end(large);
    response.writeHead(206, { 'Content-Type': 'text/css' }).end(large.subarray(Number(range[1]), Number(range[2]) + 1));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(t, () => new Promise((resolve) => server.close(resolve)));
  const url = `http://127.0.0.1:${server.address().port}`;

  const copy = work.getBlockBlobClient('copy');
  await (await copy.beginCopyFromURL(`${url}/large`, { intervalInMs: 1 })).pollUntilDone();
  assert.ok(large.equals(await copy.downloadToBuffer()));
  assert.equal((await copy.getProperties()).contentType, 'text/css');
  const blocks = work.getBlockBlobClient('blocks');
  await blocks.stageBlockFromURL('QQ==', `${url}/large`, 6, 5);
  await blocks.commitBlockList(['QQ==']);
  assert.equal(await textOf(blocks), 'large');

  const signal = AbortSignal.timeout(limitMs);
  for (const [place, status] of [['absent', 404], ['moved', 500], ['short', 500]]) {
    const refused = work.getBlockBlobClient(place).syncCopyFromURL(`${url}/${place}`, { abortSignal: signal });
    await assert.rejects(refused, refusal(status, 'CannotVerifyCopySource'));
    assert.equal(await work.getBlockBlobClient(place).exists(), false);
  }
});
