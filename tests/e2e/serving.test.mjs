// What the hosting service's documents and captured traffic say of serving, a row a sentence, asked of the real program.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { openBrowser, openPage } from './support/browser.mjs';
import { Emulator, temporaryFolder } from './support/emulator.mjs';

const portal = 'l=en&trustedAuthority=portal.azure.com';
const oldBundle = 'AmdBundleDefinition_83A1A15A39494B7BB1F704FDB5F32596D4498792.js';
const long = (text) => text + ' '.repeat(4000) + '\n';
const immutable = 'public, max-age=31536000, immutable';
const neverStored = 'no-cache, no-store, must-revalidate';

const types = {
  'app.wasm': 'application/wasm', 'font.woff2': 'font/woff2', 'font.woff': 'font/woff', 'font.ttf': 'font/ttf', 'font.otf': 'font/otf',
  'font.eot': 'application/vnd.ms-fontobject', 'app.js.map': 'application/json; charset=utf-8', 'data.json': 'application/json; charset=utf-8',
  'module.mjs': 'text/javascript; charset=utf-8', 'script.js': 'text/javascript; charset=utf-8', 'icon.svg': 'image/svg+xml; charset=utf-8',
  'photo.avif': 'image/avif', 'photo.webp': 'image/webp', 'photo.png': 'image/png', 'photo.jpg': 'image/jpeg', 'icon.ico': 'image/x-icon',
  'style.css': 'text/css; charset=utf-8', 'page.html': 'text/html; charset=utf-8', 'notes.txt': 'text/plain; charset=utf-8',
  'app.webmanifest': 'application/manifest+json; charset=utf-8', 'film.mp4': 'video/mp4', 'doc.pdf': 'application/pdf',
  'strange.zzz': 'application/octet-stream',
};

/** A container of three versions: the first has a page of its own, the second `Home/Index.html`, the third none. */
function container(t) {
  const folder = path.join(temporaryFolder(t), 'container');
  const put = (name, bytes) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  };
  for (const version of ['1.0.0.1', '1.0.0.2', '1.0.0.3']) {
    put(`${version}/Content/Config/default.json`, '{"title": "Demo", "endpoint": "https://default.example"}');
    put(`${version}/Content/Config/portal.azure.com.json`, '{"endpoint": "https://prod.example"}');
    put(`${version}/Content/Scripts/app.js`, long(`// ${version}`));
  }
  put('1.0.0.1/index.html', '<!doctype html><html><head><title>one</title></head><body>the page of 1.0.0.1</body></html>');
  put('1.0.0.2/home/index.HTML', '<!doctype html><html><head><title>two</title></head><body>the page of 1.0.0.2</body></html>');
  put('1.0.0.1/Content/Dynamic/M0whDYowRfP2.js', 'define("ClientResources",{one:1})');
  put('1.0.0.2/Content/Dynamic/-6naE3KZJK4k.js', 'define("ClientResources",{two:2})');
  put(`1.0.0.3/Content/Dynamic/${oldBundle}`, 'define("Old",{})');
  put('1.0.0.1/Content/iframe/Azure Advisor-1.json', '{"advisor":true}');
  put('1.0.0.1/Content/packed.css', long('packed'));
  put('1.0.0.1/Content/packed.css.br', brotliCompressSync(long('packed')));
  put('1.0.0.1/Content/packed.js', long('packed script'));
  put('1.0.0.1/Content/packed.js.br', brotliCompressSync(long('packed script')));
  for (const name of Object.keys(types)) put(`1.0.0.1/Content/types/${name}`, long(name));
  put('config.json', JSON.stringify({ $version: '3', stage1: '1.0.0.3', stage2: '1.0.0.2', stage3: '1.0.0.1', stage4: '1.0.0.1',
    stage5: '1.0.0.1', friendlyName: '1.0.0.2' }));
  return folder;
}

async function start(t, ...args) {
  const folder = temporaryFolder(t);
  const extensions = [
    { name: 'Contoso_Demo', hostingServiceName: 'demo', storage: { seed: container(t) } },
    { name: 'Contoso_Empty', hostingServiceName: 'empty' },
  ];
  writeFileSync(path.join(folder, 'exthost-emu.json'), JSON.stringify({ extensions }));
  return Emulator.start(t, [folder, '--no-watch', ...args]);
}

