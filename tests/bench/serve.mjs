// Files of an extension over HTTP, beside nginx with one worker on the same files. Every figure is the median of rounds in which both are asked
// in turn, by one h2load thread.
import assert from 'node:assert';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, makeExtension, ms, quantile, startEmulator } from './support/bench.mjs';
import { latency, load } from './support/http_load.mjs';
import { startNginx } from './support/nginx.mjs';

const rounds = 5;
const clients = 16;
const manyClients = 256;
const sizes = [['1 KB', 1_000, 50_000], ['10 KB', 10_000, 50_000], ['1 MB', 1_000_000, 2_000]];
const gzip = ['accept-encoding: gzip, deflate'];

const extension = makeExtension(2000, 50e6);
const script = Buffer.concat(extension.paths.filter((name) => name.endsWith('.js')).map((name) => readFileSync(name)));
mkdirSync(path.join(extension.content, 'sizes'));
for (const [, bytes] of sizes) {
  assert(script.length >= bytes);
  writeFileSync(path.join(extension.content, `sizes/${bytes}.js`), script.subarray(0, bytes));
  writeFileSync(path.join(extension.content, `sizes/${bytes}.woff2`), randomBytes(bytes));  // does not shrink, so it is stored
}

const emulator = await startEmulator([extension.project, '--no-https', '--no-watch']);
const nginx = await startNginx(extension.content);
const page = await fetch(`${emulator.hosting}/bench/dev?trustedAuthority=portal.azure.com`);
const ours = `${emulator.hosting}/bench/Content/${page.headers.get('x-ms-version')}`;

/** The median of what `measure(base URL)` finds for us and for nginx, and of their ratio, by rounds. */
async function compare(measure) {
  const found = [];
  for (let round = 0; round < rounds; ++round) {
    const [first, second] = [await measure(ours), await measure(nginx.url)];
    found.push([first, second, first / second]);
  }
  return [0, 1, 2].map((i) => quantile(found.map((row) => row[i]), 0.5));
}

async function sent(url, encoding) {
  const response = await fetch(url, { headers: { 'accept-encoding': encoding } });
  const length = Number(response.headers.get('content-length'));
  const bytes = Buffer.from(await response.arrayBuffer());
  const gzipped = response.headers.get('content-encoding') === 'gzip';
  return { bytes, how: gzipped ? `in gzip, ${(length / 1000).toFixed(1)} KB` : 'as it is' };
}

async function requests(what, file, size, count, headers) {
  const answers = [await sent(`${ours}/${file}`, headers.length ? 'gzip' : 'identity'), await sent(`${nginx.url}/${file}`, 'identity')];
  assert(answers[0].bytes.equals(answers[1].bytes));
  const [we, they, ratio] = await compare((base) => load([`${base}/${file}`], { requests: count, clients, headers }));
  console.log(`  ${what} of ${size}, sent ${answers[0].how}: ${Math.round(we)}/s; nginx, as it is: ${Math.round(they)}/s (${ratio.toFixed(2)} ×)`);
}

console.log(`files over HTTP beside nginx with one worker and without compression, ${clients} connections, one h2load thread, median of ${rounds}:`);
for (const [size, bytes, count] of sizes) await requests('script', `sizes/${bytes}.js`, size, count, gzip);
for (const [size, bytes, count] of sizes) await requests('font (stored in the zip)', `sizes/${bytes}.woff2`, size, count, gzip);
for (const [size, bytes, count] of sizes) await requests('script for a client without gzip (inflated)', `sizes/${bytes}.js`, size, count, []);

const all = extension.paths.map((name) => path.relative(extension.content, name).split(path.sep).map(encodeURIComponent).join('/'));
const [we, they, ratio] = await compare(async (base) => {
  const perSecond = await load(all.map((name) => `${base}/${name}`), { requests: all.length * clients, clients, headers: gzip });
  return (all.length / perSecond) * 1000;
});
console.log(`  all of ${describe(extension)}, by each of ${clients} connections, time for ${all.length} files: ${ms(we)}; nginx ${ms(they)} (${(1 / ratio).toFixed(2)} ×)`);

const [ourTail, theirTail, tails] = await compare((base) => latency([`${base}/sizes/10000.js`], { requests: 50_000, clients: manyClients, headers: gzip }, 0.99));
console.log(`  script of 10 KB, ${manyClients} connections, 99 % answered within: ${ms(ourTail)}; nginx ${ms(theirTail)} (${tails.toFixed(2)} × as long)`);

await nginx.stop();
await emulator.stop();
