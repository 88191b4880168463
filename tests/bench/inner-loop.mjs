// From the save of a file to its new version being served, seen by a client in another process; beside packing the same tree with zip.
import { spawnSync } from 'node:child_process';
import { appendFileSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, makeExtension, ms, quantile, startEmulator, temporaryFolder } from './support/bench.mjs';

const saves = 60;

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
function get(url) {
  return new Promise((resolve, reject) => {
    http.get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response));
    }).on('error', reject);
  });
}

const extension = makeExtension(2000, 50e6);
const small = extension.paths.reduce((best, name) => (Math.abs(statSync(name).size - 13_000) < Math.abs(statSync(best).size - 13_000) ? name : best));

const zipTimes = [];
for (let run = 0; run < 3; ++run) {
  const begin = performance.now();
  spawnSync('zip', ['-q', '-r', path.join(temporaryFolder(), 'out.zip'), '.'], { cwd: extension.source });
  zipTimes.push(performance.now() - begin);
}
const zipMs = quantile(zipTimes, 0.5);

const emulator = await startEmulator([extension.project, '--no-https']);
const page = `${emulator.hosting}/bench/dev?trustedAuthority=portal.azure.com`;
let version = (await get(page)).headers['x-ms-version'];
const times = [];
for (let save = 0; save < saves; ++save) {
  const begin = performance.now();
  appendFileSync(small, `\n// save ${save}\n`);
  for (;;) {
    const now = (await get(page)).headers['x-ms-version'];
    if (now !== version) {
      times.push(performance.now() - begin);
      version = now;
      break;
    }
    if (performance.now() - begin > 30_000) throw new Error('a save was never served');
  }
}
await emulator.stop();
agent.destroy();
console.log(`save to served, ${describe(extension)}, a file of ${Math.round(statSync(small).size / 1000)} KB, ${saves} saves, quiet period included: ` +
  `median ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))}`);
console.log(`first build to ready, the same tree: ${ms(emulator.readyMs)}`);
console.log(`zip -r of the same tree, which a publish by hand begins with: ${ms(zipMs)} (${(zipMs / quantile(times, 0.5)).toFixed(0)} × the whole way above)`);
