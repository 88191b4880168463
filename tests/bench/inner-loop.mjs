// From a save to its being served, seen by a client in another process; beside what people do otherwise with the same files: zip, upload
// to Azurite and a poll, and Vite's development server. Every time has the quiet period of the watcher in it. The client asks again one
// millisecond after each answer: one that never rests would take a core from whom it measures.
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import http from 'node:http';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { account, key, startAzurite } from '../azurite/azurite.mjs';
import { describe, makeExtension, ms, quantile, root, startEmulator, temporaryFolder } from './support/bench.mjs';
import { startVite } from './support/vite.mjs';

const fromTests = createRequire(path.join(root, 'tests/e2e/package.json'));
const { BlobServiceClient, StorageSharedKeyCredential } = await import(pathToFileURL(fromTests.resolve('@azure/storage-blob')).href);

const limitMs = 60_000;
const trees = [{ count: 2000, bytes: 50e6, saves: 100, rounds: 10 }, { count: 200, bytes: 2e6, saves: 50, rounds: 5 }, { count: 19_500, bytes: 300e6, saves: 50, rounds: 5 }];
const storms = [10_000, 50_000];

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
function get(url) {
  return new Promise((resolve, reject) => {
    http.get(url, { agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
    }).on('error', reject);
  });
}

/** Milliseconds from before `act` until what is asked for over and over is as it should be. There is a pause before, as between the
 *  saves of a person: what follows at once is a tool's. */
async function timed(act, isThere, pauseMs = 200) {
  await setTimeout(pauseMs);
  const begin = performance.now();
  act();
  while (!(await isThere())) {
    if (performance.now() - begin > limitMs) throw new Error('a change was never served');
    await setTimeout(1);
  }
  return performance.now() - begin;
}

async function repeated(count, once) {
  const times = [];
  for (let round = 0; round < count; ++round) times.push(await once(round));
  return times;
}

const spread = (times) => `median ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))} (${times.length} times)`;
const nearest = (paths, size) => paths.reduce((best, name) => (Math.abs(statSync(name).size - size) < Math.abs(statSync(best).size - size) ? name : best));

/** Asks for a file of the folder as it is in the newest version. */
const served = (emulator, extension, name) => get(`${emulator.hosting}/bench/dev/Content/${path.relative(extension.content, name).split(path.sep).map(encodeURIComponent).join('/')}`);

/** What was published since the start, as the journal has it. */
async function publishes(emulator) {
  const events = await get(`${emulator.control}/_emu/v1/events.ndjson`);
  return events.body.toString().split('\n').filter((line) => line.includes('"type":"publish"')).map((line) => JSON.parse(line).data);
}

async function ourLoop({ count, bytes, saves, rounds }) {
  const extension = makeExtension(count, bytes);
  const big = path.join(extension.content, 'big.js');
  writeFileSync(big, Buffer.concat(extension.paths.filter((name) => name.endsWith('.js')).map((name) => readFileSync(name))).subarray(0, 1_000_000));
  const emulator = await startEmulator([extension.project, '--no-https']);
  const small = nearest(extension.paths, 13_000);
  const save = (file) => async (round) => {
    const line = `\n// save ${round}\n`;
    return timed(() => appendFileSync(file, line), async () => (await served(emulator, extension, file)).body.toString().endsWith(line));
  };
  console.log(`${describe(extension)}:`);
  const [first] = await publishes(emulator);
  console.log(`  start with the first build, to ready: ${ms(emulator.readyMs)}, of which the build ${ms(first.buildMs)}`);
  const smallTimes = await repeated(saves, save(small));
  console.log(`  a file of ${Math.round(statSync(small).size / 1000)} KB, save to served: ${spread(smallTimes)}`);
  console.log(`  a file of 1 MB: ${spread(await repeated(saves, save(big)))}`);
  if (count + 200 * rounds < 20_000) {
    const added = await repeated(rounds, async (round) => {
      const folder = path.join(extension.content, `added${round}`);
      const files = extension.paths.slice(0, 200).map((name, index) => path.join(folder, `${index}${path.extname(name)}`));
      return timed(() => {
        mkdirSync(folder);
        files.forEach((name, index) => cpSync(extension.paths[index], name));
      }, async () => (await Promise.all(files.map((name) => served(emulator, extension, name)))).every(({ status }) => status === 200));
    });
    console.log(`  a new folder of 200 files, from the first write to the last file served: ${spread(added)}`);
  }
  const last = path.relative(path.join(extension.content, 'files'), extension.paths.at(-1));
  let at = path.join(extension.content, 'files');
  const renamed = await repeated(rounds, async (round) => {
    const next = path.join(extension.content, `files${round}`);
    const time = await timed(() => renameSync(at, next), async () => (await served(emulator, extension, path.join(next, last))).status === 200);
    at = next;
    return time;
  });
  console.log(`  all files moved, by a rename of their folder: ${spread(renamed)}`);
  await emulator.stop();
  return { extension, median: quantile(smallTimes, 0.5) };
}

