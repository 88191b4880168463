// The settings file is saved while the emulator runs: what can be changed is, the rest is told by name, and a mistake changes nothing.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, temporaryFolder, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;

/** A project with one extension `app`, and a way to save its settings as editors do. */
class Project {
  constructor(t) {
    this.folder = temporaryFolder(t, 'exthost-settings-');
    this.file = path.join(this.folder, 'exthost-emu.json');
    mkdirSync(path.join(this.folder, 'dist'));
    for (const name of ['index.html', 'app.js', 'app.js.map']) this.write(name, name);
    this.settings = { extensions: [{ name: 'Contoso_App', hostingServiceName: 'app', source: { folder: './dist' } }] };
    this.save();
  }
  write(name, text) {
    writeFileSync(path.join(this.folder, 'dist', name), text);
  }
  get source() {
    return this.settings.extensions[0].source;
  }
  save(text = JSON.stringify(this.settings, null, 2)) {
    writeFileSync(`${this.file}.new`, text);
    renameSync(`${this.file}.new`, this.file);
  }
}

async function events(emulator, type) {
  const answer = await emulator.request(`${emulator.control}/_emu/v1/events.ndjson?since=0&types=${type}`);
  return answer.text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((event) => event.type === type);
}

/** Waits for the nth event of a type. */
const nth = (emulator, type, count) => waitFor(`${type} no. ${count}`, limitMs, async () => (await events(emulator, type))[count - 1]);

const config = (emulator) => emulator.json(`${emulator.storage}/devstoreaccount1/app/config.json`);

async function isServed(emulator, name) {
  const { dev } = await config(emulator);
  return (await emulator.request(`${emulator.hosting}/app/Content/${dev}/${name}`)).status === 200;
}

test('a source of the settings file can be changed while the emulator runs', async (t) => {
  const project = new Project(t);
  const emulator = await Emulator.start(t, [project.folder]);
  assert.ok(await isServed(emulator, 'app.js.map'));

  project.source.ignore = ['*.map'];
  project.source.publishTo = ['beta'];
  project.save();
  const changed = await nth(emulator, 'settings.changed', 1);
  assert.deepEqual(changed.data.settings, ['extensions[app].source']);
  await waitFor('a version without the map', limitMs, async () => !(await isServed(emulator, 'app.js.map')));
  const now = await config(emulator);
  assert.equal(now.beta, now.dev);

  await t.test('and goes on being followed', async () => {
    project.write('app.js', 'saved');
    await waitFor('the save', limitMs, async () => {
      const { beta } = await config(emulator);
      return (await emulator.request(`${emulator.hosting}/app/Content/${beta}/app.js`)).text === 'saved';
    });
  });

  await t.test('and the verbs know what it publishes to', async () => {
    const refused = emulator.verb('friendly', 'app', '--rm', 'beta');
    assert.notEqual(refused.code, 0);
    assert.match(refused.err, /beta follows the source folder/);
  });

  await t.test('a build command is started, kept while it is the same, and ended', async () => {
    project.source.command = 'echo up; sleep 600';
    project.save();
    await nth(emulator, 'source.command', 1);
    project.source.debounce = '50ms';
    project.save();
    await nth(emulator, 'settings.changed', 3);
    assert.equal((await events(emulator, 'source.command')).length, 1);
    delete project.source.command;
    project.save();
    await nth(emulator, 'settings.changed', 4);
    assert.deepEqual(await events(emulator, 'source.command.ended'), []);
  });

  await t.test('saving it without a change says nothing', async () => {
    project.save(`${JSON.stringify(project.settings)}   `);
    project.settings.log = { level: 'error' };
    project.save();
    assert.deepEqual((await nth(emulator, 'settings.changed', 5)).data.settings, ['log.level']);
    assert.deepEqual(await events(emulator, 'settings.waits'), []);
  });

  await t.test('another folder is followed, and what the one before published to is free', async () => {
    mkdirSync(path.join(project.folder, 'out'));
    writeFileSync(path.join(project.folder, 'out/index.html'), 'another');
    project.settings.extensions[0].source = { folder: './out' };
    project.save();
    await nth(emulator, 'settings.changed', 6);
    const { extensions } = await emulator.json(`${emulator.control}/_emu/v1/extensions`);
    assert.equal(extensions[0].sourceFolder, path.join(project.folder, 'out'));
    const { out, err } = emulator.verb('friendly', 'app', '--rm', 'beta');
    assert.equal((await config(emulator)).beta, undefined, out + err);
  });
});

