// The storage account beside Azurite: the same requests from the same client, one server after the other.
import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { account, key, startAzurite } from '../azurite/azurite.mjs';
import { ms, quantile, residentMiB, root, startEmulator, temporaryFolder } from './support/bench.mjs';
import { load, loadOnce } from './support/http_load.mjs';

const fromTests = createRequire(path.join(root, 'tests/e2e/package.json'));
const { BlobServiceClient, AccountSASPermissions } = await import(pathToFileURL(fromTests.resolve('@azure/storage-blob')).href);

const starts = 5;
const clients = 16;

function diskMB(folder) {
  return readdirSync(folder, { recursive: true }).reduce((sum, name) => sum + lstatSync(path.join(folder, name)).blocks * 512, 0) / 1e6;
}

/** An emulator with one extension whose container is empty. */
async function startOurs(durability) {
  const project = temporaryFolder();
  const settings = {
    storage: { durability },
    extensions: [{ name: 'Bench_Extension', hostingServiceName: 'bench' }],
  };
  writeFileSync(path.join(project, 'exthost-emu.json'), JSON.stringify(settings));
  const emulator = await startEmulator([project, '--no-https', '--state-dir', path.join(project, 'state')]);
  return { url: `${emulator.storage}/${account}`, pid: emulator.child.pid, readyMs: emulator.readyMs, data: path.join(project, 'state/storage'), stop: emulator.stop };
}

async function startTheirs() {
  const data = temporaryFolder();
  const begin = performance.now();
  const azurite = await startAzurite(data);
  return { ...azurite, readyMs: performance.now() - begin, data };
}

function someFile(size) {
  const file = path.join(temporaryFolder(), String(size));
  writeFileSync(file, randomBytes(size));
  return file;
}

const files = { '10 KB': someFile(10_000), '1 MB': someFile(1_000_000), '10 MB': someFile(10_000_000) };

/** Every figure of one server, by name. */
async function measure(start) {
  const figures = {};
  const times = [];
  for (let run = 1; run < starts; ++run) {
    const server = await start();
    times.push(server.readyMs);
    await server.stop();
  }
  const server = await start();
  times.push(server.readyMs);
  figures.start = quantile(times, 0.5);
  figures.memory = residentMiB(server.pid);
  const service = BlobServiceClient.fromConnectionString(`DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${server.url};`);
  for (const name of ['work', 'many']) await service.getContainerClient(name).create();
  const signed = service.generateAccountSasUrl(new Date(Date.now() + 3_600_000), AccountSASPermissions.parse('rwdlc'), 'co').split('?')[1];
  const at = (name, query = '') => `${server.url}/${name}?${query}${signed}`;

  const put = (size, requests, connections) => load([at(`work/${size.replace(' ', '')}`)], { requests, clients: connections, file: files[size] });
  figures.put10KB = await put('10 KB', 2_000, clients);
  await put('1 MB', 1, 1);
  figures.put10MB = await put('10 MB', 20, 1);
  figures.overwritten = diskMB(server.data);
  await load([at('work/10MB')], { requests: 1, clients: 1, file: files['10 KB'] });
  figures.get10KB = await load([at('work/10KB')], { requests: 20_000, clients });
  figures.get1MB = await load([at('work/1MB')], { requests: 500, clients });
  const many = Array.from({ length: 20_000 }, (_, i) => at(`many/${String(i).padStart(5, '0')}`));
  figures.many = await loadOnce(many, { clients, file: files['10 KB'] });
  figures.list = await load([at('many', 'restype=container&comp=list&maxresults=5000&')], { requests: 10, clients: 1 });
  figures.memoryAfter = residentMiB(server.pid);
  await server.stop();
  return figures;
}

const azurite = await measure(startTheirs);
const durable = await measure(() => startOurs('power'));
const fast = await measure(() => startOurs('process'));

const rows = [
  ['start to ready, median of 5', 'start', ms, true],
  ['resident memory, idle', 'memory', (value) => `${value.toFixed(0)} MiB`, true],
  ['resident memory, after all that follows', 'memoryAfter', (value) => `${value.toFixed(0)} MiB`, true],
  ['GET 10 KB, 16 connections', 'get10KB', (value) => `${Math.round(value)}/s`],
  ['GET 1 MB, 16 connections', 'get1MB', (value) => `${Math.round(value)}/s`],
  ['PUT 10 KB over one blob, 16 connections', 'put10KB', (value) => `${Math.round(value)}/s`],
  ['PUT 10 MB, 1 connection', 'put10MB', (value) => `${value.toFixed(1)}/s`],
  ['PUT 20,000 blobs of 10 KB, 16 connections', 'many', (value) => `${Math.round(value)}/s`],
  ['list of 5,000', 'list', (value) => `${value.toFixed(1)}/s`],
  ['on disk after 20 × 10 MB over one blob', 'overwritten', (value) => `${value.toFixed(0)} MB`, true],
];
console.log('the storage account beside Azurite (which syncs nothing to disk before it answers), signed by SAS, one h2load thread:');
for (const [name, field, show, lowIsGood] of rows) {
  const ratio = (ours) => `${(lowIsGood ? azurite[field] / ours[field] : ours[field] / azurite[field]).toFixed(1)} ×`;
  console.log(`  ${name}: Azurite ${show(azurite[field])}; durable ${show(durable[field])} (${ratio(durable)}); durability process ${show(fast[field])} (${ratio(fast)})`);
}
