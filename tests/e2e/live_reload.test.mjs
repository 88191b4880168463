// Open pages keep up with what is saved: stylesheets without a reload, all else by reloading the frame alone, and what is wrong
// is laid over the page until it is mended.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { versionSet } from './support/account.mjs';
import { openBrowser, openPage } from './support/browser.mjs';
import { Emulator, copyOfDemo, temporaryFolder, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;
const query = '?l=en&trustedAuthority=portal.azure.com&sessionId=test';

function edit(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** Leaves a mark in a document that is gone once it is loaded anew. */
const mark = (page) => page.evaluate(() => { window.marked = true; });
const isMarked = (page) => page.evaluate(() => window.marked === true);

/** Waits until `selector` has the colour that a saved file gives it. The page may reload meanwhile. */
async function waitForColour(page, selector, colour) {
  const found = page.locator(selector);
  await waitFor(`${colour} of ${selector}`, limitMs, async () => {
    try {
      return await found.evaluate((element) => getComputedStyle(element).color) === colour;
    } catch (error) {
      if (/context was destroyed/.test(error.message)) return false;
      throw error;
    }
  });
}

const links = (page) => page.evaluate(() => [...document.querySelectorAll('link[rel=stylesheet]')].map((link) => link.href));

async function eventsOf(emulator, type) {
  const answer = await emulator.request(`${emulator.control}/_emu/v1/events.ndjson`);
  return answer.text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((event) => event.type === type);
}

/** Waits until a file alone was published. */
const waitForPublish = (emulator, file) => waitFor(`publish of ${file}`, limitMs, async () =>
  (await eventsOf(emulator, 'publish')).some(({ data }) => data.changed.length === 1 && data.changed[0].endsWith(file)));

/**
 * Saves, by `save` with the number of the round, until the line of such a publish ends with `words`. A browser that has much
 * else to do may answer after its line was written.
 */
async function saveUntilLineSays(emulator, words, save) {
  let round = 0;
  await waitFor(`line of a publish with ${words}`, limitMs, async () => {
    const before = (await eventsOf(emulator, 'publish')).length;
    save(++round);
    const event = await waitFor('publish', limitMs, async () => (await eventsOf(emulator, 'publish'))[before]);
    return event.text.endsWith(words);
  });
}

test('a saved stylesheet is exchanged in the open page; a saved script reloads it', async (t) => {
  const demo = copyOfDemo(t);
  const styles = path.join(demo, 'source/Content/Styles');
  const emulator = await Emulator.start(t, [demo]);
  const page = await openPage(t, await openBrowser(t, emulator.env));
  await page.goto(`${emulator.hosting}/demo/dev${query}`);
  await mark(page);
  const before = await links(page);

  edit(path.join(styles, 'blade.css'), (text) => `${text}\n#title { color: rgb(1, 2, 3); }\n`);
  await waitForColour(page, '#title', 'rgb(1, 2, 3)');
  assert.equal(await isMarked(page), true);
  const after = await waitFor('old link to go', limitMs, async () => {
    const now = await links(page);
    return now.length === before.length && now;
  });
  assert.equal(after[0], before[0], 'the other stylesheet stays what it was');
  assert.notEqual(after[1], before[1]);

  await t.test('again, and of a file that was not changed before: the page goes on from the version it has', async () => {
    edit(path.join(styles, 'theme.css'), (text) => `${text}\n#subtitle { color: rgb(4, 5, 6); }\n`);
    await waitForColour(page, '#subtitle', 'rgb(4, 5, 6)');
    edit(path.join(styles, 'blade.css'), (text) => text.replace('rgb(1, 2, 3)', 'rgb(7, 8, 9)'));
    await waitForColour(page, '#title', 'rgb(7, 8, 9)');
    await waitForColour(page, '#subtitle', 'rgb(4, 5, 6)');
    assert.equal(await isMarked(page), true);
  });

  await t.test('a script that is saved with it reloads the page', async () => {
    edit(path.join(demo, 'source/Content/Scripts/overview.js'), (text) => `${text}\ndocument.documentElement.dataset.saved = 'yes';\n`);
    await page.locator('html[data-saved=yes]').waitFor({ state: 'attached', timeout: limitMs });
    assert.equal(await isMarked(page), false);
    await waitForColour(page, '#title', 'rgb(7, 8, 9)');
  });
  assert.deepEqual(page.failures, []);
});

const settings = { 'Content/Config/default.json': '{}', 'Content/Config/portal.azure.com.json': '{}' };

/** A source folder of these files, published as `styles`. */
function sourceOf(t, files) {
  const folder = path.join(temporaryFolder(t), 'styles');
  for (const [name, text] of Object.entries({ ...settings, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const colourOf = (selector, value) => `${selector} { color: rgb(${value}, ${value}, ${value}); }\n`;

test('stylesheets are found however the page reaches them', async (t) => {
  const rules = ['plain', 'part', 'inner', 'shadow'].map((name) => [name, `Content/Styles/${name}.css`]);
  const folder = sourceOf(t, {
    ...Object.fromEntries(rules.map(([name, file]) => [file, colourOf(`.${name}`, 10)])),
    'Content/Styles/main.css': '@import "part.css";\n',
    'Content/Styles/outer.css': '@import "inner.css";\n',
    'Content/Styles/own.css': colourOf('.own', 10),
    'Content/Styles/read.css': colourOf('.read', 10),
    'Content/Styles/unused.css': colourOf('.unused', 10),
    'Content/Scripts/page.js': `
      const shadow = document.querySelector('#host').attachShadow({ mode: 'open' });
      shadow.innerHTML = '<link rel="stylesheet" href="Content/Styles/shadow.css"><p class="shadow">shadow</p>';
      fetch('Content/Styles/read.css').then((answer) => answer.text()).then((text) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        document.adoptedStyleSheets = [sheet];
      });`,
    'index.html': `<!doctype html><html><head><meta charset="utf-8">
      <link rel="stylesheet" media="screen" href="/styles/dev/Content/Styles/plain.css">
      <link rel="stylesheet" href="Content/Styles/main.css">
      <link rel="stylesheet" href="/styles/dev/Content/Styles/outer.css">
      <style>@import "Content/Styles/own.css";</style>
      <script src="Content/Scripts/page.js" defer></script></head>
      <body><p class="plain">plain</p><p class="part">part</p><p class="inner">inner</p><p class="own">own</p><p class="read">read</p>
      <div id="host"></div></body></html>`,
  });
  const emulator = await Emulator.start(t, [folder]);
  const page = await openPage(t, await openBrowser(t, emulator.env));
  const save = (name, value) => writeFileSync(path.join(folder, `Content/Styles/${name}.css`), colourOf(`.${name}`, value));
  await page.goto(`${emulator.hosting}/styles/dev${query}`);
  for (const name of ['plain', 'part', 'inner', 'own', 'read', 'shadow']) await waitForColour(page, `.${name}`, 'rgb(10, 10, 10)');
  await mark(page);

  for (const [name, how] of [['plain', 'by a link without a version'], ['part', 'by @import of a link with a version'],
    ['inner', 'by @import of a link without one'], ['shadow', 'by a link in a shadow root']]) {
    await t.test(how, async () => {
      for (const value of [20, 30]) {
        save(name, value);
        await waitForColour(page, `.${name}`, `rgb(${value}, ${value}, ${value})`);
      }
      assert.equal(await isMarked(page), true);
    });
  }

  await t.test('a link keeps what else it says', async () => {
    assert.equal(await page.locator('link[media=screen]').count(), 1);
    assert.equal((await links(page)).length, 3);
  });

  await t.test('one that the page does not use changes nothing', async () => {
    save('unused', 20);
    await waitForPublish(emulator, 'unused.css');
    save('plain', 40);
    await waitForColour(page, '.plain', 'rgb(40, 40, 40)');
    assert.equal(await isMarked(page), true);
  });

  for (const [name, how] of [['own', 'a style element that imports it'], ['read', 'a script that read it']]) {
    await t.test(`${how} is out of reach, so the page reloads`, async () => {
      await mark(page);
      save(name, 20);
      await waitForColour(page, `.${name}`, 'rgb(20, 20, 20)');
      assert.equal(await isMarked(page), false);
    });
  }
  assert.deepEqual(page.failures, []);
});

test('in the portal the frame takes over a stylesheet, and else reloads alone', async (t) => {
  const demo = copyOfDemo(t);
  const emulator = await Emulator.start(t, [demo]);
  const page = await openPage(t, await openBrowser(t, emulator.env));
  page.setDefaultTimeout(limitMs);
  await page.goto(`${emulator.portal}/?feature.canmodifystamps=true&Microsoft_Azure_Demo=dev`);
  await page.locator('#load-state.good').waitFor();
  const chip = page.locator('#blade-facts .chip');
  const first = await chip.innerText();
  const frame = await (await page.locator('iframe.fxs-part-frame').elementHandle()).contentFrame();
  await mark(page);
  await mark(frame);

  edit(path.join(demo, 'source/Content/Styles/blade.css'), (text) => `${text}\n#title { color: rgb(1, 2, 3); }\n`);
  await waitForColour(frame, '#title', 'rgb(1, 2, 3)');
  await waitFor('new version on the blade', limitMs, async () => await chip.innerText() !== first);
  // The next change is seen by the same document: the portal did not reload the frame for the first one.
  edit(path.join(demo, 'source/Content/Styles/blade.css'), (text) => text.replace('rgb(1, 2, 3)', 'rgb(4, 5, 6)'));
  await waitForColour(frame, '#title', 'rgb(4, 5, 6)');
  assert.equal(await isMarked(frame), true);

  edit(path.join(demo, 'source/Content/Scripts/overview.js'), (text) => `${text}\ndocument.documentElement.dataset.saved = 'yes';\n`);
  await frame.locator('html[data-saved=yes]').waitFor({ state: 'attached' });
  assert.equal(await isMarked(frame), false);
  assert.equal(await isMarked(page), true);
  assert.deepEqual(page.failures, []);
});

test('two tabs share one stream, both keep up, and the line of a publish says how', async (t) => {
  const demo = copyOfDemo(t);
  const emulator = await Emulator.start(t, [demo]);
  const first = await openPage(t, await openBrowser(t, emulator.env));
  const second = await first.context().newPage();
  let streams = 0;
  first.context().on('request', (request) => { if (new URL(request.url()).pathname === '/_emu/v1/reload') ++streams; });
  await first.goto(`${emulator.hosting}/demo/dev${query}`);
  await second.goto(`${emulator.hosting}/demo/dev${query}`);
  await waitFor('the stream', limitMs, () => streams > 0);

  edit(path.join(demo, 'source/Content/Styles/blade.css'), (text) => `${text}\n#title { color: rgb(1, 2, 3); }\n`);
  for (const page of [first, second]) await waitForColour(page, '#title', 'rgb(1, 2, 3)');
  await saveUntilLineSays(emulator, '· restyled 2 tabs', (round) =>
    edit(path.join(demo, 'source/Content/Styles/blade.css'), (text) => `${text}\n#title { order: ${round}; }\n`));
  assert.equal(streams, 1);
  assert.ok((await eventsOf(emulator, 'page.reload')).every(({ data }) => data.streams === 1));

  await t.test('the other one takes the stream over when its tab closes', async () => {
    await first.close();
    await waitFor('the second stream', limitMs, () => streams === 2);
    edit(path.join(demo, 'source/index.html'), (text) => text.replace('</body>', '<p id="saved">saved</p></body>'));
    await second.locator('#saved').waitFor({ timeout: limitMs });
    await saveUntilLineSays(emulator, '· reloaded 1 tab', (round) =>
      edit(path.join(demo, 'source/index.html'), (text) => text.replace('</body>', `<p>${round}</p></body>`)));
  });
});

test('what is wrong is laid over the page until it is mended', async (t) => {
  const demo = copyOfDemo(t);
  // A policy of the page's own, in which nothing inline runs and no style is set by attribute.
  edit(path.join(demo, 'source/index.html'), (text) => text.replace('<meta charset="utf-8">',
    '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'self\'; script-src \'self\'; style-src \'self\'">'));
  const emulator = await Emulator.start(t, [demo]);
  const page = await openPage(t, await openBrowser(t, emulator.env));
  page.setDefaultTimeout(limitMs);
  const config = path.join(demo, 'container/config.json');
  const good = readFileSync(config, 'utf8');
  const alert = page.getByRole('alert');
  const breakConfig = () => writeFileSync(config, good.replace('"stage1"', 'stage1'));
  await page.goto(`${emulator.hosting}/demo/dev${query}`);
  await page.locator('#refresh').focus();
  await mark(page);

  await t.test('with its sentence, code, place and lines, and what to do', async () => {
    breakConfig();
    await alert.waitFor();
    const text = await alert.innerText();
    assert.match(text, /config\.json/);
    assert.match(text, /EHE1003/);
    assert.match(text, /config\.json:\d+:\d+/);
    assert.match(await alert.locator('pre').first().innerText(), /\d+ │.*stage1[\s\S]*\^/);
    assert.match(text, /double quotes/);
    assert.match(text, /goes on being served/);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'refresh', 'it takes no focus');
  });

  await t.test('in pages that are opened meanwhile too', async () => {
    const other = await page.context().newPage();
    await other.goto(`${emulator.hosting}/demo/stage1${query}`);
    await other.getByRole('alert').getByText('EHE1003').first().waitFor();
    await other.close();
  });

  await t.test('until somebody closes it, or it is mended', async () => {
    await page.keyboard.press('Escape');
    await alert.waitFor({ state: 'detached' });
    writeFileSync(config, '{');
    await alert.waitFor();
    await alert.getByRole('button', { name: 'Close' }).click();
    await alert.waitFor({ state: 'detached' });
    breakConfig();
    await alert.waitFor();
    writeFileSync(config, good);
    await alert.waitFor({ state: 'detached' });
    assert.equal(await isMarked(page), true);
  });

  await t.test('a source folder that cannot be a package', async () => {
    const folder = path.join(demo, 'source/Content');
    const twice = path.join(folder, 'INDEX.css');
    writeFileSync(path.join(folder, 'index.css'), 'a { color: red }');
    await waitForPublish(emulator, 'index.css');
    writeFileSync(twice, 'a { color: red }');
    await alert.getByText('EHE6004').first().waitFor();
    renameSync(twice, path.join(folder, 'other.css'));
    await alert.waitFor({ state: 'detached' });
  });

  await t.test('a seed folder that cannot be copied', async () => {
    const twice = path.join(demo, 'container/1.0.0.5.zip');
    writeFileSync(twice, 'which of the two?');
    await alert.getByText('1.0.0.5').first().waitFor();
    rmSync(twice);
    await alert.waitFor({ state: 'detached' });
  });
  assert.deepEqual(page.failures, []);
});

test('a build command that failed is laid over the page, with what it printed, until it runs again', async (t) => {
  const folder = sourceOf(t, { 'index.html': '<!doctype html><html><head><title>app</title></head><body><p>page</p></body></html>' });
  const project = path.dirname(folder);
  const printed = "src/app.ts(3,5): error TS2304: Cannot find name 'x'.";
  writeFileSync(path.join(project, 'exthost-emu.json'), JSON.stringify({ extensions: [{ name: 'Contoso_App', hostingServiceName: 'app',
    source: { folder: './styles', command: `test -e mended && sleep 600; echo "${printed}"; exit 2` } }] }));
  const emulator = await Emulator.start(t, [project]);
  const page = await openPage(t, await openBrowser(t, emulator.env));
  page.setDefaultTimeout(limitMs);
  const alert = page.getByRole('alert');
  await page.goto(`${emulator.hosting}/app/dev${query}`);
  await alert.getByText('EHE6005').first().waitFor();
  assert.match(await alert.innerText(), /exit code 2/);
  assert.equal(await alert.locator('pre').innerText(), printed);

  writeFileSync(path.join(project, 'mended'), '');
  const restart = `${emulator.control}/_emu/v1/extensions/Contoso_App/source:restart`;
  await emulator.request(restart, { method: 'POST', headers: { Authorization: `Bearer ${emulator.record.token}` } });
  await alert.waitFor({ state: 'detached' });
  assert.deepEqual(page.failures, []);
});

test('a mounted folder that is gone is laid over the page until it is back', async (t) => {
  const folder = versionSet(t);
  const project = temporaryFolder(t);
  writeFileSync(path.join(project, 'exthost-emu.json'),
    JSON.stringify({ extensions: [{ name: 'Contoso_App', hostingServiceName: 'app', storage: { mount: folder } }] }));
  const emulator = await Emulator.start(t, [project]);
  const page = await openPage(t, await openBrowser(t, emulator.env));
  page.setDefaultTimeout(limitMs);
  const alert = page.getByRole('alert');
  await page.goto(`${emulator.hosting}/app/stage1${query}`);
  renameSync(folder, `${folder}.away`);
  await alert.getByText('config.json').first().waitFor();
  renameSync(`${folder}.away`, folder);
  await alert.waitFor({ state: 'detached' });
});
