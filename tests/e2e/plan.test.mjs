// What a new config.json would change: on a container, and on a running instance.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, copyOfDemo, freshHome, run, temporaryFolder } from './support/emulator.mjs';

/** A copy of the demo's config.json with other values; undefined removes a name. */
function changed(demo, folder, values) {
  const config = JSON.parse(readFileSync(path.join(demo, 'container/config.json'), 'utf8'));
  const file = path.join(folder, 'new.json');
  writeFileSync(file, JSON.stringify({ ...config, ...values }, null, 2));
  return file;
}

const goldens = [
  {
    name: 'one stage further',
    values: { stage2: '1.0.0.5' },
    strict: 0,
    text: `  stage1  1.0.0.5            same
  stage2  1.0.0.4 → 1.0.0.5  upgrade    westcentralus (1 region)
  stage3  1.0.0.3            same
  stage4  1.0.0.2            same
  stage5  1.0.0.1            same
  no longer used: 1.0.0.4
1 of 60 regions changes (2 %)
Publish: upload it as config.json. In production every region follows within about 30 minutes.
`,
  },
  {
    name: 'a skip and a downgrade',
    values: { stage3: '1.0.0.2', stage5: '1.0.0.5', preview: undefined, next: '1.0.0.4' },
    strict: 8,
    text: `  stage1   1.0.0.5            same
  stage2   1.0.0.4            same
  stage3   1.0.0.3 → 1.0.0.2  downgrade  southcentralus (1 region)  ⚠ downgrade
  stage4   1.0.0.2            same
  stage5   1.0.0.1 → 1.0.0.5  upgrade    all other regions (58 regions, 1 without users)  ⚠ skips stage2, stage3 and stage4
  next     1.0.0.4            first      friendly name
  preview  1.0.0.5            removed    friendly name
  no longer used: 1.0.0.3
58 of 60 regions change (97 %)
A skipped stage has had no time to show a fault: let the version run there first.
`,
  },
  {
    name: 'nothing',
    values: {},
    strict: 0,
    text: `  stage1  1.0.0.5  same
  stage2  1.0.0.4  same
  stage3  1.0.0.3  same
  stage4  1.0.0.2  same
  stage5  1.0.0.1  same
0 of 60 regions change (0 %)
There is nothing to publish.
`,
  },
];

test('a container and a running instance give the same plans', async (t) => {
  const demo = copyOfDemo(t);
  const container = path.join(demo, 'container');
  const folder = temporaryFolder(t);
  const settings = path.join(folder, 'exthost-emu.json');
  writeFileSync(settings, JSON.stringify({ extensions: [{ name: 'Demo', storage: { seed: container } }] }));
  const emulator = await Emulator.start(t, [settings]);
  for (const golden of goldens) {
    await t.test(golden.name, () => {
      const file = changed(demo, folder, golden.values);
      const offline = run(emulator.env, ['plan', '--config', file, '--container', container]);
      assert.equal(offline.out, golden.text);
      assert.equal(offline.code, 0, offline.err);
      const live = emulator.verb('plan', 'demo', '--config', file, '--strict');
      assert.equal(live.code, golden.strict, live.err);
      const planned = (args) => JSON.parse(args.out).plan;
      assert.deepEqual(
        planned(emulator.verb('plan', 'demo', '--config', file, '--json')),
        planned(run(emulator.env, ['plan', '--config', file, '--container', container, '--json'])),
      );
    });
  }
});

test('what the service would refuse ends with 8 and says why', (t) => {
  const demo = copyOfDemo(t);
  const container = path.join(demo, 'container');
  const env = freshHome(t);
  const folder = temporaryFolder(t);
  const plan = (values) => run(env, ['plan', '--config', changed(demo, folder, values), '--container', container]);

  const missing = plan({ stage1: '1.0.0.6' });
  assert.equal(missing.code, 8);
  assert.match(missing.err, /1\.0\.0\.6\.zip.*EHE1007/);
  assert.match(missing.out, /would be: 0 of 60 regions/);

  const stage = plan({ stage2: undefined });
  assert.equal(stage.code, 8);
  assert.match(stage.err, /stage2.*EHE1006/);

  const piped = run(env, ['plan', '--config', '-', '--container', container], { input: '{"$version": "3",}' });
  assert.equal(piped.code, 8);
  assert.match(piped.err, /EHE1003/);
});

test('a new stage definition moves regions', (t) => {
  const demo = copyOfDemo(t);
  const folder = temporaryFolder(t);
  const config = path.join(folder, 'new.json');
  const definition = path.join(folder, 'definition.json');
  writeFileSync(config, '{"$version": "3", "$customStageDefinition": true, "canary": "1.0.0.5", "rest": "1.0.0.1"}');
  writeFileSync(definition, '{"canary": ["westus"], "rest": ["*"], "$sequence": ["canary", "rest"]}');
  const args = ['plan', '--config', config, '--container', path.join(demo, 'container')];
  const without = run(freshHome(t), args);
  assert.equal(without.code, 8);
  assert.match(without.err, /EHE1101/);
  const { out, code } = run(freshHome(t), [...args, '--definition', definition]);
  assert.equal(code, 0);
  assert.match(out, /westus moves from stage4 to canary/);
  assert.match(out, /canary +1\.0\.0\.2 → 1\.0\.0\.5 +upgrade +westus \(1 region\)/);
});

test('a wrong command line ends with 2, no instance with 10', (t) => {
  const env = freshHome(t);
  const file = path.join(temporaryFolder(t), 'new.json');
  writeFileSync(file, '{}');
  for (const args of [[], ['demo'], ['--config', file], ['demo', '--config', `${file}x`], ['demo', '--config', file, '--cloud', 'public'],
    ['--config', file, '--container', '.', '--cloud', 'moon']]) {
    assert.equal(run(env, ['plan', ...args]).code, 2, args.join(' '));
  }
  assert.equal(run(env, ['plan', 'demo', '--config', file]).code, 10);
});
