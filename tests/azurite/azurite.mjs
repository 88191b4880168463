// Microsoft's storage emulator from npm: another server that a container may be at, and what ours is measured beside.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('node_modules/azurite/dist/src/blob/main.js', import.meta.url));

export const account = 'devstoreaccount1';
export const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts it on a folder of its own, on any free port unless one is given: { url of the account, port, pid, stop }. */
export async function startAzurite(folder, port) {
  const listensAt = port ?? await freePort();
  const args = [main, '--location', path.resolve(folder), '--blobHost', '127.0.0.1', '--blobPort', String(listensAt), '--silent',
    '--skipApiVersionCheck', '--disableTelemetry'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  let output = '';
  await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (/successfully listen/.test(output)) resolve();
    });
    child.on('exit', (code) => reject(new Error(`Azurite ended with ${code}: ${output}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { url: `http://127.0.0.1:${listensAt}/${account}`, port: listensAt, pid: child.pid, stop };
}
