// Load from h2load: one client for every server, and not the limit.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './bench.mjs';

/** Sends `requests` requests over `clients` connections, to each of `urls` in turn, and returns how many a second were answered
 *  with success. Fails if one was not. With `file` it is put as a blob. */
export async function load(urls, { requests, clients, file }) {
  const list = path.join(temporaryFolder(), 'urls');
  writeFileSync(list, urls.join('\n') + '\n');
  const args = ['--h1', '-n', String(requests), '-c', String(clients), '-t', '1', '-i', list];
  if (file) args.push('-d', file, '-H', ':method: PUT', '-H', 'x-ms-blob-type: BlockBlob', '-H', 'x-ms-version: 2021-12-02');
  const child = spawn('h2load', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  const succeeded = Number(output.match(/(\d+) succeeded/)?.[1]);
  const answered = Number(output.match(/status codes: (\d+) 2xx/)?.[1]);
  if (succeeded !== requests || answered !== requests) throw new Error(`h2load ${urls[0].split('?')[0]}: ${output}`);
  return Number(output.match(/finished in .*, ([\d.]+) req\/s/)[1]);
}
