// Versions change under load: every answer is of exactly one version, and of none that was replaced before it was asked for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { BlobServiceClient } from '@azure/storage-blob';
import { cleanUp } from './support/cleanup.mjs';
import { Emulator, temporaryFolder } from './support/emulator.mjs';

const versions = ['2.0.0.1', '2.0.0.2', '2.0.0.3', '2.0.0.4'];
const activations = 200;
const readers = 16;
const stages = ['stage1', 'stage2', 'stage3', 'stage4', 'stage5'];

const pageOf = (version) => `<!doctype html><title>${version}</title><p>${`page ${version} `.repeat(400)}</p>`;
const scriptOf = (version) => `// ${version}\n${`version("${version}");\n`.repeat(20_000)}`;

/** A folder with a zip for each version. */
function zips(t) {
  const folder = temporaryFolder(t);
  for (const version of versions) {
    const config = path.join(folder, version, 'Content/Config');
    mkdirSync(config, { recursive: true });
    writeFileSync(path.join(config, 'default.json'), JSON.stringify({ builtAs: version }));
    writeFileSync(path.join(config, 'portal.azure.com.json'), '{}');
    writeFileSync(path.join(folder, version, 'Content/app.js'), scriptOf(version));
    writeFileSync(path.join(folder, version, 'index.html'), pageOf(version));
    const zip = spawnSync('zip', ['-q', '-r', path.join(folder, `${version}.zip`), '.'], { cwd: path.join(folder, version) });
    assert.equal(zip.status, 0, String(zip.error ?? zip.stderr));
  }
  return folder;
}

const configOf = (version) => JSON.stringify({ $version: '3', ...Object.fromEntries(stages.map((stage) => [stage, version])) });

function get(emulator, agent, target, gzip) {
  return new Promise((resolve, reject) => {
    const headers = gzip ? { 'accept-encoding': 'gzip' } : {};
    https.get(emulator.hosting + target, { agent, ca: emulator.ca, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk)).on('error', reject).on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = (response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
        resolve({ status: response.statusCode, version: response.headers['x-ms-version'], text });
      });
    }).on('error', reject);
  });
}

test('200 activations under load: every answer is of exactly one version', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(path.join(folder, 'exthost-emu.json'),
    JSON.stringify({ extensions: [{ name: 'Contoso_Flip', hostingServiceName: 'flip' }] }));
  const emulator = await Emulator.start(t, [folder]);
  const container = BlobServiceClient.fromConnectionString(emulator.record.connectionString).getContainerClient('flip');
  const built = zips(t);
  for (const version of versions)
    await container.getBlockBlobClient(`${version}.zip`).uploadFile(path.join(built, `${version}.zip`));
  const config = container.getBlockBlobClient('config.json');

  const activate = async (index) => {
    const text = configOf(versions[index % versions.length]);
    await config.upload(text, text.length);
    const answer = await emulator.request(`${emulator.control}/_emu/v1/sync?extension=flip`,
      { method: 'POST', headers: { authorization: `Bearer ${emulator.record.token}` } });
    assert.equal(JSON.parse(answer.text).extensions[0].succeeded, true, answer.text);
  };
  await activate(0);

  let begun = 0; // activations that may be under way or done
  let done = 0; // activations that are everywhere
  let ending = false;
  const seen = new Set();
  const agent = new https.Agent({ keepAlive: true, maxSockets: readers });
  cleanUp(t, () => agent.destroy());
  const targets = [
    ['/flip?trustedAuthority=portal.azure.com', (version, text) => text.includes(`page ${version} `.repeat(400))],
    ['/flip/Content/app.js', (version, text) => text === scriptOf(version)],
    ['/flip?environmentjson=true&trustedAuthority=portal.azure.com', (version, text) => {
      const settings = JSON.parse(text);
      return settings.pageVersion === version && settings.environment.builtAs === version;
    }],
  ];
  let answers = 0;
  const reader = async (index) => {
    for (let i = index; !ending; ++i) {
      const [target, isOf] = targets[i % targets.length];
      const oldest = done;
      const answer = await get(emulator, agent, target, i % 2 === 0);
      const allowed = new Set();
      for (let one = oldest; one <= begun; ++one) allowed.add(versions[one % versions.length]);
      assert.equal(answer.status, 200);
      assert.ok(allowed.has(answer.version), `${answer.version} after activation ${oldest}, before the end of ${begun}`);
      assert.ok(isOf(answer.version, answer.text), `${target} is not all of ${answer.version}`);
      seen.add(answer.version);
      ++answers;
    }
  };
  const reading = Array.from({ length: readers }, (_, index) => reader(index));
  const failed = Promise.all(reading);
  for (let index = 1; index <= activations; ++index) {
    begun = index;
    await Promise.race([activate(index), failed]); // a reader that fails ends it all
    done = index;
  }
  ending = true;
  await failed;
  assert.equal(seen.size, versions.length);
  assert.ok(answers > activations, `${answers} answers`);
});
