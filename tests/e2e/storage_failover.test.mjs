// A failover of the storage account: publishing and polling go on from the secondary location, and serving never notices.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, all, key, refusal } from './support/account.mjs';
import { Emulator, copyOfDemo, freshHome, waitFor } from './support/emulator.mjs';
import { command, eventsOf, incidentsOf, served } from './support/mounted.mjs';

const limitMs = 20_000;
const once = { retryOptions: { maxTries: 1 } };

async function start(t, { env = freshHome(t), demo = copyOfDemo(t), storage = {}, args = [] } = {}) {
  const extension = { name: 'Microsoft_Azure_Demo', hostingServiceName: 'demo', storage: { seed: './container' } };
  writeFileSync(path.join(demo, 'exthost-emu.json'), JSON.stringify({ storage, extensions: [extension] }));
  const emulator = await Emulator.start(t, [demo, '--no-watch', ...args], { env });
  const at = (name) => new BlobServiceClient(`${emulator.storage}/${name}`, new StorageSharedKeyCredential(account, key), once);
  return { emulator, demo, env, primary: at(account), secondary: at(`${account}-secondary`) };
}

const textOf = async (service, name) => (await service.getContainerClient('demo').getBlobClient(name).downloadToBuffer()).toString();
const put = (service, name, text) => service.getContainerClient('demo').getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
const accountOf = async (emulator) => (await emulator.json(`${emulator.control}/_emu/v1/storage`)).accounts.find((row) => row.name === account);

/** Asks for pages and content until it is stopped; every answer must be 200. */
function keepServing(emulator) {
  let going = true;
  let answers = 0;
  const pages = ['demo/stage1', 'demo/stage5', 'demo'].map((page) => `${emulator.hosting}/${page}?l=en&trustedAuthority=portal.azure.com`);
  const targets = [...pages, `${emulator.hosting}/demo/Content/1.0.0.5/Scripts/query.js`];
  const loop = (async () => {
    while (going) {
      for (const target of targets) {
        const answer = await emulator.request(target);
        assert.equal(answer.status, 200, `${target}: ${answer.text}`);
        answers += 1;
      }
    }
  })();
  return async () => {
    going = false;
    await loop;
    return answers;
  };
}

test('after a failover publishing and polling work again although the former primary is out, and serving never stops', async (t) => {
  const { emulator, primary, secondary } = await start(t);
  const stop = keepServing(emulator);
  const config = await textOf(primary, 'config.json');

  await command(emulator, 'PUT', '/_emu/v1/storage', { outage: 'primary' });
  await waitFor('incident', limitMs, async () => (await incidentsOf(emulator, 'open')).length === 1);
  await assert.rejects(put(primary, 'config.json', config), refusal(503, 'ServerBusy'));
  assert.equal(await textOf(secondary, 'config.json'), config, 'the secondary can be read');
  assert.deepEqual([(await accountOf(emulator)).location, (await accountOf(emulator)).available], ['primary', false]);

  const moved = emulator.verb('storage', 'failover', account);
  assert.equal(moved.code, 0, moved.err);
  assert.match(moved.out, /devstoreaccount1 .*secondary location, LRS/);
  assert.match(moved.out, /primary location answers 503/);
  await waitFor('end of the incident', limitMs, async () => (await incidentsOf(emulator, 'open')).length === 0);
  assert.equal(await textOf(primary, 'config.json'), config, 'no write is lost');
  await put(primary, 'config.json', config.replace('"stage1": "1.0.0.5"', '"stage1": "1.0.0.4"'));
  await waitFor('what was published meanwhile', limitMs, async () => (await served(emulator)) === '1.0.0.4');

  const row = await accountOf(emulator);
  assert.deepEqual([row.location, row.redundancy, row.secondaryUrl, row.available], ['secondary', 'LRS', null, true]);
  assert.match(row.failedOver, /^20/);
  assert.equal((await primary.getAccountInfo()).skuName, 'Standard_LRS');
  await assert.rejects(textOf(secondary, 'config.json'), { statusCode: 404 });

  await command(emulator, 'PUT', '/_emu/v1/storage', { outage: 'none' });
  const back = await command(emulator, 'POST', '/_emu/v1/storage:failback', { account });
  assert.equal(back.status, 200);
  const home = await accountOf(emulator);
  assert.deepEqual([home.location, home.redundancy, home.failedOver], ['primary', 'RA-GRS', null]);
  assert.equal(await textOf(secondary, 'config.json'), await textOf(primary, 'config.json'));
  assert.equal((await primary.getAccountInfo()).skuName, 'Standard_RAGRS');
  assert.ok((await all(primary.listContainers())).length > 0);

  assert.ok((await stop()) > 0);
  const types = (await eventsOf(emulator, '')).map((event) => event.type).filter((type) => /^(storage|incident)\./.test(type));
  assert.deepEqual(types, ['storage.outage', 'incident.opened', 'storage.failover', 'incident.resolved', 'storage.restored', 'storage.failback']);
  const [event] = await eventsOf(emulator, 'storage.failover');
  assert.deepEqual(event.data, { account, location: 'secondary' });
});

