// The transcripts in README.md, run as they stand there, on free ports.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, binary, copyOfDemo, root } from './support/emulator.mjs';

/** [{ command, expected: [line…] }…] of every console block. A line `…` stands for any lines. */
function transcripts(markdown) {
  const steps = [];
  for (const [, block] of markdown.matchAll(/^```console\n(.*?)^```/gms)) {
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), expected: [] });
      else steps.at(-1).expected.push(line);
    }
  }
  return steps;
}

function matches(lines, expected) {
  if (expected.length === 0) return lines.length === 0;
  if (expected[0] !== '…') return lines[0] === expected[0] && matches(lines.slice(1), expected.slice(1));
  return lines.some((_, at) => matches(lines.slice(at), expected.slice(1))) || expected.length === 1;
}

test('README.md shows what really happens', async (t) => {
  const steps = transcripts(readFileSync(path.join(root, 'README.md'), 'utf8'));
  assert.ok(steps.length >= 4);
  const demo = copyOfDemo(t);
  const emulator = await Emulator.start(t, [demo]);
  const port = (origin) => new URL(origin).port;
  const env = {
    ...emulator.env,
    PATH: `${path.dirname(binary)}:${emulator.env.PATH}`,
    CURL_CA_BUNDLE: emulator.record.caCert,
  };
  for (const { command, expected } of steps) {
    const real = command
      .replaceAll('localhost:14430', `localhost:${port(emulator.portal)}`)
      .replaceAll('localhost:14431', `localhost:${port(emulator.hosting)}`)
      .replaceAll('127.0.0.1:14432', `127.0.0.1:${port(emulator.storage)}`)
      .replaceAll('localhost:14433', `localhost:${port(emulator.control)}`);
    const ran = spawnSync('bash', ['-o', 'pipefail', '-c', real], { env, cwd: demo, encoding: 'utf8', timeout: 30_000 });
    const lines = ran.stdout.trimEnd().split('\n');
    assert.equal(ran.status, 0, `${command}\n${ran.stderr}`);
    assert.ok(matches(lines, expected), `${command}\nprinted:\n${ran.stdout}\nexpected:\n${expected.join('\n')}`);
  }
});
