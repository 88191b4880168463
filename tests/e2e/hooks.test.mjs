// URLs of the settings are told of incidents, of the start and of the end, and none of them holds anything up.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { cleanUp } from './support/cleanup.mjs';
import { freshHome, run, temporaryFolder, waitFor } from './support/emulator.mjs';
import { command, eventsOf, incidentsOf, served, startMounted } from './support/mounted.mjs';

const limitMs = 30_000;

/** A receiver on a free port: `messages` has what came, `answer` decides what becomes of a request. */
async function receiver(t, answer = (request, response) => response.writeHead(204).end()) {
  const messages = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece) => (body += piece));
    request.on('end', () => {
      messages.push({ method: request.method, target: request.url, headers: request.headers, text: body, json: JSON.parse(body) });
      answer(request, response, messages.length);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(t, () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { messages, server, url: `http://127.0.0.1:${server.address().port}/hook` };
}

const broken = (config) => config.replace(/\n\}\s*$/, ',\n}\n');
const failuresOf = (emulator) => eventsOf(emulator, 'hook.failed');
const came = (hook, count) => waitFor(`${count} messages`, limitMs, async () => hook.messages.length >= count);

test('a hook is told when an incident opens, is acknowledged and is resolved, in the words of the control API', async (t) => {
  const hook = await receiver(t);
  const { emulator, put, config, sync, events } = await startMounted(t, [], { settings: { hooks: { incident: [`${hook.url}?key=secret`] } } });
  put('config.json', broken(config));
  await sync();
  await sync();  // one message an incident, not one a sync
  await came(hook, 1);
  const { event, instance, seq, ...first } = hook.messages[0].json;
  assert.equal(hook.messages[0].method, 'POST');
  assert.equal(hook.messages[0].target, '/hook?key=secret');
  assert.equal(hook.messages[0].headers['content-type'], 'application/json');
  assert.match(hook.messages[0].headers['user-agent'], /^exthost-emu\//);
  assert.equal(event, 'incident.opened');
  assert.equal(instance, emulator.instance);
  assert.equal(seq, (await events('incident.opened'))[0].seq);
  const [incident] = await incidentsOf(emulator, 'open');
  assert.deepEqual(first, { ...incident, occurrences: 1, lastSeen: first.lastSeen });
  assert.match(first.evidence[0].frame, /\^/);

  await command(emulator, 'POST', '/_emu/v1/incidents/1:ack', { by: 'casey', note: 'mine' });
  put('config.json', config);
  await sync();
  await came(hook, 3);
  assert.deepEqual(hook.messages.map((message) => message.json.event), ['incident.opened', 'incident.acknowledged', 'incident.resolved']);
  assert.deepEqual([hook.messages[1].json.acknowledgedBy, hook.messages[1].json.acknowledgedNote], ['casey', 'mine']);
  assert.equal(hook.messages[2].json.state, 'resolved');
  for (const message of hook.messages) assert.ok(!message.text.includes(emulator.record.token));
  assert.deepEqual(await failuresOf(emulator), []);
});

test('hooks hear of the start and the end, without a secret', async (t) => {
  const hook = await receiver(t);
  const { emulator } = await startMounted(t, ['--hook-ready', hook.url, '--hook-shutdown', hook.url]);
  await came(hook, 1);
  assert.equal(hook.messages[0].json.event, 'ready');
  assert.equal(hook.messages[0].json.urls.control, emulator.control);
  assert.equal(hook.messages[0].json.pid, emulator.child.pid);
  assert.deepEqual(await emulator.stop(), { code: 0, signal: null });
  assert.deepEqual(hook.messages.map((message) => message.json.event), ['ready', 'shutdown']);
  for (const message of hook.messages) {
    assert.ok(!message.text.includes(emulator.record.token), message.text);
    assert.ok(!/AccountKey=[^;]/.test(message.text), message.text);
  }
});

test('a hook that hangs holds up neither syncs nor another hook, and is given up after three tries', async (t) => {
  const silent = await receiver(t, () => {});
  const fine = await receiver(t);
  const { emulator, put, config, sync } = await startMounted(t, ['--hook-incident', silent.url, '--hook-incident', fine.url, '--hook-timeout', '500ms']);
  put('config.json', broken(config));
  assert.equal((await sync()).json.succeeded, false);
  put('config.json', config);
  assert.equal((await sync()).json.succeeded, true);
  assert.equal(await served(emulator), '1.0.0.5');
  await came(fine, 2);
  assert.deepEqual(fine.messages.map((message) => message.json.event), ['incident.opened', 'incident.resolved']);
  const failures = await waitFor('two given up', limitMs, async () => {
    const events = await failuresOf(emulator);
    return events.length === 2 && events;
  });
  for (const failure of failures) {
    assert.equal(failure.data.code, 'EHE7101');
    assert.equal(failure.data.url, silent.url);
    assert.equal(failure.data.tries, 3);
    assert.match(failure.data.reason, /no complete answer within 500 ms/);
  }
  assert.deepEqual(failures.map((failure) => failure.data.event), ['incident.opened', 'incident.resolved']);
  assert.equal(silent.messages.length, 6);
  assert.match(emulator.errors, /EHE7101/);
});

test('a hook that fails is asked again, one that refuses or redirects is not, and a later message gets through', async (t) => {
  const elsewhere = await receiver(t);
  const flaky = await receiver(t, (request, response, count) => response.writeHead(count < 3 ? 500 : 200).end('thanks'));
  const refusing = await receiver(t, (request, response, count) => response.writeHead(count === 1 ? 410 : 200).end());
  const redirecting = await receiver(t, (request, response) => response.writeHead(307, { Location: elsewhere.url }).end());
  const hooks = [flaky, refusing, redirecting].flatMap((one) => ['--hook-incident', one.url]);
  const { emulator, put, config, sync } = await startMounted(t, hooks);
  put('config.json', broken(config));
  await sync();
  await came(flaky, 3);
  put('config.json', config);
  await sync();
  await came(flaky, 4);
  await came(refusing, 2);
  await came(redirecting, 2);
  assert.deepEqual(flaky.messages.map((message) => message.json.event), [...Array(3).fill('incident.opened'), 'incident.resolved']);
  const failures = await waitFor('three given up', limitMs, async () => {
    const events = await failuresOf(emulator);
    return events.length === 3 && events;
  });
  assert.deepEqual(failures.map((failure) => [failure.data.url, failure.data.tries, failure.data.reason]).sort(), [
    [redirecting.url, 1, 'it answered 307'], [redirecting.url, 1, 'it answered 307'], [refusing.url, 1, 'it answered 410'],
  ].sort());
  assert.equal(elsewhere.messages.length, 0, 'redirects are not followed');
});

test('a hook that is gone is given up and said, and one that hangs does not hold up the end', async (t) => {
  const gone = await receiver(t);
  gone.server.close();
  const silent = await receiver(t, () => {});
  const { emulator, put, config, sync } = await startMounted(t, ['--hook-incident', `${gone.url}?key=secret`, '--hook-shutdown', silent.url, '--hook-timeout', '1m']);
  put('config.json', broken(config));
  await sync();
  const [failure] = await waitFor('failure', limitMs, async () => {
    const events = await failuresOf(emulator);
    return events.length > 0 && events;
  });
  assert.match(failure.text, /was not told of incident\.opened: nothing answers there \(3 tries\)/);
  assert.ok(!JSON.stringify(failure).includes('secret') && !emulator.errors.includes('secret'));
  assert.deepEqual(await emulator.stop(), { code: 0, signal: null });
  assert.match(emulator.errors, /was not told of shutdown: the emulator ended before it answered/);
});

test('settings of hooks are checked, and shown without what may be secret', async (t) => {
  const env = freshHome(t);
  const cwd = temporaryFolder(t);
  for (const [args, said] of [
    [['--hook-incident', 'ftp://127.0.0.1/x'], 'http'], [['--hook-incident', 'nonsense?key=secret'], 'http'],
    [['--hook-timeout', '2m'], '100ms to 1m'], [['--hook-timeout', '0s'], '100ms to 1m'],
  ]) {
    const refused = run(env, ['start', 'demo', '--port', '0', ...args], { cwd });
    assert.equal(refused.code, 2, `${args}: ${refused.err}`);
    assert.ok(refused.err.includes(said), refused.err);
    assert.ok(!refused.err.includes('secret'), refused.err);
  }
  const printed = run({ ...env, EXTHOST_EMU_HOOK_INCIDENT: 'http://127.0.0.1:9/a?key=secret http://127.0.0.1:9/b' }, ['config', 'print', 'demo'], { cwd });
  assert.match(printed.out, /hooks\.incident = http:\/\/127\.0\.0\.1:9\/a\?\*\*\* http:\/\/127\.0\.0\.1:9\/b/);
  assert.ok(!printed.out.includes('secret'));
});
