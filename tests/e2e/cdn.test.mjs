// The CDN's edge in front of content, as a team meets it: misses and hits, what a new version invalidates, purges, and an outage.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openBrowser, openPage } from './support/browser.mjs';
import { Emulator, temporaryFolder } from './support/emulator.mjs';

const long = (text) => text + ' '.repeat(4000) + '\n';
const portal = 'l=en&trustedAuthority=portal.azure.com';
const hash1 = 'M0whDYowRfP2';
const hash2 = 'Mxf_Z5-eRrqm';

// A loader as RequireJS is one: it tries a bundle's addresses in their order.
const page = `<!doctype html><html><head><title>demo</title></head><body><p id="state">loading</p><script>
  const load = (src) => new Promise((done) => {
    const script = Object.assign(document.createElement('script'), { src, onload: () => done(true), onerror: () => done(false) });
    document.body.append(script);
  });
  (async () => {
    const { requireConfig } = await (await fetch(location.pathname + location.search + '&environmentjson=true')).json();
    for (const address of Object.values(requireConfig.paths)[0]) {
      if (!await load(address + '.js')) continue;
      document.getElementById('state').textContent = window.bundle + ' from ' + new URL(address, location).hostname;
      return;
    }
    document.getElementById('state').textContent = 'no address answers';
  })();
</script></body></html>`;

/** Zips a version into the container as a team's build would. */
function publish(container, version, hash, script = `// ${version}`) {
  const folder = path.join(path.dirname(container), `${version}-${Math.random()}`);
  const put = (name, text) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  put('index.html', page);
  put('Content/Config/default.json', '{}');
  put('Content/Config/portal.azure.com.json', '{}');
  put('Content/Scripts/app.js', long(script));
  put(`Content/Dynamic/${hash}.js`, `window.bundle = ${JSON.stringify(version)};`);
  const zip = `${folder}.zip`;
  const made = spawnSync('zip', ['-q', '-r', zip, '.'], { cwd: folder });
  assert.equal(made.status, 0, `zip: ${made.error ?? made.stderr}`);
  renameSync(zip, path.join(container, `${version}.zip`));
}

function point(container, version) {
  const stages = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`stage${n}`, version]));
  writeFileSync(path.join(container, 'config.json'), JSON.stringify({ $version: '3', ...stages }));
}

/** Starts on a mounted container with version 1.0.0.1, and with `cdn` in the settings. */
async function start(t, cdn, ...args) {
  const folder = temporaryFolder(t);
  const container = path.join(folder, 'container');
  mkdirSync(container);
  publish(container, '1.0.0.1', hash1);
  point(container, '1.0.0.1');
  writeFileSync(path.join(folder, 'exthost-emu.json'), JSON.stringify({ cdn,
    extensions: [{ name: 'Contoso_Demo', hostingServiceName: 'demo', storage: { mount: './container' } }] }));
  const emulator = await Emulator.start(t, [folder, '--no-watch', ...args]);
  const port = new URL(emulator.hosting).port;
  const edge = (host) => async (target, options) => {
    const answer = await emulator.request(`https://${host}.localhost:${port}${target}`, options);
    return { ...answer, cache: answer.headers['x-cache'] };
  };
  return { emulator, container, edge, port, get: edge('az123456.vo.msecnd.net') };
}

const on = { mode: 'on', namespaces: { az123456: 'Contoso_Demo' } };

