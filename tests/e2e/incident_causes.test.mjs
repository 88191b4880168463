// Every documented cause opens one incident, whose fields are right wherever it is told, and which a good sync resolves.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { command, incidentsOf, owner, served, startMounted } from './support/mounted.mjs';

const syncs = 3;

/** config.json with `members` in front of its own. */
const withMembers = (config, members) => config.replace('{', `{ ${members},`);
const manyNames = Array.from({ length: 101 }, (_, i) => `"friend${i}": "1.0.0.1"`).join(', ');
const custom = '{ "$version": "3", "$customStageDefinition": "true", "first": "1.0.0.5", "rest": "1.0.0.1" }';

// What is done to the container, and what the incident then shows as its evidence.
const causes = [
  {
    cause: 'storage_unavailable', code: 'EHE2101', evidence: /503 ServerBusy/, url: true,
    begin: ({ emulator }) => command(emulator, 'PUT', '/_emu/v1/storage', { outage: 'primary' }),
    end: ({ emulator }) => command(emulator, 'PUT', '/_emu/v1/storage', { outage: 'none' }),
  },
  {
    cause: 'invalid_config', code: 'EHE1003', evidence: /trailing comma/, where: 'config.json', frame: /\^/,
    begin: ({ put, config }) => put('config.json', config.replace(/\n\}\s*$/, ',\n}\n')),
  },
  {
    cause: 'too_many_friendly_names', code: 'EHE1010', evidence: /friendly names/, where: 'config.json', frame: /\^/,
    begin: ({ put, config }) => put('config.json', withMembers(config, manyNames)),
  },
  {
    cause: 'stage_definition_fetch_failed', code: 'EHE1101', evidence: /no stagedefinition\.json/, where: 'config.json', frame: /asked for here/, url: true,
    begin: ({ put }) => put('config.json', custom),
  },
  {
    cause: 'invalid_stage_definition', code: 'EHE1102', evidence: /stagedefinition\.json|comma|value/, where: 'stagedefinition.json', frame: /\^/,
    begin: ({ put }) => [put('config.json', custom), put('stagedefinition.json', '{ "$sequence": ["first", "rest"], "first": ["westus"], "rest": ["*"], }')],
    also: ({ folder }) => rmSync(path.join(folder, 'stagedefinition.json')),
  },
  {
    cause: 'missing_version', code: 'EHE1007', evidence: /1\.0\.0\.44\.zip/, where: 'config.json', frame: /no 1\.0\.0\.44\.zip/, url: true,
    begin: ({ put, config }) => put('config.json', config.replace('1.0.0.4', '1.0.0.44')),
  },
  {
    cause: 'validation_failed', code: 'EHE2002', evidence: /1\.0\.0\.66\.zip/, where: 'config.json', frame: /this version/,
    begin: ({ put, config }) => [put('1.0.0.66.zip', 'this is no zip'), put('config.json', config.replace('1.0.0.4', '1.0.0.66'))],
  },
  {
    cause: 'replaced_zip', code: 'EHE2001', evidence: /SHA-256 [0-9a-f]{64}.* [0-9a-f]{64}/, url: true, note: true,
    begin: ({ folder }) => [
      copyFileSync(path.join(folder, '1.0.0.1.zip'), path.join(folder, 'kept')),
      copyFileSync(path.join(folder, '1.0.0.2.zip'), path.join(folder, '1.0.0.1.zip')),
    ],
    also: ({ folder }) => copyFileSync(path.join(folder, 'kept'), path.join(folder, '1.0.0.1.zip')),
  },
];

