// Vite's development server on a folder, on loopback.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../vite/node_modules/vite/bin/vite.js', import.meta.url));

/** Starts it on `folder`, which gets a settings file: { url, readyMs, stop }. */
export async function startVite(folder) {
  writeFileSync(path.join(folder, 'vite.config.mjs'),
    'export default { server: { host: "127.0.0.1" }, optimizeDeps: { noDiscovery: true }, clearScreen: false, logLevel: "info" };\n');
  const begin = performance.now();
  const child = spawn(process.execPath, [main, folder, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  let output = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const match = output.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (match) resolve(match[0]);
    });
    child.on('exit', (code) => reject(new Error(`Vite ended with ${code}: ${output}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { url, readyMs: performance.now() - begin, stop };
}
