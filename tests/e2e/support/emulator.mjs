// Starts the real program for a test, in a world of its own: temporary home, free ports, its own certificate authority.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanUp } from './cleanup.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../../..');
export const binary = process.env.EXTHOST_EMU_BINARY ?? path.join(root, 'build/dev/emulator/app/exthost-emu');
const startLimitMs = 60_000;
const stopLimitMs = 30_000;
const requestLimitMs = 60_000;

/** A temporary folder that is removed when the test ends. */
export function temporaryFolder(t, name = 'exthost-e2e-') {
  const folder = mkdtempSync(path.join(tmpdir(), name));
  // Chromium's helpers may write to their home for a moment longer than their parent lives.
  cleanUp(t, () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  return folder;
}

/** A copy of the sample that a test may edit. */
export function copyOfDemo(t) {
  const folder = path.join(temporaryFolder(t), 'demo');
  cpSync(path.join(root, 'fixtures/demo'), folder, { recursive: true });
  return folder;
}

/** The environment of a user who has nothing yet. */
export function freshHome(t) {
  const home = temporaryFolder(t, 'exthost-home-');
  const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', XDG_RUNTIME_DIR: path.join(home, 'run') };
  for (const name of Object.keys(process.env)) {
    if (/^(ASAN|TSAN|UBSAN|LSAN)_OPTIONS$/.test(name)) env[name] = process.env[name];
  }
  return env;
}

/** Runs a verb to its end. */
export function run(env, args, options = {}) {
  const result = spawnSync(binary, args, { env, encoding: 'utf8', timeout: 60_000, ...options });
  return { code: result.status, signal: result.signal, out: result.stdout ?? '', err: result.stderr ?? '' };
}

export class Emulator {
  /** Starts and waits for the ready line. `args` come after --port 0. `detached`: without the terminal that the test may have; `under`: a
   *  command that becomes the program that is given to it. */
  static async start(t, args, { env = freshHome(t), cwd, detached = false, under = [] } = {}) {
    const [command, ...words] = [...under, binary, 'start', ...args, '--port', '0'];
    const child = spawn(command, words, { env, cwd, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    const emulator = new Emulator(child, env);
    cleanUp(t, () => emulator.stop());
    await emulator.#ready();
    return emulator;
  }

  constructor(child, env) {
    this.child = child;
    this.env = env;
    this.output = '';
    this.errors = '';
    this.exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
    child.stdout.setEncoding('utf8').on('data', (text) => (this.output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (this.errors += text));
  }

  async #ready() {
    const line = await this.waitForOutput(/^EXTHOST_EMU_READY (.*)$/m, startLimitMs);
    const fields = Object.fromEntries(line[1].split(' ').map((pair) => pair.split(/=(.*)/s)));
    Object.assign(this, { portal: fields.portal, hosting: fields.hosting, storage: fields.storage, control: fields.control });
    this.instance = fields.instance;
    this.record = JSON.parse(readFileSync(path.join(this.env.XDG_RUNTIME_DIR, 'exthost-emu', `${fields.instance}.json`), 'utf8'));
    this.ca = this.record.caCert ? readFileSync(this.record.caCert) : undefined;
  }

  /** Resolves with the match once the program's output has it. */
  waitForOutput(pattern, limitMs = 20_000) {
    return waitFor(`${pattern} in the output`, limitMs, () => {
      const match = this.output.match(pattern);
      if (!match && this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}: ${this.errors}${this.output}`);
      return match;
    });
  }

  /** Ends the program, and fails if it does not end. */
  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.exited;
    this.child.kill(signal);
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, stopLimitMs)));
    const ended = await Promise.race([this.exited, late]);
    clearTimeout(timer);
    if (ended) return ended;
    this.child.kill('SIGKILL');
    await this.exited;
    throw new Error(`${signal} did not end the program within ${stopLimitMs} ms: ${this.errors}${this.output}`);
  }

  /** GET (or another method) without following anything: { status, headers, body: Buffer, text }. */
  request(url, { method = 'GET', headers = {}, body } = {}) {
    const target = new URL(url);
    const client = target.protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      const options = { method, headers: { ...headers }, ca: this.ca, agent: false };
      if (target.protocol === 'https:') options.servername = target.hostname;
      // Names below .localhost are loopback by definition; not every resolver knows.
      if (target.hostname.endsWith('.localhost')) {
        options.headers.Host = target.host;
        target.hostname = '127.0.0.1';
      }
      const request = client.request(target, options, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode, headers: response.headers, body: bytes, text: bytes.toString('utf8') });
        });
      });
      request.on('error', reject);
      request.setTimeout(requestLimitMs, () => request.destroy(new Error(`${url}: silent for ${requestLimitMs} ms`)));
      request.end(body);
    });
  }

  async json(url, options) {
    const answer = await this.request(url, options);
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  }

  /** Runs a verb against this instance. */
  verb(...args) {
    return run(this.env, [...args, '-i', this.instance]);
  }
}

/** Asks `look` again until it answers something truthy, and returns that. `look` may throw to give up at once. */
export async function waitFor(what, limitMs, look) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