test('each cause opens one incident while it lasts, tells it everywhere alike, and resolves it by itself', async (t) => {
  const world = await startMounted(t);
  const { emulator, put, config, sync, events } = world;
  const { regions } = await emulator.json(`${emulator.control}/_emu/v1/regions`);
  let number = 0;
  for (const one of causes) {
    await t.test(one.cause, async () => {
      await one.begin(world);
      for (let i = 0; i < syncs; ++i) {
        const { json } = await sync();
        assert.equal(json.succeeded, one.note === true);
        assert.equal(await served(emulator), '1.0.0.5');
      }
      number += 1;

      const open = await incidentsOf(emulator, 'open');
      assert.equal(open.length, 1, JSON.stringify(open));
      const [incident] = open;
      assert.equal(incident.id, number);
      assert.equal(incident.cause, one.cause);
      assert.equal(incident.code, one.code);
      assert.equal(incident.severity, one.note ? 'note' : 'sev3');
      assert.equal(incident.extension, 'demo');
      assert.equal(incident.owner, owner);
      assert.equal(incident.state, 'open');
      assert.equal(incident.occurrences, syncs);
      assert.deepEqual(incident.regions, regions.map((row) => row.region).sort());
      assert.equal(incident.containerUrl, `${emulator.storage}/devstoreaccount1/demo`);
      assert.ok(incident.firstSeen <= incident.lastSeen);
      assert.equal(incident.resolved, null);
      const finding = incident.evidence.find((problem) => problem.severity === (one.note ? 'note' : 'error'));
      assert.match(JSON.stringify([incident.message, finding.message]), one.evidence);
      assert.ok(finding.hint, 'says how to mend it');
      if (one.url) assert.ok(JSON.stringify([incident.message, finding.message]).includes('/devstoreaccount1/demo'));
      if (one.where) {
        assert.equal(finding.where.file, one.where);
        assert.ok(finding.where.line > 0 && finding.where.column > 0);
        assert.match(finding.frame, one.frame);
      }

      const list = emulator.verb('incidents', '--state', 'open');
      assert.match(list.out, new RegExp(`#${number} +${one.note ? 'note' : 'SEV3'} +open +demo +${one.code} `));
      const shown = emulator.verb('incidents', 'show', String(number));
      assert.equal(shown.code, 0, shown.err);
      for (const text of [incident.message, finding.hint, owner, incident.containerUrl, 'first seen', `seen ${syncs} times`]) {
        assert.ok(shown.out.includes(text), `no "${text}" in ${shown.out}`);
      }
      if (one.where) {
        assert.ok(shown.out.includes(`${one.where}:${finding.where.line}:${finding.where.column}`), shown.out);
        assert.ok(shown.out.includes(finding.frame.trimEnd()), shown.out);
      }
      assert.deepEqual(JSON.parse(emulator.verb('incidents', 'show', String(number), '--json').out), incident);

      const diagnostics = await emulator.json(`${emulator.hosting}/api/diagnostics`);
      if (one.note) assert.equal(diagnostics.extensions.demo.lastError, undefined);
      else assert.equal(diagnostics.extensions.demo.lastError.errorMessage, incident.message);
      assert.equal(diagnostics.extensions.demo.extensionName, 'demo', 'the last good deployment is shown beside the error');
      assert.equal(diagnostics.emulator.incidents.find((row) => row.id === number).severity, incident.severity);

      const opened = (await events('incident.opened')).filter((event) => event.data.id === number);
      assert.equal(opened.length, 1);
      assert.equal(opened[0].extension, 'demo');
      for (const key of ['cause', 'code', 'message', 'owner', 'severity']) assert.equal(opened[0].data[key], incident[key]);
      assert.equal(opened[0].data.frame, finding.frame ?? '');
      assert.equal((await events('incident.resolved')).length, number - 1);

      await one.end?.(world);
      one.also?.(world);
      put('config.json', config);
      assert.equal((await sync()).json.succeeded, true);
      assert.equal((await incidentsOf(emulator, 'open')).length, 0);
      const mended = await emulator.json(`${emulator.control}/_emu/v1/incidents/${number}`);
      assert.equal(mended.state, 'resolved');
      assert.ok(mended.resolved >= mended.lastSeen);
      assert.equal(mended.resolvedByHand, false);
      assert.equal(mended.occurrences, syncs);
      await sync();
      assert.equal((await events('incident.resolved')).filter((event) => event.data.id === number).length, 1);
      assert.match(emulator.verb('incidents', 'show', String(number)).out, /resolved .* by a good sync/);
      assert.equal((await emulator.json(`${emulator.hosting}/api/diagnostics`)).extensions.demo.lastError, undefined);
      assert.equal(await served(emulator), '1.0.0.5');
    });
  }
});