/** Asks for each row's URL and compares the answer with what the row says: `version` is x-ms-version, the rest by name. */
async function check(t, emulator, rows) {
  for (const row of rows) {
    await t.test(row.says, async () => {
      const base = row.host ? `https://${row.host}.localhost:${new URL(emulator.hosting).port}` : emulator.hosting;
      const answer = await emulator.request(base + row.url, { method: row.method, headers: row.ask });
      assert.equal(answer.status, row.status ?? 200, answer.text);
      if (row.version) assert.equal(answer.headers['x-ms-version'], row.version);
      for (const [name, value] of Object.entries(row.headers ?? {})) {
        if (value instanceof RegExp) assert.match(answer.headers[name] ?? '', value, name);
        else assert.equal(answer.headers[name], value, name);
      }
      const text = (row.unpack ? row.unpack(answer.body) : answer.body).toString('utf8');
      if (row.body instanceof RegExp) assert.match(text, row.body);
      else if (row.body !== undefined) assert.equal(text, row.body);
    });
  }
}

/** What the program answers to a request that no HTTP client of today writes. */
function raw(emulator, lines) {
  const { port } = new URL(emulator.hosting);
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port: Number(port), servername: 'localhost', ca: emulator.ca }, () =>
      socket.write(lines.join('\r\n') + '\r\n\r\n'));
    const chunks = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      const all = Buffer.concat(chunks);
      const end = all.indexOf('\r\n\r\n');
      resolve({ head: all.subarray(0, end).toString('latin1'), body: all.subarray(end + 4) });
    });
  });
}

