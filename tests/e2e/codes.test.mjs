// Every error code is provoked by a case of fixtures/codes, by the real program. docs/testing.md says how to add one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { cleanUp } from './support/cleanup.mjs';
import { extensionOf, fillIn, layOut, readCases, serviceName, shell } from './support/code_cases.mjs';
import { Emulator, binary, copyOfDemo, freshHome, root, run, temporaryFolder, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;
const cases = readCases();
const by = (way) => cases.filter((one) => one.by === way);

// What cannot be provoked from outside, and the test that provokes it.
const elsewhere = {
  EHE3012: ['tests/unit/http/server_test.cpp', 'past the queue of waiting requests the answer is 503 with Retry-After'],
  EHE3013: ['tests/unit/http/server_test.cpp', 'an exception becomes a 500 without its text, and the connection goes on'],
  EHE6003: ['tests/unit/watch/folder_backend_test.cpp', 'when the watch limit is reached, polling takes over, and says so once'],
};

test('every code has a case in fixtures/codes, and every case a code', (t) => {
  const told = run(freshHome(t), ['help', '--json']);
  assert.equal(told.code, 0, told.err);
  const codes = JSON.parse(told.out).map((entry) => entry.code);
  const provoked = [...new Set([...cases.map((one) => one.code), ...Object.keys(elsewhere)])].sort();
  assert.deepEqual(codes.filter((code) => !provoked.includes(code)), [], 'codes that no case of fixtures/codes provokes');
  assert.deepEqual(provoked.filter((code) => !codes.includes(code)), [], 'cases of codes that do not exist');
  for (const one of cases) {
    assert.ok(one.name.startsWith(`${one.code}-`), `${one.name} is a case of ${one.code}`);
    assert.ok(one.says, `${one.name} expects a word of the sentence`);
    assert.ok(!(one.code in elsewhere), `${one.code} has a case, so it need not be excused`);
    assert.ok(['incident', 'warning', 'event', 'restart', 'request', 'bytes', 'command'].includes(one.by), `${one.name}: by ${one.by}?`);
  }
  const header = readFileSync(path.join(root, 'emulator/model/codes.h'), 'utf8');
  for (const [code, [file, name]] of Object.entries(elsewhere)) {
    const text = readFileSync(path.join(root, file), 'utf8');
    assert.ok(text.includes(`"${name}"`), `${code}: ${file} has no test "${name}"`);
    const [, constant] = header.match(new RegExp(`(k\\w+) = "${code}"`));
    assert.ok(text.includes(constant), `${code}: ${file} does not look for ${constant}`);
  }
});

/** The events of one extension, or of all, oldest first. */
async function eventsOf(emulator, extension) {
  const answer = await emulator.request(`${emulator.control}/_emu/v1/events.ndjson`);
  return answer.text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((event) => extension === undefined || event.extension === extension);
}

async function incidentsOf(emulator, extension) {
  const { incidents } = await emulator.json(`${emulator.control}/_emu/v1/incidents`);
  return incidents.filter((incident) => incident.extension === extension);
}

/** Sends one request, its path as it is written. Resolves when the answer is whole; a stream's when it has begun. */
function send(emulator, one, values, opened) {
  const base = new URL(emulator[one.listener]);
  const given = Object.entries(one.headers ?? {}).map(([name, value]) => [name, fillIn(value, values)]);
  const headers = { ...Object.fromEntries(given), ...(one.token ? { Authorization: `Bearer ${emulator.record.token}` } : {}) };
  const options = { host: base.hostname, port: base.port, path: fillIn(one.target, values), method: one.method ?? 'GET', headers,
    ca: emulator.ca, agent: false };
  return new Promise((resolve, reject) => {
    const request = (base.protocol === 'https:' ? https : http).request(options, (response) => {
      opened.push(request);
      let text = `${response.headers['x-exthost-warning'] ?? ''}\n`;
      if (response.headers['content-type'] === 'text/event-stream') resolve({ status: response.statusCode, text });
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode, text }));
      response.on('error', () => {});
    });
    request.on('error', reject);
    request.end(one.bodyBytes ? Buffer.alloc(one.bodyBytes, ' ') : one.body);
  });
}

/** The answer to bytes that no HTTP client would send. */
function sendBytes(emulator, one) {
  const { hostname, port } = new URL(emulator[one.listener]);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => socket.write(one.send));
    let text = '';
    socket.setEncoding('utf8').on('data', (piece) => (text += piece));
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve({ status: Number(text.split(' ')[1]), text }));
    socket.on('error', reject);
  });
}

/** Runs a command while this process goes on serving: it may ask us. */
function runBeside(env, args, cwd) {
  return new Promise((resolve) => execFile(binary, args, { env, cwd, timeout: 60_000 },
    (error, out, err) => resolve({ code: error ? error.code : 0, out, err })));
}

const json = { 'content-type': 'application/json' };

/** `text` must name the code and say the case's words. */
function assertSays(one, text) {
  assert.ok(text.includes(one.code), `${one.name}: no ${one.code} in ${text}`);
  assert.ok(text.toLowerCase().includes(one.says.toLowerCase()), `${one.name}: no "${one.says}" in ${text}`);
}

function demo(t) {
  return { name: 'Contoso_Demo', hostingServiceName: 'demo', storage: { seed: path.join(copyOfDemo(t), 'container') } };
}

