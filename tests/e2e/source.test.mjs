// The source folder in real life: what tools do to whole trees, a build of the user's own, .gitignore files, ready files.
// After quiet, what is served equals the tree by hash, every time.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, freshHome, temporaryFolder, waitFor } from './support/emulator.mjs';

const limitMs = 60_000;
// EXTHOST_SOURCE_FILES=10000 takes a minute and asks more of the machine.
const files = Number(process.env.EXTHOST_SOURCE_FILES ?? 2000);

/** A project with a settings file and an extension `app` whose source folder is `dist`. */
class Project {
  constructor(t, source = {}) {
    this.folder = temporaryFolder(t, 'exthost-source-');
    this.dist = path.join(this.folder, 'dist');
    mkdirSync(this.dist);
    this.settings = { extensions: [{ name: 'Contoso_App', hostingServiceName: 'app', source: { folder: './dist', ...source } }] };
    this.save();
  }
  get source() {
    return this.settings.extensions[0].source;
  }
  save() {
    writeFileSync(path.join(this.folder, 'exthost-emu.json'), JSON.stringify(this.settings, null, 2));
  }
  write(name, text) {
    const file = path.join(this.dist, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  run(command, ...args) {
    return execFileSync(command, args, { cwd: this.dist, encoding: 'utf8', env: { ...process.env, HOME: this.folder, GIT_CONFIG_NOSYSTEM: '1' } });
  }
}

const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Path and hash of every file below a folder, but what never belongs into a package. */
function treeOf(folder, leftOut = (name) => name === '.git', prefix = '') {
  const tree = {};
  for (const entry of readdirSync(path.join(folder, prefix), { withFileTypes: true })) {
    const name = path.posix.join(prefix, entry.name);
    if (leftOut(name)) continue;
    if (entry.isDirectory()) Object.assign(tree, treeOf(folder, leftOut, name));
    else tree[name] = sha(readFileSync(path.join(folder, name)));
  }
  return tree;
}

/** The same of a zip in the emulated container. */
async function treeInZip(t, emulator, version) {
  const zip = await emulator.request(`${emulator.storage}/devstoreaccount1/app/${version}.zip`);
  assert.equal(zip.status, 200, `${version}.zip`);
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'version.zip');
  writeFileSync(file, zip.body);
  execFileSync('unzip', ['-q', file, '-d', path.join(folder, 'unpacked')]);
  return treeOf(path.join(folder, 'unpacked'), () => false);
}

async function newest(emulator) {
  const config = await emulator.request(`${emulator.storage}/devstoreaccount1/app/config.json`);
  return config.status === 200 ? JSON.parse(config.text).dev : undefined;
}

async function events(emulator, type) {
  const answer = await emulator.request(`${emulator.control}/_emu/v1/events.ndjson?since=0${type ? `&types=${type}` : ''}`);
  return answer.text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((event) => !type || event.type === type);
}

const publishes = async (emulator) => (await events(emulator, 'publish')).length;

/** Has a marker published, which is written last, and holds the zip it is in against the folder. Returns how many versions there were. */
async function expectSettled(t, emulator, project, leftOut) {
  const marker = `marker-${Math.random()}`;
  project.write('marker.txt', marker);
  const version = await waitFor('the marker in a version', limitMs, async () => {
    const found = await newest(emulator);
    if (!found) return false;
    const answer = await emulator.request(`${emulator.hosting}/app/Content/${found}/marker.txt`);
    return answer.status === 200 && answer.text === marker && found;
  });
  assert.deepEqual(await treeInZip(t, emulator, version), treeOf(project.dist, leftOut));
  return publishes(emulator);
}

const isAlive = (pid) => existsSync(`/proc/${pid}`);

test('git checkout between two states of a large tree ends in the tree that is there', async (t) => {
  const project = new Project(t);
  const git = (...args) => project.run('git', '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args);
  project.write('index.html', 'one');
  for (let i = 0; i < files; ++i) project.write(`one/${i % 50}/file${i}.js`, `one ${i}`);
  git('init', '-q', '-b', 'one');
  git('add', '-A');
  git('commit', '-q', '-m', 'one');
  git('checkout', '-q', '-b', 'two');
  git('mv', 'one', 'two');
  for (let i = 0; i < files; i += 2) project.write(`two/${i % 50}/file${i}.js`, `two ${i}`);
  project.write('index.html', 'two');
  git('add', '-A');
  git('commit', '-q', '-m', 'two');
  const emulator = await Emulator.start(t, [project.folder]);
  const before = await expectSettled(t, emulator, project);
  rmSync(path.join(project.dist, 'marker.txt'));
  let turns = 0;
  for (const branch of ['one', 'two', 'one']) {
    git('checkout', '-q', '-f', branch);
    ++turns;
    await expectSettled(t, emulator, project);
    rmSync(path.join(project.dist, 'marker.txt'));
  }
  const after = await expectSettled(t, emulator, project);
  // A checkout, the marker and its removal: three at most of each, and a few more when the machine is slow. Never one a file.
  assert.ok(after - before <= 8 * (turns + 1), `${after - before} versions`);
});

test('a storm that overflows the queue of events ends in the tree that is there', async (t) => {
  const project = new Project(t);
  project.write('index.html', 'x');
  const emulator = await Emulator.start(t, [project.folder]);
  await expectSettled(t, emulator, project);
  // The emulator is held while the queue fills: nothing is read from it meanwhile.
  const queue = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
  emulator.child.kill('SIGSTOP');
  try {
    const writes = Math.min(queue, 40_000) / 2;
    for (let i = 0; i <= writes; ++i) {
      const file = path.join(project.dist, `${i % 100}.js`);
      writeFileSync(file, `${i}`);
    }
    renameSync(path.join(project.dist, '0.js'), path.join(project.dist, 'renamed.js'));
    rmSync(path.join(project.dist, '1.js'));
    project.write('made/in/the/storm.js', 'x');
  } finally {
    emulator.child.kill('SIGCONT');
  }
  await expectSettled(t, emulator, project);
  project.write('made/in/the/storm.js', 'y');
  await expectSettled(t, emulator, project);
});

test('where no watches are left the folder is polled, which is told, and the tree is served all the same', async (t) => {
  // A limit of our own, in a user namespace of our own.
  const under = ['unshare', '-Ur', 'sh', '-c', 'echo 20 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"'];
  const possible = spawnSync(under[0], [...under.slice(1), 'true']);
  if (possible.status !== 0) return t.skip('this machine gives no user namespaces');
  const project = new Project(t);
  for (let i = 0; i < 50; ++i) project.write(`folder${i}/file.js`, `${i}`);
  const emulator = await Emulator.start(t, [project.folder], { under });
  const [notice] = await waitFor('the notice', limitMs, async () => {
    const found = await events(emulator, 'source.notice');
    return found.length > 0 && found;
  });
  assert.equal(notice.data.code, 'EHE6003');
  assert.match(notice.text, /looking for changes every 250 ms instead/);
  await expectSettled(t, emulator, project);
  project.write('folder49/file.js', 'changed');
  project.write('new/folder/file.js', 'new');
  rmSync(path.join(project.dist, 'folder0'), { recursive: true });
  await expectSettled(t, emulator, project);
});

test('what npm install does to a tree ends in the tree that is there', async (t) => {
  const project = new Project(t);
  project.write('index.html', 'x');
  const emulator = await Emulator.start(t, [project.folder]);
  await expectSettled(t, emulator, project);
  // Folders are made and filled at once, packages are renamed into place, and some go again.
  for (let i = 0; i < files / 10; ++i) {
    const staging = path.join(project.dist, `node_modules/.package-${i}`);
    mkdirSync(path.join(staging, 'lib/deep'), { recursive: true });
    for (const name of ['package.json', 'index.js', 'lib/a.js', 'lib/deep/b.js']) writeFileSync(path.join(staging, name), `${i} ${name}`);
    renameSync(staging, path.join(project.dist, `node_modules/package-${i}`));
    if (i % 7 === 0) rmSync(path.join(project.dist, `node_modules/package-${i}`), { recursive: true });
  }
  await expectSettled(t, emulator, project);
  writeFileSync(path.join(project.dist, 'node_modules/package-1/lib/deep/b.js'), 'edited');
  await expectSettled(t, emulator, project);
});

test('with source.gitignore what git would leave out is left out, also when a .gitignore changes', async (t) => {
  const project = new Project(t, { gitignore: true });
  project.write('.gitignore', '*.map\nnode_modules/\n');
  project.write('sub/.gitignore', '!keep.map\n/local.js\n');
  for (const name of ['index.html', 'app.js', 'app.js.map', 'node_modules/x/a.js', 'sub/keep.map', 'sub/other.map', 'sub/local.js']) project.write(name, name);
  const emulator = await Emulator.start(t, [project.folder]);
  project.run('git', 'init', '-q');
  const gitLeavesOut = (name) => {
    if (name === '.git') return true;
    try {
      project.run('git', 'check-ignore', '-q', '--no-index', name);
      return true;
    } catch (error) {
      if (error.status === 1) return false;
      throw error;
    }
  };
  await expectSettled(t, emulator, project, gitLeavesOut);
  project.write('.gitignore', 'node_modules/\nsub/keep.map\n');
  await expectSettled(t, emulator, project, gitLeavesOut);
  project.write('app.js.map', 'changed, and told of');
  await expectSettled(t, emulator, project, gitLeavesOut);
});

test('a folder is polled where that is asked for', async (t) => {
  const project = new Project(t);
  project.write('index.html', 'x');
  const emulator = await Emulator.start(t, [project.folder, '--poll-fs', '20']);
  project.write('deep/er/new.js', 'x');
  await expectSettled(t, emulator, project);
  const descriptors = readdirSync(`/proc/${emulator.child.pid}/fdinfo`)
    .map((name) => readFileSync(`/proc/${emulator.child.pid}/fdinfo/${name}`, { encoding: 'utf8', flag: 'r' }));
  assert.ok(descriptors.every((text) => !text.includes('inotify wd:')), 'no inotify watch is held');
});

test('a build command runs with the emulator: its output, its end, its restart', async (t) => {
  const project = new Project(t);
  project.source.command = 'echo building in $(pwd); echo two > dist/built.js; sleep 600 & echo child $!; wait';
  project.write('index.html', 'x');
  project.save();
  const emulator = await Emulator.start(t, [project.folder, '--log', 'info']);
  const child = await waitFor('the child in the log', limitMs, () => emulator.errors.match(/build: child (\d+)/)?.[1]);
  assert.match(emulator.errors, new RegExp(`extension=app build: building in ${project.folder}`));
  await waitFor('what it built', limitMs, async () => {
    const version = await newest(emulator);
    return (await emulator.request(`${emulator.hosting}/app/Content/${version}/built.js`)).text === 'two\n';
  });

  await t.test('it can be restarted', async () => {
    const url = `${emulator.control}/_emu/v1/extensions/Contoso_App/source:restart`;
    assert.equal((await emulator.request(url, { method: 'POST' })).status, 401);
    const answer = await emulator.request(url, { method: 'POST', headers: { Authorization: `Bearer ${emulator.record.token}` } });
    assert.equal(answer.status, 202, answer.text);
    await waitFor('a second start', limitMs, async () => (await events(emulator, 'source.command')).length === 2);
    assert.ok(!isAlive(child), 'the whole group of the first has ended');
    assert.deepEqual(await events(emulator, 'source.command.ended'), []);
  });

  await t.test('it ends with the emulator', async () => {
    const second = await waitFor('its second child', limitMs, () => {
      const all = [...emulator.errors.matchAll(/build: child (\d+)/g)];
      return all.length === 2 && all[1][1];
    });
    await emulator.stop();
    assert.ok(!isAlive(second));
  });
});

test('what was saved just before kill -9 is served by the next start, under the version it had', async (t) => {
  const project = new Project(t);
  const large = Array.from({ length: 60_000 }, (_, line) => `export const line${line} = ${line * line};`).join('\n');
  for (let index = 0; index < 200; ++index) project.write(`js/file${index}.js`, large.slice(index * 1000, index * 1000 + 5000));
  project.write('large.js', large);
  const env = freshHome(t);
  const first = await Emulator.start(t, [project.folder], { env });
  const served = async (emulator, name) => (await emulator.request(`${emulator.hosting}/app/Content/${await newest(emulator)}/${name}`)).text;
  for (let save = 0; save < 8; ++save) {
    const name = save % 2 === 0 ? 'js/file7.js' : 'large.js';  // small ones, and ones that are deflated fast
    const text = `${large.slice(0, name === 'large.js' ? undefined : 3000)}\n// save ${save}\n`;
    project.write(name, text);
    await waitFor(`save ${save}`, limitMs, async () => (await served(first, name)) === text);
  }
  const version = await newest(first);
  await first.stop('SIGKILL');

  const second = await Emulator.start(t, [project.folder], { env });
  assert.equal(await newest(second), version);
  const [published] = await events(second, 'publish');
  assert.equal(published.data.reused, true);
  assert.match(await served(second, 'large.js'), /save 7\n$/);
  assert.deepEqual(await treeInZip(t, second, version), treeOf(project.dist));
});

test('a build command ends with the emulator even when that is killed', async (t) => {
  const project = new Project(t);
  const pids = path.join(project.folder, 'pids');
  project.source.command = ['sh', '-c', `sleep 600 & echo $$ $! > ${pids}.new; mv ${pids}.new ${pids}; wait`];
  project.write('index.html', 'x');
  project.save();
  const emulator = await Emulator.start(t, [project.folder]);
  const group = await waitFor('the process ids', limitMs, () => existsSync(pids) && readFileSync(pids, 'utf8').trim().split(' '));
  assert.ok(group.every(isAlive));
  emulator.child.kill('SIGKILL');
  await emulator.exited;
  await waitFor('the end of the group', limitMs, () => !group.some(isAlive));
});

test('with a ready file the folder is packed when the build has written it', async (t) => {
  const project = new Project(t, { ready: './dist/.done' });
  project.write('index.html', 'half');
  const emulator = await Emulator.start(t, [project.folder]);
  const waiting = await events(emulator, 'source.waiting');
  assert.equal(waiting.length, 1);
  assert.equal(waiting[0].data.ready, path.join(project.dist, '.done'));
  assert.equal(await newest(emulator), undefined);
  const incidents = async () => (await emulator.json(`${emulator.control}/_emu/v1/incidents`)).incidents;
  assert.deepEqual(await incidents(), [], 'that nothing was built yet is nobody\'s mistake');
  const { extensions } = await emulator.json(`${emulator.control}/_emu/v1/extensions`);
  assert.match(extensions[0].lastError, /has no config\.json yet: the folder is packed when .*\.done is written$/);
  const served = async () => (await emulator.request(`${emulator.hosting}/app/Content/${await newest(emulator)}/index.html`)).text;

  project.write('index.html', 'whole');
  project.write('.done', '1');
  await waitFor('the first build', limitMs, async () => (await newest(emulator)) && (await served()) === 'whole');
  assert.ok((await incidents()).every(({ code }) => code !== 'EHE1001'));
  rmSync(path.join(project.dist, '.done'));
  await waitFor('the wait for the next', limitMs, async () => (await events(emulator, 'source.waiting')).length === 2);
  for (let i = 0; i < 100; ++i) project.write(`more/${i}.js`, `${i}`);
  project.write('index.html', 'next');
  assert.equal(await publishes(emulator), 1);
  project.write('.done', '2');
  await waitFor('the next build', limitMs, async () => (await served()) === 'next');
  assert.equal(await publishes(emulator), 2);
  assert.deepEqual(await treeInZip(t, emulator, await newest(emulator)), treeOf(project.dist));
});