test('what takes effect at the next start is told by its name, once a change', async (t) => {
  const project = new Project(t);
  const emulator = await Emulator.start(t, [project.folder, '--region', 'westus']);
  project.settings.poll = { interval: '61s' };
  project.settings.rules = { deepMerge: true };
  project.settings.portal = { defaultRegion: 'eastus' };  // the command line outranks it
  project.save();
  await nth(emulator, 'settings.waits', 2);
  const waits = await events(emulator, 'settings.waits');
  assert.deepEqual(waits.map((event) => [event.data.setting, event.data.code]), [['poll.interval', 'EHE4006'], ['rules.deepMerge', 'EHE4006']]);
  assert.match(waits[0].text, /^poll\.interval takes effect at the next start$/);
  project.settings.fidelity = 'prod';
  project.save();
  assert.equal((await nth(emulator, 'settings.waits', 3)).data.setting, 'fidelity');
  assert.match(emulator.output, /poll\.interval takes effect at the next start {2}EHE4006/);

  await t.test('and nothing is said when it is changed back', async () => {
    delete project.settings.rules;
    project.settings.log = { level: 'info' };
    project.save();
    await nth(emulator, 'settings.changed', 1);
    assert.equal((await events(emulator, 'settings.waits')).length, 3);
  });
});

test('a mistake is told with its place, and the settings in force stay', async (t) => {
  const project = new Project(t);
  const emulator = await Emulator.start(t, [project.folder]);
  const good = readFileSync(project.file, 'utf8');
  project.save('{\n  "extensions": [\n}');
  const failed = await nth(emulator, 'settings.failed', 1);
  assert.equal(failed.data.code, 'EHE4001');
  assert.match(failed.text, /^exthost-emu\.json:3:1: .*the settings in force stay$/);
  assert.match(failed.data.frame, /\^/);
  project.save(good.replace('"folder"', '"fodler"'));
  assert.match((await nth(emulator, 'settings.failed', 2)).data.hint, /folder/);
  project.write('app.js', 'still followed');
  await waitFor('the save', limitMs, async () => {
    const { dev } = await config(emulator);
    return (await emulator.request(`${emulator.hosting}/app/Content/${dev}/app.js`)).text === 'still followed';
  });
  project.save(good);
  await nth(emulator, 'settings.mended', 1);
  rmSync(project.file);
  await waitFor('a word of the missing file', limitMs, async () => (await events(emulator, 'settings.failed')).some((event) => event.text.includes('is gone')));
  project.save(good);
  await nth(emulator, 'settings.mended', 2);
});

test('without watching the file is read again at SIGHUP only', async (t) => {
  const project = new Project(t);
  const emulator = await Emulator.start(t, [project.folder, '--no-watch'], { detached: true });
  project.settings.poll = { interval: '61s' };
  project.source.ignore = ['*.map'];
  project.save();
  emulator.child.kill('SIGHUP');
  assert.equal((await nth(emulator, 'settings.waits', 1)).data.setting, 'poll.interval');
  assert.ok(!(await isServed(emulator, 'app.js.map')));
  project.settings.fidelity = 'prod';
  project.save();
  emulator.child.kill('SIGHUP');
  assert.equal((await nth(emulator, 'settings.waits', 2)).data.setting, 'fidelity');
});