/** Asks what the case asks, as often as it says, and holds the last answer against it. */
async function provokeByRequest(emulator, one, values) {
  const opened = [];
  if (one.first) {
    const done = await send(emulator, { ...one.first, listener: 'control', token: true, headers: json }, {}, []);
    assert.equal(done.status, 200, done.text);
  }
  let answer;
  for (let i = 0; i < (one.times ?? 1); ++i) answer = await send(emulator, one, values, opened);
  for (const request of opened) request.destroy();
  assert.equal(answer.status, one.status, answer.text);
  assertSays(one, answer.text);
}

test('each case provokes its code', async (t) => {
  const home = temporaryFolder(t);
  // Somebody else's web server: it has the cases' files, lists nothing, and redirects.
  const elsewhereInTheNet = http.createServer((request, response) => {
    const file = path.join(home, new URL(request.url, 'http://localhost').pathname);
    if (request.url.startsWith('/redirect/')) response.writeHead(302, { Location: '/login' }).end();
    else if (statSync(file, { throwIfNoEntry: false })?.isFile()) response.writeHead(200).end(readFileSync(file));
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => elsewhereInTheNet.listen(0, '127.0.0.1', resolve));
  cleanUp(t, () => elsewhereInTheNet.close());
  const files = `http://127.0.0.1:${elsewhereInTheNet.address().port}`;
  const seventyDaysAgo = new Date(Date.now() - 70 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  const values = { files, seventyDaysAgo, redirect: `${files}/redirect`, long: 'x'.repeat(10_000) };

  const folders = new Map(cases.map((one) => [one, layOut(one, home)]));
  const shared = cases.filter((one) => one.by !== 'restart' && !one.settings);
  const extensions = shared.map((one) => extensionOf(one, folders.get(one), values)).filter(Boolean);
  const settings = path.join(home, 'exthost-emu.json');
  writeFileSync(settings, JSON.stringify({ hooks: { incident: [`${files}/hook`] }, extensions: [demo(t), ...extensions] }));
  const emulator = await Emulator.start(t, [settings]);
  Object.assign(values, { hostingPort: new URL(emulator.hosting).port, state: emulator.record.stateDir, pid: emulator.child.pid });
  for (const one of shared) if (one.then) shell(one.then, folders.get(one));

  for (const one of by('incident')) {
    await t.test(one.name, async () => {
      const incident = await waitFor(`incident of ${one.name}`, limitMs, async () => {
        const found = await incidentsOf(emulator, serviceName(one));
        return found.find((candidate) => [candidate, ...candidate.evidence].some((problem) => problem.code === one.code));
      });
      assert.equal(incident.cause, one.cause);
      assertSays(one, JSON.stringify(incident));
      const answer = await emulator.request(`${emulator.hosting}/${serviceName(one)}?trustedAuthority=portal.azure.com`);
      assert.equal(answer.status, one.served ? 200 : 503);
    });
  }

  for (const one of by('warning')) {
    await t.test(one.name, async () => {
      const synced = (await eventsOf(emulator, serviceName(one))).filter((event) => event.type === 'sync.succeeded');
      assert.equal(synced.length, 1);
      assertSays(one, JSON.stringify(synced[0].data.warnings));
    });
  }

  for (const one of by('event')) {
    await t.test(one.name, async () => {
      const event = await waitFor(`event of ${one.name}`, limitMs, async () =>
        (await eventsOf(emulator, one.extension && serviceName(one))).find((candidate) => candidate.data?.code === one.code));
      assertSays(one, JSON.stringify(event));
    });
  }

  for (const one of by('request').filter((each) => !each.settings)) {
    await t.test(one.name, () => provokeByRequest(emulator, one, { ...values, extension: serviceName(one) }));
  }

  for (const one of by('bytes')) {
    await t.test(one.name, async () => {
      const answer = await sendBytes(emulator, one);
      assert.equal(answer.status, one.status, answer.text);
      assertSays(one, answer.text);
    });
  }

  for (const one of by('command')) {
    await t.test(one.name, async () => {
      const env = { ...(one.home === 'new' ? freshHome(t) : emulator.env), ...one.env };
      const result = await runBeside(env, one.args.map((text) => fillIn(text, values)), folders.get(one));
      assert.equal(result.code, one.exit, result.err);
      assertSays({ ...one, says: fillIn(one.says, values) }, result.err + result.out);
    });
  }
});

for (const one of by('request').filter((each) => each.settings)) {
  test(one.name, async (t) => {
    const settings = path.join(temporaryFolder(t), 'exthost-emu.json');
    writeFileSync(settings, JSON.stringify({ ...one.settings, extensions: [demo(t)] }));
    const emulator = await Emulator.start(t, [settings, '--no-watch']);
    await provokeByRequest(emulator, one, { hostingPort: new URL(emulator.hosting).port });
  });
}

for (const one of by('restart')) {
  test(one.name, async (t) => {
    const home = temporaryFolder(t);
    const settings = path.join(home, 'exthost-emu.json');
    writeFileSync(settings, JSON.stringify({ extensions: [extensionOf(one, layOut(one, home), {})] }));
    const env = freshHome(t);
    const first = await Emulator.start(t, [settings, '--no-watch'], { env });
    await first.stop();
    shell(one.between, home, { STATE: first.record.stateDir });
    const second = await Emulator.start(t, [settings, '--no-watch'], { env });
    const events = await eventsOf(second, serviceName(one));
    assertSays(one, JSON.stringify(events));
  });
}
