// nginx as a static server of a folder: one worker, on loopback, with nothing of the machine's own configuration.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import path from 'node:path';
import { temporaryFolder } from './bench.mjs';

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Debian's settings for static files (sendfile, tcp_nopush, its types) without access log and compression. */
export async function startNginx(root) {
  const folder = temporaryFolder();
  const port = await freePort();
  const config = path.join(folder, 'nginx.conf');
  writeFileSync(config, `
daemon off;
worker_processes 1;
${process.getuid() === 0 ? 'user root;' : ''}
pid ${folder}/pid;
error_log stderr crit;
events { worker_connections 2048; }
http {
  include /etc/nginx/mime.types;
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server { listen 127.0.0.1:${port}; root ${root}; }
}
`);
  const child = spawn('/usr/sbin/nginx', ['-c', config, '-e', 'stderr'], { stdio: ['ignore', 'inherit', 'inherit'] });
  let ended;
  const exited = new Promise((resolve) => child.on('error', (error) => { ended = error; resolve(); }).on('exit', (code) => { ended ??= `code ${code}`; resolve(); }));
  while (!(await accepts(port))) {
    if (ended) throw new Error(`nginx ended: ${ended}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const stop = async () => {
    child.kill('SIGQUIT');
    await exited;
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