/** The way by hand: zip the folder, put it into the account, point config.json at it, and have the service poll. */
async function byHand(count, bytes, median) {
  const extension = makeExtension(count, bytes);
  const small = nearest(extension.paths, 13_000);
  const azurite = await startAzurite(temporaryFolder());
  const container = new BlobServiceClient(azurite.url, new StorageSharedKeyCredential(account, key)).getContainerClient('bench');
  await container.create({ access: 'container' });
  const put = (name, content) => container.getBlockBlobClient(name).uploadData(content);
  const stages = (version) => Buffer.from(JSON.stringify({ $version: '3', ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`stage${n}`, version])) }));
  const times = [];
  for (let round = 0; round < 3; ++round) {
    appendFileSync(small, `\n// round ${round}\n`);
    const begin = performance.now();
    const zip = path.join(temporaryFolder(), 'out.zip');
    spawnSync('zip', ['-q', '-r', zip, '.'], { cwd: extension.source });
    await put(`1.0.0.${round}.zip`, readFileSync(zip));
    await put('config.json', stages(`1.0.0.${round}`));
    times.push(performance.now() - begin);
  }
  await azurite.stop();
  const took = quantile(times, 0.5);
  console.log(`  by hand, zip -r and an upload to Azurite: ${ms(took)}, and then a poll that comes within 60 s, in 30 s on average ` +
    `(${(took / median).toFixed(0)} × our whole way without the poll, ${((took + 30_000) / median).toFixed(0)} × with it)`);
}

async function vite(count, bytes, saves, median) {
  const extension = makeExtension(count, bytes);
  const script = extension.paths.filter((name) => name.endsWith('.js'));
  const small = nearest(script, 13_000);
  const server = await startVite(extension.source);
  const url = `${server.url}/${encodeURI(path.relative(extension.source, small))}`;
  await get(url);
  await setTimeout(3000);  // it watches only some time after it says that it is ready
  const times = await repeated(saves, async (round) => {
    const line = `/* save ${round} */`;
    return timed(() => appendFileSync(small, `\nexport const saved${round} = "${line}";\n`), async () => (await get(url)).body.includes(line));
  });
  await server.stop();
  console.log(`  Vite's development server, the same tree, a script of ${Math.round(statSync(small).size / 1000)} KB: ${spread(times)} ` +
    `(${(quantile(times, 0.5) / median).toFixed(2)} × ours)`);
}

/** A tool that writes as fast as it can: how long after its last write until that is served, and in how many versions. */
async function storm(writes) {
  const extension = makeExtension(200, 2e6);
  const emulator = await startEmulator([extension.project, '--no-https']);
  const folder = path.join(extension.content, 'storm');
  mkdirSync(folder);
  const files = Array.from({ length: 10_000 }, (_, index) => path.join(folder, `${index}.js`));
  const begin = performance.now();
  for (let write = 0; write < writes; ++write) writeFileSync(files[write % files.length], `export default ${write};\n`);
  const wrote = performance.now() - begin;
  const end = `export default ${writes - 1};\n`;
  const after = await timed(() => {}, async () => (await served(emulator, extension, files[(writes - 1) % files.length])).body.toString() === end, 0);
  const newest = JSON.parse((await get(`${emulator.storage}/devstoreaccount1/bench/config.json`)).body).dev;
  let published = await publishes(emulator);
  for (; published.at(-1).version !== newest; published = await publishes(emulator)) await setTimeout(1);  // told after it is served
  const versions = published.length - 1;
  await emulator.stop();
  console.log(`  ${writes} files written in ${ms(wrote)}: served ${ms(after)} after the last, ${ms(wrote + after)} after the first, in ${versions} version${versions === 1 ? '' : 's'}`);
}

console.log('save to served, quiet period included:');
for (const tree of trees) {
  const { median } = await ourLoop(tree);
  if (tree.count !== 2000) continue;
  await byHand(tree.count, tree.bytes, median);
  await vite(tree.count, tree.bytes, tree.saves, median);
}
console.log('storms, into a folder of 10,000 files beside 200 others:');
for (const writes of storms) await storm(writes);
agent.destroy();
