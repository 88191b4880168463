// rclone, as the distribution ships it: what keeps a folder and a container alike.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { AccountSASPermissions, BlobServiceClient } from '@azure/storage-blob';
import { assertServed, connectionString, someBytes, startAccount, versionSet } from './support/account.mjs';
import { temporaryFolder } from './support/emulator.mjs';

const mebi = 1024 * 1024;

// With a key, this release knows only Azure's own host names and port 10000; a signature comes with a whole URL.
function rcloneFor(emulator, t) {
  const service = BlobServiceClient.fromConnectionString(connectionString(emulator));
  const expiresOn = new Date(Date.now() + 3_600_000);
  const env = {
    ...emulator.env, RCLONE_CONFIG: path.join(temporaryFolder(t), 'none.conf'),
    RCLONE_CONFIG_EMU_TYPE: 'azureblob',
    RCLONE_CONFIG_EMU_SAS_URL: service.generateAccountSasUrl(expiresOn, AccountSASPermissions.parse('rwdlac'), 'sco'),
  };
  writeFileSync(env.RCLONE_CONFIG, '');
  return (...args) => {
    const result = spawnSync('rclone', ['--retries', '1', '--low-level-retries', '1', ...args], { env, encoding: 'utf8', timeout: 120_000 });
    assert.equal(result.status, 0, `rclone ${args.join(' ')}: ${result.error ?? result.stderr}`);
    return result.stdout;
  };
}

test('a folder and a container are kept alike', async (t) => {
  const emulator = await startAccount(t);
  const rclone = rcloneFor(emulator, t);
  const folder = path.join(temporaryFolder(t), 'files');
  mkdirSync(path.join(folder, 'deep/er'), { recursive: true });
  const sizes = { empty: 0, small: 20_000, 'deep/20 MB': 20 * mebi, 'deep/er/300 MB': 300 * mebi };
  for (const [name, size] of Object.entries(sizes)) writeFileSync(path.join(folder, name), someBytes(size));

  rclone('mkdir', 'emu:work');
  rclone('sync', folder, 'emu:work');
  rclone('check', '--download', folder, 'emu:work');
  const listed = rclone('lsf', '-R', '--files-only', 'emu:work').trim().split('\n').sort();
  assert.deepEqual(listed, Object.keys(sizes).sort());
  rmSync(path.join(folder, 'small'));
  writeFileSync(path.join(folder, 'empty'), 'now with content');
  rclone('sync', folder, 'emu:work');
  assert.equal(rclone('cat', 'emu:work/empty'), 'now with content');
  const back = temporaryFolder(t);
  rclone('copy', 'emu:work/deep', back);
  assert.deepEqual(readdirSync(back).sort(), ['20 MB', 'er']);
  assert.ok(readFileSync(path.join(back, '20 MB')).equals(someBytes(20 * mebi)));
  rclone('copyto', 'emu:work/empty', 'emu:work/copied within');
  assert.equal(rclone('cat', 'emu:work/copied within'), 'now with content');
  rclone('deletefile', 'emu:work/empty');
  rclone('purge', 'emu:work');
  assert.doesNotMatch(rclone('lsd', 'emu:'), /work/);
});

test('a version set that is copied is served', async (t) => {
  const emulator = await startAccount(t);
  const rclone = rcloneFor(emulator, t);
  const folder = versionSet(t);
  const config = path.join(temporaryFolder(t), 'config.json');
  copyFileSync(path.join(folder, 'config.json'), config);
  rclone('copy', folder, 'emu:published', '--exclude', 'config.json');
  rclone('copyto', config, 'emu:published/config.json');
  await assertServed(emulator);
});
