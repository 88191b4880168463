// The Python client, as the distribution ships it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertServed, connectionString, startAccount, versionSet } from './support/account.mjs';

// The distribution's own, which has the distribution's packages; another may come first in PATH.
const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('clients/python_client.py', import.meta.url));

function runPython(emulator, args) {
  const env = { ...emulator.env, AZURE_STORAGE_CONNECTION_STRING: connectionString(emulator), PYTHONDONTWRITEBYTECODE: '1' };
  return spawnSync(python, args, { env, encoding: 'utf8', timeout: 240_000 });
}

test('every operation of the Python client', async (t) => {
  const emulator = await startAccount(t);
  const result = runPython(emulator, ['-W', 'ignore', script]);
  assert.equal(result.status, 0, `${result.error ?? ''}${result.stderr}`);
  assert.match(result.stderr, /Ran \d\d tests/);
});

test('what a Python script uploads is served', async (t) => {
  const emulator = await startAccount(t);
  const folder = versionSet(t);
  const upload = `
import os, pathlib
from azure.storage.blob import ContainerClient
container = ContainerClient.from_connection_string(os.environ["AZURE_STORAGE_CONNECTION_STRING"], "published")
for file in sorted(pathlib.Path(${JSON.stringify(folder)}).iterdir()):
    container.upload_blob(file.name, file.read_bytes(), overwrite=True)
`;
  const result = runPython(emulator, ['-c', upload]);
  assert.equal(result.status, 0, result.stderr);
  await assertServed(emulator);
});
