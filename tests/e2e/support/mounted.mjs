// An extension whose container is a folder, on a clock that stands still: it syncs when it is told to, and at no other time.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { versionSet } from './account.mjs';
import { Emulator, freshHome, temporaryFolder } from './emulator.mjs';

export const owner = 'demo-team@example.com';

/** Starts on a mounted version set: { emulator, folder, config, put, sync, events }. `args` come after the settings file. */
export async function startMounted(t, args = [], { env = freshHome(t), settings = {} } = {}) {
  const folder = versionSet(t);
  const project = temporaryFolder(t);
  const extension = { name: 'Microsoft_Azure_Demo', hostingServiceName: 'demo', owner, storage: { mount: folder } };
  writeFileSync(path.join(project, 'exthost-emu.json'), JSON.stringify({ ...settings, extensions: [extension] }));
  const emulator = await Emulator.start(t, [project, '--fidelity', 'ci', '--no-watch', ...args], { env });
  return {
    emulator,
    folder,
    config: readFileSync(path.join(folder, 'config.json'), 'utf8'),
    put: (name, bytes) => writeFileSync(path.join(folder, name), bytes),
    sync: () => command(emulator, 'POST', '/_emu/v1/sync'),
    events: (prefix) => eventsOf(emulator, prefix),
  };
}

/** A control request with the run's token: { status, json }. */
export async function command(emulator, method, target, body) {
  const headers = { Authorization: `Bearer ${emulator.record.token}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await emulator.request(`${emulator.control}${target}`, { method, headers, body: body && JSON.stringify(body) });
  return { status: answer.status, json: JSON.parse(answer.text) };
}

/** The journal's events whose type begins with `prefix`, oldest first. */
export async function eventsOf(emulator, prefix = '') {
  const answer = await emulator.request(`${emulator.control}/_emu/v1/events.ndjson`);
  return answer.text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((event) => event.type.startsWith(prefix));
}

export async function incidentsOf(emulator, state = '') {
  return (await emulator.json(`${emulator.control}/_emu/v1/incidents${state && `?state=${state}`}`)).incidents;
}

/** The version that a page comes from, which must be there. */
export async function served(emulator, stamp = 'stage1') {
  const page = await emulator.request(`${emulator.hosting}/demo/${stamp}?l=en&trustedAuthority=portal.azure.com`);
  if (page.status !== 200) throw new Error(`${stamp} answered ${page.status}: ${page.text}`);
  return page.headers['x-ms-version'];
}
