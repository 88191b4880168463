// Data centres that go down and come back, as a user does it: by the command line, the control API and the portal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emulator, copyOfDemo } from './support/emulator.mjs';

const portal = 'l=en&trustedAuthority=portal.azure.com';

test('a data centre goes down, others stand in for it, and it comes back', async (t) => {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch']);
  const versionAt = async (query) => {
    const answer = await emulator.request(`${emulator.hosting}/demo?${portal}${query}`);
    return answer.headers['x-ms-version'] ?? answer.status;
  };
  const rowOf = async (region) =>
    (await emulator.json(`${emulator.control}/_emu/v1/regions`)).regions.find((row) => row.region === region);
  const viewOf = (query) =>
    emulator.json(`${emulator.portal}/_emu/v1/portal?url=${encodeURIComponent(`https://portal.azure.com/?Contoso_Demo=true${query}`)}`);

  assert.equal(await versionAt(''), '1.0.0.2');
  const down = emulator.verb('regions', 'down', 'westus');
  assert.equal(down.code, 0, down.err);
  assert.match(down.out, /westus .*down/);

  await t.test('whoever names it is refused with a sentence', async () => {
    const answer = await emulator.request(`${emulator.hosting}/demo?${portal}&region=westus`);
    assert.equal(answer.status, 503);
    assert.match(answer.text, /EHE1307/);
    assert.match(answer.text, /the nearest that is up is/);
  });
  await t.test('everybody else is answered by the nearest that is up', async () => {
    assert.equal(await versionAt(''), '1.0.0.1');
    const view = await viewOf('');
    assert.notEqual(view.region, 'westus');
    assert.ok(JSON.stringify(view).includes('REGION_DOWN'));
    const explained = emulator.verb('explain', 'demo', '--json');
    assert.equal(JSON.parse(explained.out).version, '1.0.0.1');
  });
  await t.test('its row says so, and names no poll', async () => {
    const row = await rowOf('westus');
    assert.equal(row.health, 'down');
    assert.equal(row.nextPoll, null);
    assert.equal((await rowOf('eastus')).health, 'healthy');
  });
  await t.test('back, it answers again', async () => {
    const up = await emulator.request(`${emulator.control}/_emu/v1/regions/westus`, {
      method: 'PUT', body: '{"down": false}',
      headers: { authorization: `Bearer ${emulator.record.token}`, 'content-type': 'application/json' },
    });
    assert.equal(up.status, 200, up.text);
    assert.equal(JSON.parse(up.text).regions[0].health, 'healthy');
    assert.equal(await versionAt('&region=westus'), '1.0.0.2');
    const events = (await emulator.request(`${emulator.control}/_emu/v1/events.ndjson?since=0&types=region`)).text;
    assert.deepEqual(events.trim().split('\n').map((line) => JSON.parse(line).type), ['region.down', 'region.up']);
  });
  await t.test('what makes no sense is refused', async () => {
    const unknown = emulator.verb('regions', 'down', 'westeros');
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.err, /EHE1104/);
    assert.equal(emulator.verb('regions', 'down').code, 2);
    assert.equal(emulator.verb('regions', 'sideways', 'westus').code, 2);
    const headers = { authorization: `Bearer ${emulator.record.token}`, 'content-type': 'application/json' };
    for (const body of ['{}', '{"down": "yes"}', '{"down": true, "up": false}', '[]', '']) {
      const answer = await emulator.request(`${emulator.control}/_emu/v1/regions/westus`, { method: 'PUT', body, headers });
      assert.equal(answer.status, 400, body);
    }
    assert.equal((await emulator.request(`${emulator.control}/_emu/v1/regions/westus`, { method: 'PUT', body: '{"down": true}' })).status, 401);
  });
});

test('a sync of one region moves that region only', async (t) => {
  const emulator = await Emulator.start(t, [copyOfDemo(t), '--no-watch', '--fidelity', 'ci']);
  const result = emulator.verb('sync', 'demo', '--region', 'eastus');
  assert.equal(result.code, 0, result.err);
  const refused = emulator.verb('sync', 'demo', '--region', 'nowhere');
  assert.match(refused.err, /EHE1104/);
});
