// curl with nothing but a shared access signature, as a pipeline's script uses it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient, ContainerSASPermissions } from '@azure/storage-blob';
import { assertServed, connectionString, fileOf, startAccount, versionSet } from './support/account.mjs';
import { temporaryFolder } from './support/emulator.mjs';

/** Runs curl: { status, head, body }. */
function curl(t, ...args) {
  const body = path.join(temporaryFolder(t), 'body');
  const result = spawnSync('curl', ['-sS', '-D', '-', '-o', body, ...args], { encoding: 'utf8', timeout: 60_000 });
  assert.equal(result.status, 0, result.stderr);
  // A request with `Expect: 100-continue` has two heads.
  const head = result.stdout.trim().split('\r\n\r\n').at(-1);
  return { status: Number(head.match(/^HTTP\/1\.1 (\d+)/)[1]), head, body: existsSync(body) ? readFileSync(body) : Buffer.alloc(0) };
}

async function open(t) {
  const emulator = await startAccount(t);
  const container = BlobServiceClient.fromConnectionString(connectionString(emulator)).getContainerClient('published');
  const expiresOn = new Date(Date.now() + 3_600_000);
  const url = await container.generateSasUrl({ permissions: ContainerSASPermissions.parse('racwdl'), expiresOn });
  const [base, signature] = url.split('?');
  return { emulator, at: (name, query = '') => `${base}/${name}?${query}${signature}`, ofContainer: (query) => `${base}?${query}&${signature}` };
}

test('a blob is put, shown, read in part, listed and deleted', async (t) => {
  const { at, ofContainer } = await open(t);
  const file = fileOf(t, 100_000);
  const put = curl(t, '-X', 'PUT', '-H', 'x-ms-blob-type: BlockBlob', '--data-binary', `@${file}`, '-H', 'Content-Type: application/zip', at('a.zip'));
  assert.equal(put.status, 201, put.body.toString());
  assert.match(put.head, /ETag: "0x/i);
  assert.match(curl(t, '-I', at('a.zip')).head, /Content-Length: 100000/i);
  const part = curl(t, '-r', '5-9', at('a.zip'));
  assert.equal(part.status, 206);
  assert.deepEqual(part.body, readFileSync(file).subarray(5, 10));
  assert.match(curl(t, ofContainer('restype=container&comp=list')).body.toString(), /<Name>a\.zip<\/Name>/);
  assert.equal(curl(t, '-X', 'DELETE', at('a.zip')).status, 202);
  const missing = curl(t, at('a.zip'));
  assert.equal(missing.status, 404);
  assert.match(missing.body.toString(), /<Code>BlobNotFound<\/Code>/);
});

test('a signature that was changed opens nothing, and says so', async (t) => {
  const { at } = await open(t);
  const answer = curl(t, '-X', 'PUT', '-H', 'x-ms-blob-type: BlockBlob', '-d', 'x', at('a.zip').replace('sp=', 'sp=x'));
  assert.equal(answer.status, 403);
  assert.match(answer.body.toString(), /<Code>Authenti|<Code>Authoriz/);
});

test('a version set that is uploaded is served', async (t) => {
  const { emulator, at } = await open(t);
  const folder = versionSet(t);
  for (const name of readdirSync(folder).sort()) {
    assert.equal(curl(t, '-T', path.join(folder, name), '-H', 'x-ms-blob-type: BlockBlob', at(name)).status, 201);
  }
  await assertServed(emulator);
});
