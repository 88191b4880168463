// The command line: verbs, exit codes, ready file, signals.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { cleanUp } from './support/cleanup.mjs';
import { Emulator, copyOfDemo, freshHome, run, temporaryFolder, waitFor } from './support/emulator.mjs';

test('the verbs find the instance and say what it does', async (t) => {
  const demo = copyOfDemo(t);
  const readyFile = path.join(temporaryFolder(t), 'ready.json');
  const emulator = await Emulator.start(t, [demo, '--ready-file', readyFile]);

  await t.test('the ready file has the URLs and is for its owner alone', () => {
    const record = JSON.parse(readFileSync(readyFile, 'utf8'));
    assert.equal(record.v, 1);
    assert.equal(record.urls.hosting, emulator.hosting);
    assert.equal(record.extensions[0].stages.stage1, '1.0.0.5');
    assert.equal(statSync(readyFile).mode & 0o777, 0o600);
  });

  await t.test('wait, ps, regions, incidents, explain, sync, env', () => {
    assert.equal(run(emulator.env, ['wait', 'ready', '--ready-file', readyFile]).code, 0);
    assert.match(emulator.verb('ps').out, new RegExp(emulator.instance));
    const { regions } = JSON.parse(emulator.verb('regions', '--json').out);
    assert.ok(regions.length > 40);
    assert.equal(regions.find((row) => row.region === 'westus').servedVersion, '1.0.0.2');
    assert.match(emulator.verb('regions').out, /westcentralus\s+stage2\s+1\.0\.0\.4/);
    assert.match(emulator.verb('incidents').out, /no incidents/);
    const explained = emulator.verb('explain', 'demo', '--region', 'westus');
    assert.equal(explained.code, 0, explained.err);
    assert.match(explained.out, /1\.0\.0\.2/);
    assert.match(explained.out, /config\.json:\d+:\d+/);
    const synced = emulator.verb('sync', 'demo');
    assert.equal(synced.code, 0, synced.err + synced.out);
    assert.match(emulator.verb('env').out, /AZURE_STORAGE_CONNECTION_STRING='DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;/);
    const events = emulator.verb('events').out.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(events.some((event) => event.type === 'publish'));
  });

  await t.test('an instance is found from its project folder', () => {
    assert.equal(run(emulator.env, ['regions'], { cwd: path.join(demo, 'source') }).code, 0);
  });

  await t.test('a second emulator on the same state folder is refused, and the first goes on', () => {
    const second = run(emulator.env, ['start', demo, '--port', '0']);
    assert.equal(second.code, 9);
    assert.match(second.err, /EHE5002/);
  });

  await t.test('stop ends it, and takes the ready file away', async () => {
    const stopped = emulator.verb('stop');
    assert.equal(stopped.code, 0, stopped.err);
    assert.deepEqual(await emulator.exited, { code: 0, signal: null });
    assert.equal(existsSync(readyFile), false);
    assert.equal(emulator.verb('regions').code, 10);
  });
});

test('the sample needs nothing beside the program', async (t) => {
  const env = freshHome(t);
  const emulator = await Emulator.start(t, ['demo'], { env, cwd: env.HOME });
  const page = await emulator.request(`${emulator.hosting}/demo/stage3?trustedAuthority=portal.azure.com`);
  assert.equal(page.headers['x-ms-version'], '1.0.0.3');
});

test('a restart serves at once what was served before', async (t) => {
  const demo = copyOfDemo(t);
  const env = freshHome(t);
  const first = await Emulator.start(t, [demo], { env });
  const address = `${first.hosting}/demo/dev?trustedAuthority=portal.azure.com`;
  const version = (await first.request(address)).headers['x-ms-version'];
  await first.stop();
  const second = await Emulator.start(t, [demo], { env });
  const answer = await second.request(`${second.hosting}/demo/dev?trustedAuthority=portal.azure.com`);
  assert.equal(answer.headers['x-ms-version'], version, 'the same content is the same version');
});

test('an emulator that was killed leaves nothing that stops the next one', async (t) => {
  const demo = copyOfDemo(t);
  const env = freshHome(t);
  const first = await Emulator.start(t, [demo], { env });
  await first.stop('SIGKILL');
  assert.match(run(env, ['ps']).out, /^\s*$/);
  const second = await Emulator.start(t, [demo], { env });
  assert.equal((await second.request(`${second.hosting}/demo/stage1?trustedAuthority=portal.azure.com`)).status, 200);
});

test('what cannot start says why, with its own exit code', async (t) => {
  const env = freshHome(t);
  const folder = temporaryFolder(t);
  const cases = [
    [['start', '--prot', '0'], 2, /did you mean --port/],
    [['strat'], 2, /did you mean 'exthost-emu start'/],
    [['start', folder], 2, /EHE4004/],
    [['help', 'EHE9999'], 2, /EHE/],
    [['regions'], 10, /EHE5005/],
    [['wait', 'ready', '--timeout', '100ms'], 5, /EHE5006/],
  ];
  for (const [args, code, pattern] of cases) {
    const result = run(env, args, { cwd: folder });
    assert.equal(result.code, code, `${args}: ${result.err}`);
    assert.match(result.err, pattern);
  }

  await t.test('a settings file with a mistake', () => {
    writeFileSync(path.join(folder, 'exthost-emu.json'), '{ "fidelty": "dev" }');
    const result = run(env, ['start'], { cwd: folder });
    assert.equal(result.code, 3);
    assert.match(result.err, /exthost-emu\.json:1:3/);
    assert.match(result.err, /did you mean 'fidelity'/);
  });

  await t.test('a port that somebody else has', async () => {
    const server = net.createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp(t, () => server.close());
    const taken = server.address().port;
    const result = run(env, ['start', copyOfDemo(t), '--port', '0', '--hosting-port', String(taken)]);
    assert.equal(result.code, 4, result.err);
    assert.match(result.err, new RegExp(`${taken}`));
    assert.match(result.err, /EHE5001/);
  });

  await t.test('a state folder that cannot be written', () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const result = run(env, ['start', copyOfDemo(t), '--port', '0', '--state-dir', path.join(file, 'below')]);
    assert.equal(result.code, 12, result.err);
  });
});

test('help, version, config and codes are told without an instance', (t) => {
  const env = freshHome(t);
  assert.match(run(env, ['--version']).out, /^exthost-emu \d+\.\d+\.\d+\n$/);
  assert.match(run(env, ['--help']).out, /incidents/);
  assert.match(run(env, ['help', 'EHE1003']).out, /EHE1003/);
  const printed = run(env, ['config', 'print', 'demo', '--port', '20000'], { cwd: env.HOME });
  assert.equal(printed.code, 0, printed.err);
  assert.match(printed.out, /ports\.base = 20000\s+command line/);
});

test('Ctrl-C ends it with 0, with streams open, and leaves nothing behind', async (t) => {
  const env = freshHome(t);
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--ephemeral'], { env });
  const { hostname, port } = new URL(emulator.control);
  const socket = net.connect(Number(port), hostname);
  cleanUp(t, () => socket.destroy());
  socket.write(`GET /_emu/v1/events HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  let streamed = '';
  socket.on('data', (chunk) => (streamed += chunk));
  await waitFor('open stream', 10_000, () => streamed.includes('200 OK'));
  const { code } = await emulator.stop('SIGINT');
  assert.equal(code, 0);
  assert.match(streamed, /bye/);
  assert.equal(existsSync(emulator.record.stateDir), false);
});
