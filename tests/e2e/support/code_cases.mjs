// The cases of fixtures/codes: what provokes each error code, as data (docs/testing.md says what a case may hold).
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './emulator.mjs';

const folderOfCases = path.join(root, 'fixtures/codes');

/** Every case: what its file says, `name`, and `folder` if it has files. A case is `NAME/case.json` or `NAME.json`. */
export function readCases() {
  return readdirSync(folderOfCases).sort().map((entry) => {
    const at = path.join(folderOfCases, entry);
    const isFile = entry.endsWith('.json');
    const said = JSON.parse(readFileSync(isFile ? at : path.join(at, 'case.json'), 'utf8'));
    return { ...said, name: isFile ? entry.slice(0, -'.json'.length) : entry, folder: isFile ? undefined : at };
  });
}

/** Copies a case's files to a folder of its own below `parent`, has its `prepare` run there, and returns the folder. */
export function layOut(one, parent) {
  const folder = path.join(parent, serviceName(one));  // lower case, so that no message has the code for its path's sake
  if (one.folder) cpSync(one.folder, folder, { recursive: true });
  else mkdirSync(folder);
  if (one.prepare) shell(one.prepare, folder);
  return folder;
}

/** Runs a line of shell in `folder`. */
export function shell(line, folder, env = {}) {
  const result = spawnSync('sh', ['-ec', line], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
  if (result.status !== 0) throw new Error(`${line}: ${result.stderr || result.error}`);
}

/** The hosting service name of a case's extension: letters and digits only. */
export function serviceName(one) {
  return one.name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}

/** The entry of a settings file that hosts the case from its folder, or nothing if the case needs no extension. */
export function extensionOf(one, folder, values) {
  const isContainer = existsSync(path.join(folder, 'config.json')) || existsSync(path.join(folder, 'Config.json'));
  if (one.by === 'command' || !(one.extension || one.storage || isContainer)) return undefined;
  const at = (part) => part && Object.fromEntries(Object.entries(part).map(([key, value]) =>
    [key, key === 'seed' || key === 'folder' ? path.join(folder, value) : fillIn(value, values)]));
  return {
    name: `Case_${serviceName(one)}`,
    hostingServiceName: serviceName(one),
    ...(one.extension ? { source: at(one.extension.source), storage: at(one.extension.storage) }
      : { storage: one.storage ? at(one.storage) : { seed: folder } }),
  };
}

/** `text` with each `{name}` replaced by its value. */
export function fillIn(text, values) {
  return text.replaceAll(/\{([a-zA-Z]+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
