// Somebody else's container behind a plain web server of Node, which can be told to misbehave.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { cleanUp } from './cleanup.mjs';

/** Serves the files of `folder` with ETags. `container.behave = (request, response, file) => true` takes a request over. */
export async function webContainer(t, folder) {
  const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))]));
  const container = { files, requests: [], behave: () => false };
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname.slice('/extension/'.length));
    const bytes = files.get(name);
    const etag = bytes && `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
    const entry = { name, condition: request.headers['if-none-match'], target: request.url };
    response.on('finish', () => (entry.status = response.statusCode));
    container.requests.push(entry);
    if (container.behave(request, response, { name, bytes, etag })) return;
    if (!bytes) response.writeHead(404).end();
    else if (request.headers['if-none-match'] === etag) response.writeHead(304, { ETag: etag }).end();
    else response.writeHead(200, { ETag: etag, 'Content-Length': bytes.length }).end(bytes);
  });
  const listen = (port) => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address();
  container.url = `http://127.0.0.1:${port}/extension`;
  /** Nobody listens there any more, until `comeBack`. */
  container.disappear = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  container.comeBack = () => listen(port);
  container.put = (name, bytes) => files.set(name, Buffer.from(bytes));
  cleanUp(t, () => server.listening && container.disappear());
  return container;
}