test('a CDN in front of content: hits, new versions, purges and an outage', async (t) => {
  const { emulator, container, edge, port, get } = await start(t, on);
  const sync = () => assert.equal(emulator.verb('sync', 'demo').code, 0);
  const versioned = '/Content/1.0.0.1/Scripts/app.js';

  await t.test('a miss is fetched and kept, the next request is a hit', async () => {
    const miss = await get(versioned, { headers: { 'accept-encoding': 'gzip, br' } });
    assert.deepEqual([miss.status, miss.cache, miss.headers['x-ms-version'], miss.text], [200, 'TCP_MISS', '1.0.0.1', long('// 1.0.0.1')]);
    const hit = await get(versioned, { headers: { 'accept-encoding': 'gzip, br' } });
    assert.deepEqual([hit.status, hit.cache, hit.text], [200, 'TCP_HIT', miss.text]);
    assert.match(hit.headers.age, /^\d+$/);
    for (const name of ['etag', 'cache-control', 'content-type', 'access-control-allow-origin', 'timing-allow-origin']) {
      assert.equal(hit.headers[name], miss.headers[name]);
      assert.ok(hit.headers[name], name);
    }
  });

  await t.test('the origin is fetched from by HTTP/1.0, so nothing comes compressed', async () => {
    assert.equal((await get(versioned, { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'], undefined);
  });

  await t.test('every form of the URL is there, each kept by itself', async () => {
    for (const [host, target] of [['demo.vo.msecnd.net', versioned], ['demo.azureedge.net', versioned], ['az123456.vo.msecnd.net', `/demo${versioned}`],
      ['az123456.vo.msecnd.net', `/CDN${versioned}`], ['az123456.vo.msecnd.net', `${versioned}?v=1`], ['elsewhere.azureedge.net', `/demo${versioned}`]]) {
      for (const cache of ['TCP_MISS', 'TCP_HIT']) {
        const answer = await edge(host)(target);
        assert.deepEqual([answer.status, answer.cache, answer.text], [200, cache, long('// 1.0.0.1')], `${host}${target}`);
      }
    }
  });

  await t.test('a hit is answered in ranges and by conditions', async () => {
    const { headers } = await get(versioned);
    const part = await get(versioned, { headers: { range: 'bytes=3-9' } });
    assert.deepEqual([part.status, part.cache, part.text, part.headers['content-range']], [206, 'TCP_HIT', '1.0.0.1', 'bytes 3-9/4011']);
    const same = await get(versioned, { headers: { 'if-none-match': headers.etag } });
    assert.deepEqual([same.status, same.cache, same.text], [304, 'TCP_HIT', '']);
    const head = await get(versioned, { method: 'HEAD' });
    assert.deepEqual([head.status, head.cache, head.headers['content-length']], [200, 'TCP_HIT', '4011']);
  });

  await t.test('the edge has neither pages nor settings nor what is not there', async () => {
    for (const target of ['/', '/demo', `/demo/stage1?${portal}`, '/api/diagnostics', '/_emu/v1/reload', '/Content/1.0.0.1/none.js',
      '/Content/1.0.0.1/Config/default.json']) {
      assert.equal((await get(target)).status, 404, target);
    }
    assert.match((await edge('nobody.vo.msecnd.net')('/Content/a.js')).text, /EHE1302.*nobody/);
  });

  assert.deepEqual([(await get(`/Content/Dynamic/${hash1}.js`)).cache, (await get(`/Content/Dynamic/${hash1}.js`)).cache], ['TCP_MISS', 'TCP_HIT']);
  const unversioned = '/Content/Scripts/app.js';
  assert.equal((await get(unversioned)).text, long('// 1.0.0.1'));
  publish(container, '1.0.0.2', hash2);
  point(container, '1.0.0.2');
  sync();

  await t.test('a new version has URLs of its own, so none of the old ones need be invalidated', async () => {
    const old = await get(versioned);
    assert.deepEqual([old.cache, old.text], ['TCP_HIT', long('// 1.0.0.1')]);
    const fresh = await get('/Content/1.0.0.2/Scripts/app.js');
    assert.deepEqual([fresh.cache, fresh.text], ['TCP_MISS', long('// 1.0.0.2')]);
    const bundle = await get(`/Content/Dynamic/${hash2}.js`);
    assert.deepEqual([bundle.cache, bundle.headers['x-ms-version']], ['TCP_MISS', '1.0.0.2']);
  });

  await t.test('a file without a version in its URL is not kept, so it is the new one at once', async () => {
    for (let i = 0; i < 2; ++i) {
      const answer = await get(unversioned);
      assert.deepEqual([answer.cache, answer.text], ['TCP_MISS', long('// 1.0.0.2')]);
    }
  });

  await t.test('the hash of the version before is still there, at the edge and at the origin', async () => {
    assert.equal((await get(`/Content/Dynamic/${hash1}.js`)).cache, 'TCP_HIT');
    const origin = await emulator.request(`${emulator.hosting}/demo/CDN/Content/Dynamic/${hash1}.js`);
    assert.deepEqual([origin.status, origin.headers['x-ms-version']], [200, '1.0.0.1']);
  });

  await t.test('a purge takes what it names, and the next request is a miss', async () => {
    const purged = emulator.verb('cdn', 'purge', '/Content/1.0.0.1/*');
    assert.equal(purged.code, 0, purged.err);
    assert.match(purged.out, /forgot \d+ kept files/);
    assert.equal((await get(versioned)).cache, 'TCP_MISS');
    assert.equal((await get(`/Content/Dynamic/${hash1}.js`)).cache, 'TCP_HIT');
    const refused = emulator.verb('cdn', 'purge', 'Content');
    assert.notEqual(refused.code, 0);
    assert.match(refused.err, /neither a URL nor a path/);
  });

  await t.test('a zip that was replaced in place is not served, whatever is purged', async () => {
    publish(container, '1.0.0.1', hash1, '// replaced');
    sync();
    const purge = await emulator.request(`${emulator.control}/_emu/v1/cdn:purge`, { method: 'POST', headers: { authorization: `Bearer ${emulator.record.token}` } });
    assert.equal(purge.status, 200, purge.text);
    assert.equal(JSON.parse(purge.text).entries, 0);
    const answer = await get(versioned);
    assert.deepEqual([answer.cache, answer.text], ['TCP_MISS', long('// 1.0.0.1')]);
  });

  await t.test('the status tells entries, bytes, hits, misses and the outage', async () => {
    const status = await emulator.json(`${emulator.control}/_emu/v1/cdn`);
    assert.equal(status.mode, 'on');
    assert.equal(status.originHttp, '1.0');
    assert.deepEqual(status.namespaces, { az123456: 'demo' });
    assert.equal(status.entries, 1);
    assert.ok(status.bytes > 4000 && status.bytes < status.limitBytes);
    assert.ok(status.hits > 0 && status.misses > 0);
    assert.equal(status.outage, 'off');
    assert.match(emulator.verb('cdn').out, /keeps 1 file, .* of .*\n.* no outage/);
  });

  await t.test('environment JSON names the edge first and the origin second, or with nocdn=force the origin alone', async () => {
    const url = `${emulator.hosting}/demo/stage1?environmentjson=true&${portal}`;
    const { requireConfig } = await emulator.json(url);
    const place = `localhost:${port}/demo/Content/Dynamic/${hash2}`;
    assert.deepEqual(requireConfig.paths, { [`Content/Dynamic/${hash2}`]: [`//az123456.vo.msecnd.net.${place}`, `https://${place}`] });
    const without = await emulator.json(`${url}&nocdn=force`);
    assert.deepEqual(without.requireConfig.paths, { [`Content/Dynamic/${hash2}`]: [`//${place}`, `https://${place}`] });
  });

  await t.test('the portal passes nocdn=force on to the extension, and nocdn=true not', async () => {
    const frame = async (query) => {
      const view = await emulator.json(`${emulator.portal}/_emu/v1/portal?url=${encodeURIComponent(`${emulator.portal}/?${query}`)}`);
      return view.extensions[0].frameUrl;
    };
    assert.match(await frame('nocdn=force'), /[?&]nocdn=force/);
    assert.doesNotMatch(await frame('nocdn=true'), /nocdn/);
  });

  const browser = await openBrowser(t, emulator.env);
  const tab = await openPage(t, browser);
  const state = async (text) => {
    await tab.goto(`${emulator.hosting}/demo/stage1?${portal}&sessionId=testSessionId`);
    await tab.getByText(text, { exact: true }).waitFor();
  };

  await t.test('a page loads its bundle from the edge', async () => {
    await state('1.0.0.2 from az123456.vo.msecnd.net.localhost');
    assert.deepEqual(tab.failures, []);
  });

  await t.test('in an outage the edge answers 503, and the page loads its bundle from the origin', async () => {
    const begun = emulator.verb('cdn', 'outage', 'on');
    assert.match(begun.out, /its hosts answer 503/, begun.err);
    const down = await get(versioned);
    assert.equal(down.status, 503);
    assert.match(down.text, /EHE1309.*the origin still has \/demo\/Content\/1\.0\.0\.1\/Scripts\/app\.js/);
    assert.equal((await emulator.request(`${emulator.hosting}/CDN/demo${versioned}`)).status, 200);
    // A browser may have kept the bundle for good, as the edge told it to: this one has seen nothing yet.
    const other = await openPage(t, browser);
    await other.goto(`${emulator.hosting}/demo/stage1?${portal}&sessionId=testSessionId`);
    await other.getByText('1.0.0.2 from localhost', { exact: true }).waitFor();
  });

  await t.test('after the outage the edge has what it had', async () => {
    assert.match(emulator.verb('cdn', 'outage', 'off').out, /no outage/);
    assert.equal((await get(versioned)).cache, 'TCP_HIT');
    const events = (await emulator.request(`${emulator.control}/_emu/v1/events.ndjson?since=0`)).text.split('\n').filter(Boolean)
      .map((line) => JSON.parse(line).type).filter((type) => type.startsWith('cdn.'));
    assert.deepEqual(events, ['cdn.purged', 'cdn.purged', 'cdn.outage', 'cdn.restored']);
  });
});

test('a CDN that speaks HTTP/1.1 to its origin passes compression on, and keeps each encoding', async (t) => {
  const { get } = await start(t, { mode: 'on', originHttp: '1.1', namespaces: { az123456: 'demo' } });
  for (const [encoding, expected] of [['gzip', 'gzip'], ['identity', undefined]]) {
    for (const cache of ['TCP_MISS', 'TCP_HIT']) {
      const answer = await get('/Content/1.0.0.1/Scripts/app.js', { headers: { 'accept-encoding': encoding } });
      assert.deepEqual([answer.status, answer.cache, answer.headers['content-encoding']], [200, cache, expected]);
    }
  }
});

test('on a virtual clock the edge keeps a file until its year is over', async (t) => {
  const { emulator, get } = await start(t, 'on', '--fidelity', 'ci', '--poll-interval', '100d');
  const versioned = '/demo/Content/1.0.0.1/Scripts/app.js';
  const advance = (by) => assert.equal(emulator.verb('clock', 'advance', by).code, 0);
  assert.equal((await get(versioned)).cache, 'TCP_MISS');
  advance('364d');
  const late = await get(versioned);
  assert.deepEqual([late.cache, late.headers.age], ['TCP_HIT', String(364 * 24 * 3600)]);
  advance('1d');
  assert.equal((await get(versioned)).cache, 'TCP_MISS');
});

test('without a CDN its hosts say how to have one, and /CDN/ is still the origin\'s', async (t) => {
  const { emulator, get } = await start(t, undefined);
  const answer = await get('/Content/1.0.0.1/Scripts/app.js');
  assert.equal(answer.status, 404);
  assert.match(answer.text, /EHE1308.*--cdn on/);
  assert.equal((await emulator.request(`${emulator.hosting}/CDN/demo/Content/1.0.0.1/Scripts/app.js`)).status, 200);
  assert.match(emulator.verb('cdn').out, /the CDN edge is off/);
  const purged = emulator.verb('cdn', 'purge');
  assert.notEqual(purged.code, 0);
  assert.match(purged.err, /EHE1308/);
});
