// Load from h2load: one client for every server, and not the limit.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { quantile, temporaryFolder } from './bench.mjs';

/** Runs h2load with one thread until `requests` requests are answered with success, and returns what it prints. Fails if one was not. */
async function run(urls, { requests, clients, file, headers = [] }, more = []) {
  const list = path.join(temporaryFolder(), 'urls');
  writeFileSync(list, urls.join('\n') + '\n');
  const args = ['--h1', '-n', String(requests), '-c', String(clients), '-t', '1', '-i', list, ...more];
  if (file) args.push('-d', file, '-H', ':method: PUT', '-H', 'x-ms-blob-type: BlockBlob', '-H', 'x-ms-version: 2021-12-02');
  for (const header of headers) args.push('-H', header);
  const child = spawn('h2load', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  const succeeded = Number(output.match(/(\d+) succeeded/)?.[1]);
  const answered = Number(output.match(/status codes: (\d+) 2xx/)?.[1]);
  if (succeeded !== requests || answered !== requests) throw new Error(`h2load ${urls[0].split('?')[0]}: ${output}`);
  return output;
}

/** Sends `requests` requests over `clients` connections, each of which asks for `urls` in turn from the first on, and returns how
 *  many a second were answered. With `file` it is put as a blob. */
export async function load(urls, options) {
  return Number((await run(urls, options)).match(/finished in .*, ([\d.]+) req\/s/)[1]);
}

/** Asks for each of `urls` once, over `clients` connections between which they are shared out. Each connection is a process of its own,
 *  so this is for loads that take seconds. */
export async function loadOnce(urls, { clients, ...options }) {
  const shares = Array.from({ length: clients }, (_, client) => urls.filter((_, i) => i % clients === client));
  const begin = performance.now();
  await Promise.all(shares.map((share) => run(share, { ...options, requests: share.length, clients: 1 })));
  return (urls.length / (performance.now() - begin)) * 1000;
}

/** As `load`; returns the time in milliseconds in which `q` of the requests were answered. */
export async function latency(urls, options, q) {
  const log = path.join(temporaryFolder(), 'log');
  await run(urls, options, [`--log-file=${log}`]);
  const microseconds = readFileSync(log, 'utf8').trimEnd().split('\n').map((line) => Number(line.split('\t')[2]));
  return quantile(microseconds, q) / 1000;
}
