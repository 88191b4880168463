// Requests a second for a file of an extension, beside a plain Node static server on the same file. One client process for both.
import { fork } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { makeExtension, startEmulator } from './support/bench.mjs';

const seconds = 3;
const connections = 32;

/** The usual dozen lines: stat, headers, pipe. */
function serveFolder(folder) {
  const server = http.createServer((request, response) => {
    const file = path.join(folder, path.normalize(decodeURIComponent(request.url.split('?')[0])));
    const { size } = statSync(file);
    response.writeHead(200, { 'content-type': 'text/javascript', 'content-length': size });
    createReadStream(file).pipe(response);
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
}

function load(url) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const deadline = performance.now() + seconds * 1000;
  let count = 0;
  const one = async () => {
    while (performance.now() < deadline) {
      await new Promise((resolve, reject) => {
        http.get(url, { agent, headers: { 'accept-encoding': 'gzip' } }, (response) => {
          if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
          response.resume();
          response.on('end', resolve);
        }).on('error', reject);
      });
      ++count;
    }
  };
  return Promise.all(Array.from({ length: connections }, one)).then(() => {
    agent.destroy();
    return count / seconds;
  });
}

if (process.argv[2] === 'static') {
  serveFolder(process.argv[3]);
} else {
  const extension = makeExtension(200, 2e6);
  const file = extension.paths.find((name) => statSync(name).size > 8_000 && statSync(name).size < 16_000);
  const relative = path.relative(extension.content, file).split(path.sep).map(encodeURIComponent).join('/');

  const emulator = await startEmulator([extension.project, '--no-https', '--no-watch']);
  const page = await fetch(`${emulator.hosting}/bench/dev?trustedAuthority=portal.azure.com`);
  const ours = await load(`${emulator.hosting}/bench/Content/${page.headers.get('x-ms-version')}/${relative}`);
  await emulator.stop();

  const child = fork(new URL(import.meta.url), ['static', extension.content]);
  const port = await new Promise((resolve) => child.once('message', resolve));
  const theirs = await load(`http://127.0.0.1:${port}/${relative}`);
  child.kill();
  console.log(`GET of a ${Math.round(statSync(file).size / 1000)} KB script, ${connections} connections, one client process (which is the limit): ` +
    `${Math.round(ours)} a second; plain Node static server: ${Math.round(theirs)} (${(ours / theirs).toFixed(1)} ×)`);
}
