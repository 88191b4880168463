// What the reports share: a run of the program, input made of real files, and figures.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const binary = process.env.EXTHOST_EMU_BINARY;

const folders = [];
process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export function temporaryFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'exthost-bench-'));
  folders.push(folder);
  return folder;
}

/** Starts the program and resolves when it has printed its ready line, with the time that took. */
export async function startEmulator(args) {
  const home = temporaryFolder();
  const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: path.join(home, 'run') };
  return startAgain(env, args);
}

/** The same in a home that has been used before. */
export async function startAgain(env, args) {
  const begin = performance.now();
  const child = spawn(binary, ['start', ...args, '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  let output = '';
  const line = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const match = output.match(/^EXTHOST_EMU_READY (.*)$/m);
      if (match) resolve(match[1]);
    });
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
  const readyMs = performance.now() - begin;
  const fields = Object.fromEntries(line.split(' ').map((pair) => pair.split(/=(.*)/s)));
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { ...fields, env, child, readyMs, stop };
}

/** Resident memory in MiB. */
export function residentMiB(pid) {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
}

/** `count` real files of npm packages, about `totalBytes` in all, copied below `folder`. The editor's come first: they are what
 *  a web build looks like; those of the others make up the number. None is larger than four times what is left for each. */
export function copyRealFiles(folder, count, totalBytes) {
  const from = path.join(root, 'tests');
  const rank = (name) => ['e2e/node_modules/monaco-editor/esm/', 'e2e/node_modules/monaco-editor/min/'].findIndex((start) => name.startsWith(start));
  const filesOf = (packages) => (!existsSync(path.join(from, packages)) ? [] : readdirSync(path.join(from, packages), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(from, path.join(entry.parentPath ?? entry.path, entry.name))));
  const all = ['e2e/node_modules', 'azurite/node_modules'].flatMap(filesOf)
    .filter((name) => /\.(m?js|css|json|map|ts|ttf|svg|html)$/.test(name))
    .map((name) => ({ name, size: statSync(path.join(from, name)).size, rank: rank(name) }))
    .sort((a, b) => (a.rank < 0) - (b.rank < 0) || a.rank - b.rank || (a.rank < 0 ? b.size - a.size : 0) || (a.name < b.name ? -1 : 1));
  const chosen = [];
  let bytes = 0;
  for (const file of all) {
    if (chosen.length === count) break;
    if (file.size > 4 * (totalBytes - bytes) / (count - chosen.length)) continue;
    chosen.push(file.name);
    bytes += file.size;
  }
  // Development servers take no notice of what lies below a node_modules.
  const targets = chosen.map((name) => path.join(folder, name.replaceAll('node_modules', 'packages')));
  chosen.forEach((name, index) => {
    mkdirSync(path.dirname(targets[index]), { recursive: true });
    copyFileSync(path.join(from, name), targets[index]);
  });
  return { files: chosen.length, bytes, paths: targets };
}

/** An extension around real files. */
export function makeExtension(count, totalBytes) {
  const project = temporaryFolder();
  const content = path.join(project, 'source/Content');
  mkdirSync(path.join(content, 'Config'), { recursive: true });
  writeFileSync(path.join(project, 'source/index.html'), '<!DOCTYPE html><title>bench</title>');
  writeFileSync(path.join(content, 'Config/default.json'), '{}');
  writeFileSync(path.join(content, 'Config/portal.azure.com.json'), '{}');
  writeFileSync(path.join(project, 'exthost-emu.json'), JSON.stringify({
    extensions: [{ name: 'Bench_Extension', hostingServiceName: 'bench', source: { folder: './source' } }],
  }));
  const copied = copyRealFiles(path.join(content, 'files'), count, totalBytes);
  return { project, source: path.join(project, 'source'), content, ...copied };
}

export const describe = ({ files, bytes }) => `${files} files, ${(bytes / 1e6).toFixed(1)} MB`;

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
