// How long until the sample is ready, and what it costs to leave it running.
import path from 'node:path';
import { ms, quantile, residentMiB, root, startAgain, startEmulator } from './support/bench.mjs';

const runs = 15;
const demo = path.join(root, 'fixtures/demo');

const first = await startEmulator([demo]);
await first.stop();
const times = [];
let resident = 0;
for (let run = 0; run < runs; ++run) {
  const emulator = await startAgain(first.env, [demo]);
  times.push(emulator.readyMs);
  if (run === runs - 1) resident = residentMiB(emulator.child.pid);
  await emulator.stop();
}
console.log(`start to ready, the sample, ${runs} runs: median ${ms(quantile(times, 0.5))}, p90 ${ms(quantile(times, 0.9))}; ` +
  `the very first, which makes the certificate authority and all state: ${ms(first.readyMs)}`);
console.log(`resident memory, ready and idle: ${resident.toFixed(1)} MiB`);
