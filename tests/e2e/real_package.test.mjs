// A large real package as an extension: every byte served equals its source, in every version, and a browser runs it.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openBrowser, openPage } from './support/browser.mjs';
import { Emulator, root, temporaryFolder, waitFor } from './support/emulator.mjs';

const limitMs = 60_000;
const editor = path.join(root, 'tests/e2e/node_modules/monaco-editor');

const page = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Editor</title>
<script src="Content/monaco/vs/loader.js"></script>
<script src="Content/start.js"></script>
</head>
<body><div id="editor" class="editor"></div></body>
</html>
`;
const start = `require.config({ paths: { vs: 'Content/monaco/vs' } });
require(['vs/editor/editor.main'], () => {
  const box = document.getElementById('editor');
  box.style.height = '300px';
  monaco.editor.create(box, { value: 'const answer = 42; // ' + window.fx.environment.greeting, language: 'javascript' });
});
`;

/** Monaco's minified build and its modules, with a page around them. */
function makeExtension(folder) {
  const content = path.join(folder, 'Content');
  cpSync(path.join(editor, 'min'), path.join(content, 'monaco'), { recursive: true });
  cpSync(path.join(editor, 'esm'), path.join(content, 'modules'), { recursive: true });
  mkdirSync(path.join(content, 'Config'), { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), page);
  writeFileSync(path.join(content, 'start.js'), start);
  writeFileSync(path.join(content, 'Config/default.json'), '{"greeting":"default"}');
  writeFileSync(path.join(content, 'Config/portal.azure.com.json'), '{"greeting":"hello from the portal"}');
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
}

async function compareEveryFile(emulator, version, folder, atLeast = 1500) {
  const files = filesBelow(folder).filter((name) => !name.startsWith('Config/'));
  assert.ok(files.length > atLeast, `${files.length} files`);
  const wrong = [];
  const check = async (name) => {
    const url = `${emulator.hosting}/editor/Content/${version}/${name.split('/').map(encodeURIComponent).join('/')}`;
    const gzip = name.length % 2 === 0;
    const answer = await emulator.request(url, gzip ? { headers: { 'accept-encoding': 'gzip' } } : {});
    const bytes = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.body) : answer.body;
    if (answer.status !== 200 || !bytes.equals(readFileSync(path.join(folder, name)))) wrong.push(`${name}: ${answer.status}`);
  };
  for (let at = 0; at < files.length; at += 16) await Promise.all(files.slice(at, at + 16).map(check));
  assert.deepEqual(wrong, []);
}

test('a large real package is published, served byte for byte in each version, and runs', async (t) => {
  const project = temporaryFolder(t);
  const source = path.join(project, 'source');
  makeExtension(source);
  writeFileSync(path.join(project, 'exthost-emu.json'), JSON.stringify({
    extensions: [{ name: 'Test_Editor', source: { folder: './source', version: '2.0', publishTo: ['stage1'] } }],
  }));
  const emulator = await Emulator.start(t, [project]);
  const devVersion = async () => (await emulator.request(`${emulator.hosting}/editor/dev?trustedAuthority=portal.azure.com`)).headers['x-ms-version'];
  const nextVersion = (before) => waitFor('next version', limitMs, async () => {
    const now = await devVersion();
    return now !== before && now;
  });
  const content = path.join(source, 'Content');

  const first = await devVersion();
  await compareEveryFile(emulator, first, content);
  const kept = path.join(project, 'kept');
  cpSync(content, kept, { recursive: true });

  await t.test('a page of it runs in a browser, with the portal\'s settings', async () => {
    const tab = await openPage(t, await openBrowser(t, emulator.env));
    await tab.goto(`${emulator.hosting}/editor/dev?l=en&trustedAuthority=portal.azure.com`);
    await tab.locator('.monaco-editor .view-line', { hasText: 'hello from the portal' }).waitFor({ timeout: limitMs });
    assert.deepEqual(tab.failures, []);
  });

  writeFileSync(path.join(content, 'start.js'), `${start}// second\n`);
  const second = await nextVersion(first);
  await compareEveryFile(emulator, second, content);

  renameSync(path.join(content, 'modules/vs/editor'), path.join(content, 'modules/vs/renamed'));
  rmSync(path.join(content, 'modules/vs/base'), { recursive: true });
  await nextVersion(second);
  let third;
  await waitFor('the tree as it is now', limitMs, async () => {
    third = await devVersion();
    const gone = await emulator.request(`${emulator.hosting}/editor/Content/${third}/modules/vs/base/common/event.js`);
    const moved = await emulator.request(`${emulator.hosting}/editor/Content/${third}/modules/vs/renamed/editor.api.js`);
    return gone.status === 404 && moved.status !== 404;
  });
  await compareEveryFile(emulator, third, content, 300);
  await compareEveryFile(emulator, first, kept);
});
