// An account's static website, set up with the SDK and visited as a browser would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, key } from './support/account.mjs';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

test('the container $web is a website once the account says so', async (t) => {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const credential = new StorageSharedKeyCredential(account, key);
  const service = new BlobServiceClient(`${emulator.storage}/${account}`, credential, { retryOptions: { maxTries: 1 } });
  const site = `http://${account}.z6.web.core.windows.net.localhost:${new URL(emulator.storage).port}`;
  assert.equal((await emulator.request(`${site}/`)).status, 404);

  await service.setProperties({ staticWebsite: { enabled: true, indexDocument: 'index.html', errorDocument404Path: '404.html' } });
  const { staticWebsite } = await service.getProperties();
  assert.deepEqual([staticWebsite.enabled, staticWebsite.indexDocument, staticWebsite.errorDocument404Path], [true, 'index.html', '404.html']);
  const web = service.getContainerClient('$web');
  assert.equal(await web.exists(), true);
  for (const [name, text] of Object.entries({ 'index.html': '<h1>home', 'docs/index.html': '<h1>docs', '404.html': '<h1>lost' })) {
    const headers = { blobContentType: 'text/html', blobCacheControl: 'no-cache' };
    await web.getBlockBlobClient(name).upload(text, text.length, { blobHTTPHeaders: headers });
  }

  const home = await emulator.request(`${site}/`);
  assert.deepEqual([home.status, home.text, home.headers['content-type']], [200, '<h1>home', 'text/html']);
  assert.equal(home.headers['cache-control'], 'no-cache');
  assert.equal((await emulator.request(`${site}/docs/`)).text, '<h1>docs');
  const again = await emulator.request(`${site}/`, { headers: { 'If-None-Match': home.headers.etag } });
  assert.equal(again.status, 304);
  const lost = await emulator.request(`${site}/nowhere`);
  assert.deepEqual([lost.status, lost.text, lost.headers['x-ms-error-code']], [404, '<h1>lost', 'WebContentNotFound']);
  assert.equal((await emulator.request(`${site}/index.html`, { method: 'DELETE' })).status, 405);

  await service.setProperties({ staticWebsite: { enabled: false } });
  assert.equal((await emulator.request(`${site}/`)).status, 404);
});
