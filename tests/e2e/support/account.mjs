// A storage account for a test: the real program, an extension whose container is still empty, and what a team would put into it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Emulator, root, temporaryFolder, waitFor } from './emulator.mjs';

export const account = 'devstoreaccount1';
export const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const versions = ['1.0.0.1', '1.0.0.2', '1.0.0.3', '1.0.0.4', '1.0.0.5'];

/** Starts with one extension, `published`, whose container is made and has nothing in it. */
export function startAccount(t) {
  const folder = temporaryFolder(t);
  const settings = { extensions: [{ name: 'Microsoft_Azure_Published', hostingServiceName: 'published' }] };
  writeFileSync(path.join(folder, 'exthost-emu.json'), JSON.stringify(settings));
  return Emulator.start(t, [folder]);
}

/** As people get it: from the ready file, like `exthost-emu env`. */
export const connectionString = (emulator) => emulator.record.connectionString;

/** Bytes without a pattern that a compressor or a wrong offset would hide, the same for the same size. */
export function someBytes(size) {
  const bytes = Buffer.alloc(size);
  let state = size ^ 0x9e3779b9;
  for (let at = 0; at + 4 <= size; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes.writeInt32LE(state, at);
  }
  return bytes;
}

export function fileOf(t, size) {
  const file = path.join(temporaryFolder(t), `${size}.bin`);
  writeFileSync(file, someBytes(size));
  return file;
}

export const md5 = (bytes) => createHash('md5').update(bytes).digest('base64');

/** A folder with what a team publishes: a zip for each version, and the config.json that names them. */
export function versionSet(t) {
  const folder = path.join(temporaryFolder(t), 'publish');
  mkdirSync(folder);
  const container = path.join(root, 'fixtures/demo/container');
  for (const version of versions) {
    const zip = spawnSync('zip', ['-q', '-r', path.join(folder, `${version}.zip`), '.'], { cwd: path.join(container, version) });
    assert.equal(zip.status, 0, `zip: ${zip.error ?? zip.stderr}`);
  }
  copyFileSync(path.join(container, 'config.json'), path.join(folder, 'config.json'));
  return folder;
}

/** Waits until the hosting service serves the uploaded version set, and checks two of its stages. */
export async function assertServed(emulator) {
  const page = (stage) => emulator.request(`${emulator.hosting}/published/${stage}?l=en&trustedAuthority=portal.azure.com`);
  await waitFor('stage1 of what was uploaded', 20_000, async () => (await page('stage1')).headers['x-ms-version'] === '1.0.0.5');
  assert.equal((await page('stage3')).headers['x-ms-version'], '1.0.0.3');
}

/** An assert.rejects check for the SDK's errors. */
export const refusal = (status, code) => (error) => {
  assert.equal(error.statusCode, status, error.message);
  assert.equal(error.code, code);
  return true;
};

export async function all(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Puts a text, and gives its client. */
export async function upload(container, name, text, options) {
  const blob = container.getBlockBlobClient(name);
  await blob.upload(text, Buffer.byteLength(text), options);
  return blob;
}
