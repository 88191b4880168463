// The real program in a real terminal: its output as a person sees it, keys as a person presses them.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanUp } from './cleanup.mjs';
import { binary, freshHome, waitFor } from './emulator.mjs';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'terminal.py');
const limitMs = 60_000;

/** The modes of a terminal in which nothing reads single keys. */
export const usualModes = { canonical: true, echo: true };

export class Terminal {
  /** Runs `exthost-emu start ... --port 0` in a terminal. */
  static start(t, args, { env = freshHome(t), cwd } = {}) {
    const child = spawn('python3', [script, binary, 'start', ...args, '--port', '0'],
      { env: { TERM: 'xterm', NO_COLOR: '1', ...env }, cwd, stdio: ['pipe', 'pipe', 'inherit'] });
    const terminal = new Terminal(child);
    cleanUp(t, () => terminal.#end());
    return terminal;
  }

  constructor(child) {
    this.child = child;
    this.output = '';
    this.exit = null;
    this.stops = 0;
    this.answers = [];
    this.closed = new Promise((resolve) => child.on('close', resolve));
    child.stdin.on('error', () => {});  // it may have ended
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      const lines = (text + piece).split('\n');
      text = lines.pop();
      for (const line of lines) this.#hear(JSON.parse(line));
    });
  }

  #hear({ output, modes, stopped, exit }) {
    if (output !== undefined) this.output += output.replaceAll('\r\n', '\n');
    if (modes) this.answers.push(modes);
    if (stopped) ++this.stops;
    if (exit !== undefined) this.exit = exit;
  }

  #send(command) {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  type(text) {
    this.#send({ type: text });
  }

  signal(number) {
    this.#send({ signal: number });
  }

  /** To the foreground, as `fg` of a shell. */
  continue() {
    this.#send({ continue: true });
  }

  async modes() {
    const before = this.answers.length;
    this.#send({ modes: true });
    await waitFor('modes of the terminal', limitMs, () => this.answers.length > before);
    return this.answers.at(-1);
  }

  /** Resolves with the match once what was printed after the last such wait has it. */
  async waitFor(pattern) {
    const match = await waitFor(`${pattern} on the terminal`, limitMs, () => {
      const found = this.output.match(pattern);
      if (!found && this.exit !== null) throw new Error(`ended with ${this.exit}: ${this.output}`);
      return found;
    }).catch((error) => { throw new Error(`${error.message}: ${this.output}`); });
    this.output = this.output.slice(match.index + match[0].length);
    return match;
  }

  /** The exit code, and the modes in which the program left the terminal. */
  async ended() {
    await waitFor('end of the program', limitMs, () => this.exit !== null);
    return { exit: this.exit, modes: this.answers.at(-1) };
  }

  #end() {
    this.child.stdin.end();
    return this.closed;
  }
}
