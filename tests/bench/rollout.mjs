// What simulated time costs: thirty days of rollouts, and a round of polls of many extensions, on the virtual clock of fidelity ci.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ms, residentMiB, root, startEmulator, temporaryFolder } from './support/bench.mjs';

const storage = createRequire(path.join(root, 'tests/e2e/package.json'))('@azure/storage-blob');
const hour = 3_600_000;

/** `count` extensions, each with `versions` versions of its own in a container of the emulated account. */
async function startWith(count, versions) {
  const project = temporaryFolder();
  const names = Array.from({ length: count }, (_, i) => `ext${i}`);
  for (const name of names) {
    for (let build = 1; build <= versions; ++build) {
      const config = path.join(project, name, `1.0.0.${build}/Content/Config`);
      mkdirSync(config, { recursive: true });
      writeFileSync(path.join(config, 'default.json'), JSON.stringify({ name, build }));
      writeFileSync(path.join(config, 'portal.azure.com.json'), '{}');
    }
    writeFileSync(path.join(project, name, 'config.json'), configOf(1));
  }
  writeFileSync(path.join(project, 'exthost-emu.json'), JSON.stringify({
    extensions: names.map((name) => ({ name: `Bench_${name}`, hostingServiceName: name, storage: { seed: `./${name}` } })),
  }));
  const readyFile = path.join(project, 'ready.json');
  const emulator = await startEmulator([project, '--fidelity', 'ci', '--no-watch', '--no-https', '--ready-file', readyFile]);
  const record = JSON.parse(readFileSync(readyFile));
  const account = storage.BlobServiceClient.fromConnectionString(record.connectionString);
  const sas = storage.generateAccountSASQueryParameters({
    permissions: storage.AccountSASPermissions.parse('rwc'), services: 'b', resourceTypes: 'o',
    expiresOn: new Date(Date.now() + 24 * 365 * hour),
  }, account.credential).toString();

  const control = async (method, target, body) => {
    const headers = { authorization: `Bearer ${record.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${emulator.control}${target}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${target}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const publish = async (name, build) => {
    const answer = await fetch(`${account.url}/${name}/config.json?${sas}`, {
      method: 'PUT', body: configOf(build), headers: { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/json' },
    });
    if (answer.status !== 201) throw new Error(`publish: ${answer.status} ${await answer.text()}`);
  };
  const advance = (milliseconds) => control('POST', '/_emu/v1/clock:advance', { by: `${milliseconds}ms` });
  const regions = async () => (await control('GET', '/_emu/v1/regions')).regions;
  return { names, emulator, control, publish, advance, regions };
}

function configOf(build) {
  const stages = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`stage${i + 1}`, `1.0.0.${build}`]));
  return JSON.stringify({ $version: '3', ...stages });
}

async function timed(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function expectServed(rows, build) {
  const wrong = rows.filter((row) => row.servedVersion !== `1.0.0.${build}`);
  if (wrong.length > 0) throw new Error(`${wrong.length} rows do not serve build ${build}`);
}

async function thirtyDays() {
  const { names, emulator, publish, advance, regions } = await startWith(20, 5);
  const whole = await timed(() => advance(30 * 24 * hour));
  let published = 0;
  const busy = await timed(async () => {
    for (let day = 0; day < 30; ++day) {
      for (const name of names) await publish(name, 1 + ((day + 1) % 5));
      published += names.length;
      await advance(24 * hour);
    }
  });
  const rows = await regions();
  expectServed(rows, 1 + (30 % 5));
  console.log(`30 simulated days, ${names.length} extensions, ${rows.length / names.length} regions, nothing published: ${ms(whole)}; ` +
    `each extension publishes every day (${published} uploads over HTTP, ${published * rows.length / names.length} activations): ${ms(busy)}`);
  await emulator.stop();
}

async function pollRound() {
  const { names, emulator, publish, advance, regions } = await startWith(100, 5);
  const idle = residentMiB(emulator.child.pid);
  const quiet = await timed(() => advance(60_000));
  for (const name of names) await publish(name, 2);
  const round = await timed(() => advance(60_000));
  const rest = await timed(() => advance(31 * 60_000));
  const rows = await regions();
  expectServed(rows, 2);
  console.log(`${names.length} extensions × ${rows.length / names.length} regions × 5 versions: a round of polls with nothing new ${ms(quiet)}, ` +
    `with a new config.json of every extension ${ms(round)}, until all of it is active everywhere ${ms(rest)}; ` +
    `resident memory ${idle.toFixed(0)} MiB at the start, ${residentMiB(emulator.child.pid).toFixed(0)} MiB after`);
  await emulator.stop();
}

await thirtyDays();
await pollRound();