test('a failover lives through a restart, and the start says so', async (t) => {
  const first = await start(t);
  assert.equal((await command(first.emulator, 'POST', '/_emu/v1/storage:failover')).status, 200);
  await put(first.primary, 'note', 'written after the failover');
  const before = await accountOf(first.emulator);
  await first.emulator.stop();

  const second = await start(t, { env: first.env, demo: first.demo, storage: { outage: 'primary' } });
  assert.deepEqual(await accountOf(second.emulator), { ...before, url: `${second.emulator.storage}/${account}` });
  assert.equal(await textOf(second.primary, 'note'), 'written after the failover');
  await second.emulator.waitForOutput(/devstoreaccount1 is served from its secondary location since/, limitMs);
  assert.equal((await incidentsOf(second.emulator)).length, 0, 'the former primary location is out, and nobody asks it');
  await second.emulator.stop();

  const file = path.join(second.emulator.record.stateDir, 'failover.json');
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, 'utf8')).failedOver), [account]);
});

test('a failover that Azure would not do is refused, and changes nothing', async (t) => {
  const other = 'mybizaextensionprod';
  const { emulator, primary, secondary } = await start(t, { storage: { accounts: { [other]: [key] } } });
  const failover = (body, verb = 'failover') => command(emulator, 'POST', `/_emu/v1/storage:${verb}`, body);
  const refused = async (answer, says) => {
    assert.deepEqual([(await answer).status, (await answer).json.code], [409, 'EHE3022']);
    assert.match((await answer).json.detail, says);
  };
  await refused(failover({ account }, 'failback'), /has not failed over/);
  for (const outage of ['secondary', 'both']) {
    await command(emulator, 'PUT', '/_emu/v1/storage', { outage });
    await refused(failover({ account }), /secondary location is out/);
  }
  await command(emulator, 'PUT', '/_emu/v1/storage', { outage: 'none' });
  assert.equal((await failover({ account: 'nobody' })).status, 400);
  assert.equal((await failover({ account: '' })).status, 400);
  assert.equal((await failover({ which: account })).status, 400);
  assert.equal((await accountOf(emulator)).location, 'primary');
  const anonymous = await emulator.request(`${emulator.control}/_emu/v1/storage:failover`, { method: 'POST' });
  assert.equal(anonymous.status, 401);

  assert.equal((await failover({ account: other })).status, 200);
  assert.equal((await accountOf(emulator)).location, 'primary', 'another account stays where it is');
  await refused(failover({ account: other }), /locally redundant/);
  assert.equal((await failover()).status, 200, 'all that can');
  assert.equal((await accountOf(emulator)).location, 'secondary');
  await refused(failover(), /locally redundant/);

  await command(emulator, 'PUT', '/_emu/v1/storage', { outage: 'secondary' });
  await assert.rejects(put(primary, 'config.json', '{}'), refusal(503, 'ServerBusy'), 'its location is out now');
  await assert.rejects(textOf(secondary, 'config.json'), { statusCode: 404 });
  await refused(failover({ account }, 'failback'), /while an outage is on/);
  await command(emulator, 'PUT', '/_emu/v1/storage', { outage: 'none' });
  assert.equal(emulator.verb('storage', 'failback').code, 0);
  assert.equal((await accountOf(emulator)).location, 'primary');
  assert.equal(emulator.verb('storage', 'failower').code, 2);
});