test('serving, in dev', async (t) => {
  const emulator = await start(t);
  const script = (version) => long(`// ${version}`);
  const versioned = '/demo/Content/1.0.0.1/Scripts/app.js';

  await check(t, emulator, [
    { says: 'the bare extension answers the version of the region\'s stage', url: `/demo?${portal}&region=westcentralus`, version: '1.0.0.2' },
    { says: 'a stage has a URL', url: `/demo/stage1?${portal}`, version: '1.0.0.3' },
    { says: 'a friendly name has a URL, in any letter case', url: `/demo/friendlyname?${portal}`, version: '1.0.0.2' },
    { says: 'a build number with d for dots is a stamp', url: `/demo/1d0d0d3?${portal}`, version: '1.0.0.3' },
    { says: 'the extension\'s name counts in any letter case, with a slash behind', url: `/DEMO/?${portal}`, version: '1.0.0.1' },
    ...['demo.hosting.portal.azure.net', 'hosting.portal.azure.net', 'afd.hosting.portal.azure.net', 'afd-v2.hosting.portal.azure.net',
      'ema.hosting.portal.azure.net', 'ms.hosting.portal.azure.net', 'hosting-ms.portal.azure.net', 'afd.hosting-ms.portal.azure.net',
      'demo-ms.hosting.portal.azure.net', 'ema-ms.hosting.portal.azure.net', 'hosting.onecloud.azure-test.net', 'DF.hosting.azure-test.net',
    ].map((host) => ({ says: `the host ${host} is routed by the path`, host, url: `/demo/stage2?${portal}`, version: '1.0.0.2' })),
    ...['demo.hosting.azureportal.usgovcloudapi.net', 'demo.hosting.azureportal.chinacloudapi.cn', 'demo.hosting.azure-api.de'].map((host) => (
      { says: `the host ${host} stands for its cloud's portal, for which this version has no settings`, host, url: '/demo/stage2', status: 400,
        body: /EHE1201/ })),
  ]);

  await check(t, emulator, [
    { says: 'content is found under its version', url: versioned, version: '1.0.0.1', body: script('1.0.0.1') },
    { says: 'content is found in any letter case', url: '/demo/content/1.0.0.1/SCRIPTS/App.js', body: script('1.0.0.1') },
    { says: 'content is found with doubled slashes inside', url: '/demo/Content/1.0.0.1//Scripts//app.js', body: script('1.0.0.1') },
    { says: 'a space in a name comes as %20', url: '/demo/content/1.0.0.1/iframe/Azure%20Advisor-1.json', body: '{"advisor":true}' },
    { says: 'content without a version is of the region\'s version', url: '/demo/Content/Scripts/app.js?region=westcentralus', version: '1.0.0.2',
      body: script('1.0.0.2'), headers: { 'cache-control': 'no-cache' } },
    { says: 'content below a stamp is of the stamp\'s version', url: '/demo/stage1/Content/Scripts/app.js', body: script('1.0.0.3') },
    { says: '/CDN/ after the host changes nothing', url: `/CDN${versioned}`, body: script('1.0.0.1') },
    { says: '/CDN/ after the extension changes nothing', url: '/demo/cdn/Content/1.0.0.1/Scripts/app.js', body: script('1.0.0.1') },
    { says: 'a query that is meant for the page does not matter', url: `${versioned}?clientOptimizations=undefined&l=en.en-us&shellVersion=undefined`,
      body: script('1.0.0.1') },
    { says: 'a bundle is found by its hash, whatever version has it, as the portal asks for it',
      url: '/demo/Content/Dynamic/M0whDYowRfP2.js?-type=DefaultPartitioner&bundlingKind=DefaultPartitioner&root=*_generated/Blades/X&region=centraluseuap',
      version: '1.0.0.1', body: /one:1/, headers: { 'cache-control': immutable } },
    { says: 'a hash may begin with a hyphen', url: '/demo/Content/Dynamic/-6naE3KZJK4k.js', version: '1.0.0.2', body: /two:2/ },
    { says: 'a bundle of the old form is found by its hash', url: `/demo/CDN/Content/Dynamic/${oldBundle}?root=*HubsExtension/ServicesHealthSummary`,
      version: '1.0.0.3', body: /Old/, headers: { 'cache-control': immutable } },
    ...Object.entries(types).map(([name, type]) => (
      { says: `${name} is ${type}`, url: `/demo/Content/1.0.0.1/types/${name}`, headers: { 'content-type': type, 'x-content-type-options': 'nosniff' } })),
  ]);

  await check(t, emulator, [
    { says: 'who takes gzip gets gzip', url: versioned, ask: { 'accept-encoding': 'gzip' }, unpack: gunzipSync, body: script('1.0.0.1'),
      headers: { 'content-encoding': 'gzip', vary: 'Accept-Encoding', etag: /-gz"$/ } },
    { says: 'who takes Brotli gets the copy that the version brings', url: '/demo/Content/1.0.0.1/packed.css',
      ask: { 'accept-encoding': 'gzip, deflate, br' }, unpack: brotliDecompressSync, body: long('packed'),
      headers: { 'content-encoding': 'br', 'content-type': 'text/css; charset=utf-8', vary: 'Accept-Encoding', etag: /-br"$/ } },
    { says: 'a script\'s Brotli copy goes out as the script', url: '/demo/Content/1.0.0.1/packed.js', ask: { 'accept-encoding': 'br' },
      unpack: brotliDecompressSync, body: long('packed script'), headers: { 'content-encoding': 'br', 'content-type': 'text/javascript; charset=utf-8' } },
    { says: 'who takes neither gets the file', url: '/demo/Content/1.0.0.1/packed.css', body: long('packed'),
      headers: { 'content-encoding': undefined, vary: 'Accept-Encoding' } },
    { says: 'a range is of the file itself', url: versioned, ask: { range: 'bytes=3-9', 'accept-encoding': 'gzip' }, status: 206, body: '1.0.0.1',
      headers: { 'content-range': 'bytes 3-9/4011', 'content-encoding': undefined } },
    { says: 'a range from the end', url: versioned, ask: { range: 'bytes=-1' }, status: 206, body: '\n' },
    { says: 'a range beyond the end is refused', url: versioned, ask: { range: 'bytes=9000-' }, status: 416, headers: { 'content-range': 'bytes */4011' } },
    { says: 'several ranges get the whole file', url: versioned, ask: { range: 'bytes=0-1,3-4' }, body: script('1.0.0.1') },
    { says: 'HEAD says how long the file is', url: versioned, method: 'HEAD', body: '', headers: { 'content-length': '4011' } },
    { says: 'any origin may read content, and time it', url: versioned, ask: { origin: 'https://sandbox-1.reactblade.portal.azure.net' },
      headers: { 'access-control-allow-origin': '*', 'timing-allow-origin': '*', 'access-control-allow-credentials': undefined } },
    { says: 'any origin may ask first', url: versioned, method: 'OPTIONS', status: 204,
      ask: { origin: 'https://portal.azure.com', 'access-control-request-method': 'GET' }, headers: { 'access-control-allow-origin': '*' } },
    { says: 'any origin may read the environment', url: `/demo/stage2?environmentjson=true&${portal}`,
      headers: { 'access-control-allow-origin': '*', 'timing-allow-origin': '*', 'content-type': 'application/json; charset=utf-8' },
      body: /"pageVersion":"1\.0\.0\.2"/ },
    { says: 'any origin may read diagnostics', url: '/api/diagnostics', headers: { 'access-control-allow-origin': '*' } },
    { says: 'a page has production\'s headers', url: `/demo/stage3?${portal}`, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': neverStored,
      pragma: 'no-cache', expires: '-1', 'timing-allow-origin': '*', 'x-content-type-options': 'nosniff', 'access-control-allow-origin': undefined,
      'content-security-policy': /^frame-ancestors 'self' .*https:\/\/portal\.azure\.com$/ } },
    { says: 'a page may be framed by the portal that it names, in each form', url: '/demo/stage3?trustedAuthority=https%3A%2F%2Fms.portal.azure.com',
      headers: { 'content-security-policy': / https:\/\/ms\.portal\.azure\.com$/ } },
    { says: 'a page may not be framed by whoever names himself', url: '/demo/stage3?trustedAuthority=portal.azure.com.evil.example', status: 400,
      headers: { 'content-security-policy': /^(?!.*evil)/ } },
    { says: 'the page is index.html', url: `/demo/stage3?${portal}`, body: /the page of 1\.0\.0\.1/ },
    { says: 'the page may be Home/Index.html, in any letter case', url: `/demo/stage2?${portal}`, body: /the page of 1\.0\.0\.2/ },
    { says: 'a version without a page gets one', url: `/demo/stage1?${portal}`, body: /brings no page of its own/ },
    { says: 'the page has its settings ahead of its own scripts', url: `/demo/stage3?${portal}`,
      body: /window\.fx\.environment = \{"title":"Demo","endpoint":"https:\/\/prod\.example","version":"1\.0\.0\.1"\}[^]*<title>one/ },
    { says: 'in dev headers name the region, the stage, the rule and the settings', url: `/demo?${portal}&region=westcentralus`,
      headers: { 'x-exthost-region': 'westcentralus', 'x-exthost-stage': 'stage2', 'x-exthost-reason': /^[A-Z_]+$/, 'x-exthost-config': 'Content/Config/portal.azure.com.json' } },
    { says: 'in dev a page is never stored, whatever it is asked for as', url: `/demo/stage3?${portal}&pageVersion=1.0.0.1&cacheability=2`,
      headers: { 'cache-control': neverStored, etag: undefined } },
  ]);

  await check(t, emulator, [
    { says: 'an extension that never synced gets 503, and says when to come back', url: `/empty?${portal}`, status: 503, body: /EHE1303/,
      headers: { 'retry-after': '5' } },
    { says: 'its content gets 503 too', url: '/empty/Content/a.js', status: 503, body: /EHE1303/ },
    { says: 'an unknown extension gets 404 with those that are hosted', url: `/other?${portal}`, status: 404, body: /there is demo and empty/ },
    { says: 'an unknown stamp gets 404 with the stamps that exist', url: `/demo/stage9?${portal}`, status: 404, body: /stage1, stage2, [^]*friendlyName/ },
    { says: 'an unknown file gets 404 with the version that was searched', url: '/demo/Content/1.0.0.2/none.js', status: 404, version: '1.0.0.2',
      body: /version 1\.0\.0\.2 has no file none\.js/ },
    { says: 'a file that lies elsewhere gets 404 with its place', url: '/demo/Content/1.0.0.1/app.js', status: 404, version: '1.0.0.1',
      body: /it has Content\/Scripts\/app\.js/ },
    { says: 'a version that is not held gets 404 with those that are', url: '/demo/Content/9.0.0.1/Scripts/app.js', status: 404,
      body: /version 9\.0\.0\.1 is not held; there is 1\.0\.0\.\d, 1\.0\.0\.\d and 1\.0\.0\.\d/ },
    { says: 'a hash that no version has gets 404', url: '/demo/Content/Dynamic/AAAAAAAAAAAA.js', status: 404, body: /no version that is held has the bundle/ },
    { says: 'settings cannot be downloaded, nor are they named', url: '/demo/Content/1.0.0.1/portal.azure.com.json', status: 404,
      body: /has no file portal\.azure\.com\.json"/ },
    { says: 'a portal without settings gets 400', url: '/demo/stage2?trustedAuthority=portal.azure.cn', status: 400, body: /EHE1201/, version: '1.0.0.2' },
    { says: 'only reading methods are served', url: `/demo/stage2?${portal}`, method: 'POST', status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } },
  ]);

  await t.test('a condition that still holds gets 304, with each encoding\'s own tag', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const ask = { 'accept-encoding': encoding };
      const first = await emulator.request(emulator.hosting + versioned, { headers: ask });
      const again = await emulator.request(emulator.hosting + versioned, { headers: { ...ask, 'if-none-match': first.headers.etag } });
      assert.deepEqual([again.status, again.body.length, again.headers.etag], [304, 0, first.headers.etag]);
      assert.equal(again.headers['access-control-allow-origin'], '*');
      const other = await emulator.request(emulator.hosting + versioned, { headers: { ...ask, 'if-match': '"other"' } });
      assert.equal(other.status, 412);
    }
  });

  await t.test('HTTP/1.0 gets the file by its length, not in chunks, with and without Host', async () => {
    const host = `Host: localhost:${new URL(emulator.hosting).port}`;
    for (const fields of [[], [host]]) {
      const answer = await raw(emulator, [`GET ${versioned} HTTP/1.0`, ...fields]);
      assert.match(answer.head, /^HTTP\/1\.1 200 /);
      assert.match(answer.head, /^Content-Length: 4011\r?$/m);
      assert.match(answer.head, /^Connection: close\r?$/m);
      assert.doesNotMatch(answer.head, /Transfer-Encoding|Content-Encoding/i);
      assert.equal(answer.body.toString(), script('1.0.0.1'));
    }
    const page = await raw(emulator, [`GET /demo/stage2?${portal} HTTP/1.0`, host]);
    assert.doesNotMatch(page.head, /Transfer-Encoding/i);
    assert.match(page.body.toString(), /the page of 1\.0\.0\.2/);
    const zipped = await raw(emulator, [`GET ${versioned} HTTP/1.0`, host, 'Accept-Encoding: gzip']);
    assert.equal(gunzipSync(zipped.body).toString(), script('1.0.0.1'));
  });

  await t.test('HTTP/1.0 gets a stream without chunks', async () => {
    const { port } = new URL(emulator.hosting);
    const text = await new Promise((resolve, reject) => {
      const socket = tls.connect({ host: '127.0.0.1', port: Number(port), servername: 'localhost', ca: emulator.ca }, () =>
        socket.write('GET /_emu/v1/reload?extension=demo HTTP/1.0\r\n\r\n'));
      let all = '';
      socket.setEncoding('utf8').on('data', (piece) => {
        all += piece;
        if (all.indexOf('\r\n\r\n') < 0) return;
        socket.destroy();
        resolve(all);
      });
      socket.on('error', reject);
    });
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.match(text, /text\/event-stream/);
    assert.doesNotMatch(text, /Transfer-Encoding|Content-Length/i);
  });
});

for (const fidelity of ['prod', 'ci']) {
  test(`serving, in ${fidelity}`, async (t) => {
    const emulator = await start(t, '--fidelity', fidelity);
    const explains = fidelity === 'ci';
    const page = `/demo/stage3?${portal}`;
    await check(t, emulator, [
      { says: 'a page is cached for good under the version that is served', url: `${page}&pageVersion=1.0.0.1`, headers: { 'cache-control': immutable } },
      { says: 'a page is not cached under another version', url: `${page}&pageVersion=1.0.0.9`, headers: { 'cache-control': neverStored } },
      { says: 'a page is not cached without a version', url: page, headers: { 'cache-control': neverStored, etag: undefined } },
      { says: 'a page of one session is not cached', url: `${page}&pageVersion=1.0.0.1&sessionId=0123456789abcdef0123456789abcdef`,
        headers: { 'cache-control': neverStored } },
      { says: 'with cacheability Server a page is asked for again', url: `${page}&cacheability=2`, headers: { 'cache-control': 'no-cache', etag: /^"[0-9a-f]+"$/ } },
      { says: 'with cacheability None, which has the session in the query, it is not cached', url: `${page}&cacheability=2&sessionId=1`,
        headers: { 'cache-control': neverStored, etag: undefined } },
      { says: 'with cacheability Manifest the version decides', url: `${page}&cacheability=3&pageVersion=1.0.0.1`, headers: { 'cache-control': immutable } },
      { says: explains ? 'headers name the region, the stage and the rule' : 'no header explains anything', url: `/demo?${portal}&region=westcentralus`,
        version: '1.0.0.2', headers: { 'x-exthost-region': explains ? 'westcentralus' : undefined, 'x-exthost-stage': explains ? 'stage2' : undefined,
          'x-exthost-reason': explains ? /^[A-Z_]+$/ : undefined, 'x-exthost-config': explains ? 'Content/Config/portal.azure.com.json' : undefined } },
      { says: 'a page does not reload itself', url: page, body: /^(?!.*live-reload\.js)/s },
      { says: 'versioned content is immutable', url: '/demo/Content/1.0.0.1/Scripts/app.js', headers: { 'cache-control': immutable } },
    ]);
    await t.test('with cacheability Server a page that is the same gets 304', async () => {
      const url = `${emulator.hosting}${page}&cacheability=2`;
      const { headers } = await emulator.request(url);
      const again = await emulator.request(url, { headers: { 'if-none-match': headers.etag } });
      assert.deepEqual([again.status, again.text, again.headers['x-ms-version']], [304, '', '1.0.0.1']);
      assert.match(again.headers['content-security-policy'], /frame-ancestors/);
    });
  });
}

test('a page that is opened by itself says that it belongs in a portal', async (t) => {
  const emulator = await start(t);
  const browser = await openBrowser(t, emulator.env);
  const page = await openPage(t, browser);
  const url = `${emulator.hosting}/demo/stage3?${portal}`;
  const splash = page.locator('#exthost-splash');

  await page.goto(url);
  await splash.waitFor();
  assert.match(await splash.textContent(), /Extensions run in the portal.*This URI is intended to be loaded as an iFrame by the Portal Framework\./);
  assert.equal(await splash.evaluate((element) => getComputedStyle(element).backgroundColor), 'rgb(0, 114, 198)');
  assert.equal(new URL(await splash.locator('a').first().getAttribute('href')).origin, emulator.portal);

  await t.test('with sessionId=testSessionId the page is there by itself', async () => {
    await splash.getByText('Show the page by itself').click();
    await page.waitForURL(/\/demo\/stage3\?.*trustedAuthority=portal\.azure\.com.*sessionId=testSessionId/);
    await page.getByText('the page of 1.0.0.1').click();
    assert.equal(await splash.count(), 0);
  });

  await t.test('with a session in the fragment too', async () => {
    await page.goto('about:blank');
    await page.goto(`${url}#ece19d8501fb4d2cbe10db84b844c55b`);
    await page.getByText('the page of 1.0.0.1').click();
    assert.equal(await splash.count(), 0);
  });

  await t.test('in a portal there is none', async () => {
    await page.goto(`${emulator.portal}/?feature.canmodifystamps=true&Contoso_Demo=stage3`);
    const frame = page.frameLocator('iframe');
    await frame.getByText('the page of 1.0.0.1').waitFor();
    assert.equal(await frame.locator('#exthost-splash').count(), 0);
  });
  assert.deepEqual(page.failures, []);
});
