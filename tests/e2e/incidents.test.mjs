// A broken container opens an incident, and what was live stays live.
import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Emulator, copyOfDemo, waitFor } from './support/emulator.mjs';

const limitMs = 20_000;

async function openIncidents(emulator) {
  const { incidents } = await emulator.json(`${emulator.control}/_emu/v1/incidents`);
  return incidents.filter((incident) => incident.state === 'open');
}

async function assertStillServed(emulator) {
  for (const [stamp, version] of [['stage1', '1.0.0.5'], ['stage5', '1.0.0.1']]) {
    const answer = await emulator.request(`${emulator.hosting}/demo/${stamp}?trustedAuthority=portal.azure.com`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['x-ms-version'], version);
  }
  for (const [region, version] of [['westcentralus', '1.0.0.4'], ['westus', '1.0.0.2']]) {
    const answer = await emulator.request(`${emulator.hosting}/demo?trustedAuthority=portal.azure.com&region=${region}`);
    assert.equal(answer.headers['x-ms-version'], version);
  }
}

test('breaking config.json opens an incident, mending it closes the incident, and serving never stops', async (t) => {
  const demo = copyOfDemo(t);
  const emulator = await Emulator.start(t, [demo]);
  const config = path.join(demo, 'container/config.json');
  const good = readFileSync(config, 'utf8');

  for (const [name, bad, code] of [
    ['a trailing comma', good.replace(/\n\}\s*$/, ',\n}\n'), 'EHE1003'],
    ['a version without a zip', good.replace('1.0.0.4', '1.0.0.44'), 'EHE1007'],
  ]) {
    await t.test(name, async () => {
      writeFileSync(config, bad);
      const [incident] = await waitFor('open incident', limitMs, async () => {
        const open = await openIncidents(emulator);
        return open.length > 0 && open;
      });
      assert.equal(incident.code, code);
      assert.equal(incident.extension, 'demo');
      await emulator.waitForOutput(new RegExp(code), limitMs);
      const diagnostics = await emulator.json(`${emulator.hosting}/api/diagnostics`);
      assert.ok(diagnostics.extensions.demo.lastError.errorMessage.length > 10);
      await assertStillServed(emulator);

      writeFileSync(config, good);
      await waitFor('mended container', limitMs, async () => (await openIncidents(emulator)).length === 0);
      const mended = await emulator.json(`${emulator.hosting}/api/diagnostics`);
      assert.equal(mended.extensions.demo.lastError, undefined);
      await assertStillServed(emulator);
    });
  }

  await t.test('a zip that comes after its config.json is found', async () => {
    writeFileSync(config, good.replace('1.0.0.5', '1.0.0.6'));
    await waitFor('open incident', limitMs, async () => (await openIncidents(emulator)).length === 1);
    renameSync(path.join(demo, 'container/1.0.0.5'), path.join(demo, 'container/1.0.0.6'));
    await waitFor('mended container', limitMs, async () => (await openIncidents(emulator)).length === 0);
    const answer = await emulator.request(`${emulator.hosting}/demo/stage1?trustedAuthority=portal.azure.com`);
    assert.equal(answer.headers['x-ms-version'], '1.0.0.6');
  });
});
