// The keys of the terminal, in a real one; and opening pages in a browser, which here is a script that writes down its URL.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, copyOfDemo, freshHome, run, temporaryFolder, waitFor } from './support/emulator.mjs';
import { Terminal, usualModes } from './support/terminal.mjs';

const limitMs = 20_000;
const keysLine = /press h for help · o portal · d dashboard · s sync · t \+1 min · x explain · q quit\n/;
const keyModes = { canonical: false, echo: false };
const { SIGABRT, SIGINT, SIGQUIT, SIGTERM } = constants.signals;

/** The environment of a user whose browser appends each URL that it is started with to `urls`. */
function homeWithBrowser(t) {
  const env = freshHome(t);
  const urls = path.join(env.HOME, 'urls');
  const browser = path.join(env.HOME, 'browser');
  writeFileSync(browser, `#!/bin/sh\necho "$@" >> "${urls}"\n`);
  chmodSync(browser, 0o755);
  const opened = (pattern) => waitFor(`${pattern} in the browser`, limitMs, () =>
    existsSync(urls) && readFileSync(urls, 'utf8').match(pattern));
  return { env: { ...env, BROWSER: `no-such-browser:${browser} --new-tab` }, urls, opened };
}

test('each key does what its verb does, and q leaves the terminal as it was', async (t) => {
  const demo = copyOfDemo(t);
  const { env, opened } = homeWithBrowser(t);
  const terminal = Terminal.start(t, [demo, '--clock', 'virtual'], { env });
  await terminal.waitFor(keysLine);
  assert.deepEqual(await terminal.modes(), keyModes);

  await t.test('h lists the keys', async () => {
    terminal.type('h');
    const [list] = await terminal.waitFor(/ {2}h {2}this list[\s\S]*q {2}end the emulator\n/);
    for (const verb of ['open portal', 'open dashboard', 'sync', 'clock advance 1m', 'clock advance 30m', 'explain', 'incidents list']) {
      assert.ok(list.includes(`exthost-emu ${verb}`), list);
    }
  });

  await t.test('s syncs', async () => {
    terminal.type('s');
    await terminal.waitFor(/✔ demo {2}synced: nothing new\n/);
  });

  await t.test('t and T advance the clock', async () => {
    const advance = async (key) => {
      terminal.type(key);
      return Date.parse((await terminal.waitFor(/the clock is at (\S+?),/))[1]);
    };
    const first = await advance('t');
    assert.equal(await advance('t') - first, 60_000);
    assert.equal(await advance('T') - first, 31 * 60_000);
  });

  await t.test('x explains', async () => {
    terminal.type('x');
    await terminal.waitFor(/1\.0\.0\.2[\s\S]*config\.json:\d+:\d+/);
  });

  await t.test('f lists what fails', async () => {
    terminal.type('f');
    await terminal.waitFor(/✔ no open incidents\n/);
  });

  await t.test('r looks at the source folder', async () => {
    terminal.type('r');
    await terminal.waitFor(/looking at the source folders\n/);
  });

  await t.test('c clears the screen', async () => {
    terminal.type('c');
    await terminal.waitFor(/\x1b\[H\x1b\[2J/);
  });

  await t.test('o and d open the portal and the dashboard in the browser', async () => {
    terminal.type('o');
    await terminal.waitFor(/opening https:\/\/localhost:\d+\/\S*Microsoft_Azure_Demo=dev\n/);
    await opened(/^--new-tab https:\/\/localhost:\d+\/\?feature\.canmodifystamps=true&Microsoft_Azure_Demo=dev$/m);
    terminal.type('d');
    await opened(/^--new-tab http:\/\/localhost:\d+\/#t=[0-9a-f]{32}$/m);
    await terminal.waitFor(/opening http:\S+\n/);
  });

  await t.test('arrow keys, pasted text and keys that mean nothing do nothing', async () => {
    for (const sent of ['\x1b[A', '\x1bOP', 'qqqqqq', 'z', '\n']) {
      terminal.type(sent);
      // Keys that come right behind a pasted text are taken for a part of it, so the key is pressed until it is heard.
      await waitFor('the list of failures', limitMs, () => {
        terminal.type('f');
        return terminal.output.includes('no open incidents\n');
      });
      await terminal.waitFor(/no open incidents\n/);
    }
    assert.equal(terminal.exit, null);
  });

  terminal.type('q');
  assert.deepEqual(await terminal.ended(), { exit: 0, modes: usualModes });
});

test('the terminal is put back however the program ends', async (t) => {
  const demo = copyOfDemo(t);
  for (const [name, end, exit] of [
    ['Ctrl-C', (terminal) => terminal.type('\x03'), 0],
    ['SIGINT', (terminal) => terminal.signal(SIGINT), 0],
    ['SIGTERM', (terminal) => terminal.signal(SIGTERM), 0],
    ['abort', (terminal) => terminal.signal(SIGABRT), 128 + SIGABRT],
    ['Ctrl-\\', (terminal) => terminal.type('\x1c'), 128 + SIGQUIT],
  ]) {
    await t.test(name, async () => {
      const terminal = Terminal.start(t, [demo, '--ephemeral', '--no-watch']);
      await terminal.waitFor(keysLine);
      assert.deepEqual(await terminal.modes(), keyModes);
      end(terminal);
      assert.deepEqual(await terminal.ended(), { exit, modes: usualModes });
    });
  }
});

test('while the program is stopped the terminal is the shell\'s, and afterwards keys work again', async (t) => {
  const terminal = Terminal.start(t, [copyOfDemo(t), '--no-watch']);
  await terminal.waitFor(keysLine);
  for (const stops of [1, 2]) {
    terminal.type('\x1a');
    await waitFor('the stop', limitMs, () => terminal.stops === stops);
    assert.deepEqual(await terminal.modes(), usualModes);
    terminal.continue();
    await waitFor('the modes of keys', limitMs, async () => !(await terminal.modes()).canonical);
    terminal.type('s');
    await terminal.waitFor(/synced: nothing new\n/);
  }
  terminal.type('q');
  assert.deepEqual(await terminal.ended(), { exit: 0, modes: usualModes });
});

test('where nobody presses keys there are none: on a build server, and without a terminal', async (t) => {
  const demo = copyOfDemo(t);
  const env = { ...freshHome(t), CI: 'true' };
  const terminal = Terminal.start(t, [demo, '--ready-line', '--ephemeral'], { env });
  const [banner] = await terminal.waitFor(/[\s\S]*EXTHOST_EMU_READY/);
  assert.doesNotMatch(banner, /press h/);
  assert.deepEqual(await terminal.modes(), usualModes);
  const emulator = await Emulator.start(t, [demo]);
  assert.doesNotMatch(emulator.output, /press h/);
});

test('open and --open show a page in the browser, or its URL where none may be opened', async (t) => {
  const { env, urls, opened } = homeWithBrowser(t);
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch', '--open'], { env });
  const portal = `${emulator.portal}/?feature.canmodifystamps=true&Microsoft_Azure_Demo=dev`;
  const dashboard = `${emulator.control}/#t=${emulator.record.token}`;
  await opened(/Microsoft_Azure_Demo=dev/);
  assert.equal(readFileSync(urls, 'utf8'), `--new-tab ${portal}\n`);

  await t.test('the verb opens the same, and the dashboard', async () => {
    const shown = emulator.verb('open');
    assert.deepEqual([shown.code, shown.out], [0, `opening ${portal}\n`], shown.err);
    assert.equal(emulator.verb('open', 'portal').out, `opening ${portal}\n`);
    const told = emulator.verb('open', 'dashboard', '--json');
    assert.deepEqual(JSON.parse(told.out), { url: dashboard, opened: true });
    await opened(/#t=/);
    assert.match(emulator.verb('open', 'dashbord').err, /EHE4005/);
  });

  await t.test('none is opened on a build server, or by those who said so', () => {
    const before = readFileSync(urls, 'utf8');
    for (const reason of [{ CI: '1' }, { GITHUB_ACTIONS: 'true' }, { EXTHOST_EMU_NO_BROWSER: '1' }]) {
      assert.equal(run({ ...env, ...reason }, ['open', '-i', emulator.instance]).out, `${portal}\n`);
    }
    assert.equal(readFileSync(urls, 'utf8'), before);
  });

  await t.test('a browser that is not there is named, with the URL', () => {
    const failed = run({ ...env, BROWSER: 'no-such-browser' }, ['open', '-i', emulator.instance]);
    assert.equal(failed.code, 1);
    assert.match(failed.err, /no-such-browser/);
    assert.match(failed.err, /EHE5021/);
    assert.ok(failed.err.includes(portal), failed.err);
  });

  await t.test('the setting takes a page, and refuses another', () => {
    const folder = temporaryFolder(t);
    const show = (...args) => run(env, ['config', 'print', '--json', ...args], { cwd: folder });
    assert.equal(JSON.parse(show().out).open.value, 'none');
    assert.equal(JSON.parse(show('--open').out).open.value, 'portal');
    assert.equal(JSON.parse(show('--open=dashboard').out).open.value, 'dashboard');
    assert.match(show('--open=nothing').err, /EHE4003/);
  });
});