test('an incident is acknowledged and resolved by hand, and what persists opens a new one', async (t) => {
  const { emulator, put, config, sync, events } = await startMounted(t);
  emulator.env.USER = 'casey';
  put('config.json', config.replace(/\n\}\s*$/, ',\n}\n'));
  await sync();

  const acknowledged = emulator.verb('incidents', 'ack', '1', '--note', 'I broke it');
  assert.equal(acknowledged.code, 0, acknowledged.err);
  assert.match(acknowledged.out, /#1 is acknowledged/);
  let incident = await emulator.json(`${emulator.control}/_emu/v1/incidents/1`);
  assert.equal(incident.state, 'open');
  assert.match(incident.acknowledged, /^20..-/);
  assert.deepEqual([incident.acknowledgedBy, incident.acknowledgedNote], ['casey', 'I broke it']);
  await sync();
  incident = await emulator.json(`${emulator.control}/_emu/v1/incidents/1`);
  assert.deepEqual([incident.occurrences, incident.acknowledgedNote], [2, 'I broke it'], 'it stays acknowledged while it lasts');
  assert.match(emulator.verb('incidents').out, /#1 +SEV3 +acknowledged +demo/);
  assert.match(emulator.verb('incidents', 'show', '1').out, /acknowledged .* by casey: I broke it/);

  const resolved = await command(emulator, 'POST', '/_emu/v1/incidents/1:resolve', { note: 'not worth it' });
  assert.equal(resolved.status, 200);
  assert.deepEqual([resolved.json.state, resolved.json.resolvedByHand, resolved.json.resolvedBy, resolved.json.resolvedNote], ['resolved', true, null, 'not worth it']);
  const told = await events('incident.');
  assert.deepEqual(told.map((event) => event.type), ['incident.opened', 'incident.acknowledged', 'incident.resolved']);
  assert.equal(told[1].data.note, 'I broke it');
  assert.equal(told[2].seq, resolved.json.seq);
  assert.match(told[2].text, /resolved by hand: not worth it/);

  const again = await command(emulator, 'POST', '/_emu/v1/incidents/1:resolve');
  assert.deepEqual([again.status, again.json.code], [409, 'EHE3021']);
  assert.equal((await command(emulator, 'POST', '/_emu/v1/incidents/1:ack')).status, 409);
  await sync();
  const [anew] = await incidentsOf(emulator, 'open');
  assert.equal(anew.id, 2, 'the cause persists');
  assert.equal(anew.acknowledged, null);
  assert.match(emulator.verb('incidents', 'resolve', '2').out, /#2 is resolved; if its cause persists/);
  put('config.json', config);
  await sync();
  assert.equal((await incidentsOf(emulator, 'open')).length, 0);
  assert.equal((await incidentsOf(emulator, 'resolved')).length, 2);
  assert.match(emulator.verb('incidents', '--state', 'open').out, /no open incidents/);
});

test('what is asked wrongly of incidents changes nothing, and says why', async (t) => {
  const { emulator, put, config, sync } = await startMounted(t);
  put('config.json', config.replace(/\n\}\s*$/, ',\n}\n'));
  await sync();
  for (const [target, body, status] of [
    ['/_emu/v1/incidents/9:ack', undefined, 404], ['/_emu/v1/incidents/x:ack', undefined, 404], ['/_emu/v1/incidents/1:close', undefined, 404],
    ['/_emu/v1/incidents/1:ack', { note: 1 }, 400], ['/_emu/v1/incidents/1:ack', { comment: 'x' }, 400],
    ['/_emu/v1/incidents/1:ack', { note: 'x'.repeat(2001) }, 400], ['/_emu/v1/incidents/1:ack', [], 400],
  ]) {
    const answer = await command(emulator, 'POST', target, body);
    assert.equal(answer.status, status, `${target} ${JSON.stringify(body)}: ${JSON.stringify(answer.json)}`);
  }
  const anonymous = await emulator.request(`${emulator.control}/_emu/v1/incidents/1:resolve`, { method: 'POST' });
  assert.equal(anonymous.status, 401);
  for (const args of [['close', '1'], ['show'], ['ack', 'one'], ['--state', 'closed'], ['show', '1', '--note', 'x'], ['list', '1']]) {
    assert.equal(emulator.verb('incidents', ...args).code, 2, args.join(' '));
  }
  const none = emulator.verb('incidents', 'show', '7');
  assert.notEqual(none.code, 0);
  assert.match(none.err, /no incident 7/);
  const [incident] = await incidentsOf(emulator, 'open');
  assert.deepEqual([incident.id, incident.acknowledged], [1, null]);
});

test('--fail-on-incident ends the run with code 6 after an incident, and not after a note', async (t) => {
  const quiet = await startMounted(t, ['--fail-on-incident']);
  copyFileSync(path.join(quiet.folder, '1.0.0.2.zip'), path.join(quiet.folder, '1.0.0.1.zip'));
  await quiet.sync();
  assert.equal((await incidentsOf(quiet.emulator, 'open'))[0].severity, 'note');
  assert.deepEqual(await quiet.emulator.stop(), { code: 0, signal: null });

  const loud = await startMounted(t, ['--fail-on-incident']);
  loud.put('config.json', loud.config.replace(/\n\}\s*$/, ',\n}\n'));
  await loud.sync();
  loud.put('config.json', readFileSync(path.join(quiet.folder, 'config.json')));
  await loud.sync();
  assert.equal((await incidentsOf(loud.emulator, 'open')).length, 0, 'it counts, although it is resolved');
  assert.equal(loud.emulator.verb('stop').code, 0);
  assert.deepEqual(await loud.emulator.exited, { code: 6, signal: null });
  assert.match(loud.emulator.errors, /1 incident was opened during this run[^]*EHE1003/);

  const unasked = await startMounted(t);
  unasked.put('config.json', '{');
  await unasked.sync();
  assert.deepEqual(await unasked.emulator.stop(), { code: 0, signal: null });
});
