// `exthost-emu check` over folders, zips and running containers, in every format.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { readCases } from './support/code_cases.mjs';
import { Emulator, copyOfDemo, freshHome, root, run, temporaryFolder } from './support/emulator.mjs';

// The containers of fixtures/codes that are wrong as they lie there.
const cases = readCases().filter((one) => one.by === 'incident' && one.folder && !one.prepare && !one.then && !one.storage);
const all = cases.map((one) => one.name);

const check = (t, args, options) => run(freshHome(t), ['check', ...args], { cwd: root, ...options });
function json(t, args, options) {
  const result = check(t, [...args, '--format', 'json'], options);
  return { code: result.code, report: JSON.parse(result.out) };
}
const problemsOf = (report) => report.subjects.flatMap((subject) => subject.problems);
const codesOf = (report) => problemsOf(report).map((problem) => problem.code);

test('the sample has no problems: settings, container and source', (t) => {
  const result = check(t, ['fixtures/demo']);
  assert.equal(result.code, 0, result.out);
  assert.match(result.out, /^fixtures\/demo\/exthost-emu.json: settings file$/m);
  assert.match(result.out, /^fixtures\/demo\/container: container folder$/m);
  assert.match(result.out, /^✔ fixtures\/demo\/container: 5 versions, no problems$/m);
  assert.match(result.out, /^✔ 3 subjects: no problems · \d+ ms\n$/m);
});

test('without a subject it is the working folder, wherever -C puts it', (t) => {
  assert.match(check(t, [], { cwd: path.join(root, 'fixtures/demo/container') }).out, /^✔ \.: 5 versions, no problems/m);
  assert.match(check(t, ['-C', 'fixtures/demo/container']).out, /^✔ \.: 5 versions, no problems/m);
});

for (const { name, code } of cases) {
  test(`codes/${name} has the problem that it is made for, and no other error`, (t) => {
    const folder = `fixtures/codes/${name}`;
    const { code: exit, report } = json(t, [folder]);
    assert.equal(exit, 8);
    assert.deepEqual([...new Set(problemsOf(report).filter((one) => one.severity === 'error').map((one) => one.code))], [code]);
    for (const problem of problemsOf(report)) assert.ok(problem.file.startsWith(folder), problem.file);
    assert.match(check(t, [folder]).out, new RegExp(`^✖ \\d+ errors? in ${folder} · \\d+ ms\n$`, 'm'));
  });
}

test('a problem in text has its place, frame and hint', (t) => {
  assert.equal(check(t, ['fixtures/codes/EHE1003-trailing-comma']).out.replace(/\d+ ms/, 'N ms'), `\
fixtures/codes/EHE1003-trailing-comma: container folder
✖ trailing comma before }  EHE1003
  fixtures/codes/EHE1003-trailing-comma/config.json:7:24
     6 │     "stage4": "2.0.0.0",
     7 │     "stage5": "2.0.0.0",
       │                        ^ trailing comma before }
  remove the comma; some of Microsoft's samples have it, strict JSON does not
✖ 1 error in fixtures/codes/EHE1003-trailing-comma · N ms
`);
});

test('several subjects are all checked, also after one that is not there', (t) => {
  const { code, report } = json(t, ['fixtures/nowhere', 'fixtures/codes/EHE1006-missing-stage/config.json', 'fixtures/demo/source']);
  assert.equal(code, 8);
  assert.deepEqual(report.subjects.map((subject) => subject.kind), ['not recognised', 'config.json', 'extension source folder']);
  assert.deepEqual(codesOf(report), ['EHE4004', 'EHE1006']);
  assert.equal(report.errors, 2);
});

test('a wrong option is a usage error that says what was meant', (t) => {
  for (const [args, words] of [[['--format', 'sarf'], /did you mean sarif/], [['--cloud', 'moon'], /mooncake/], [['--deployed', '2026-02-30'], /date/], [['--strickt'], /did you mean --strict/]]) {
    const result = check(t, ['fixtures/demo', ...args]);
    assert.equal(result.code, 2);
    assert.match(result.err, words);
  }
});

test('warnings end in 0, and with --strict in 8', (t) => {
  const folder = path.join(temporaryFolder(t), 'source');
  cpSync(path.join(root, 'fixtures/demo/source'), folder, { recursive: true });
  writeFileSync(path.join(folder, 'Content/Scripts/jobs.js'), "export const jobs = () => fetch('/api/jobs');\n");
  const { code, report } = json(t, [folder]);
  assert.equal(code, 0);
  assert.deepEqual(codesOf(report), ['EHE1601']);
  assert.deepEqual([problemsOf(report)[0].line, problemsOf(report)[0].column], [1, 34]);
  assert.equal(check(t, [folder, '--strict']).code, 8);
});

test('a cloud that the extension has no settings for is found with --cloud', (t) => {
  const { code, report } = json(t, ['fixtures/demo/source', '--cloud', 'blackforest']);
  assert.equal(code, 8);
  assert.deepEqual(codesOf(report), ['EHE1201']);
  assert.equal(check(t, ['fixtures/demo/source', '--cloud', 'fairfax']).code, 0);
});

test('a real package of thousands of files raises no false alarm', (t) => {
  const folder = path.join(temporaryFolder(t), 'editor');
  for (const kind of ['min', 'esm']) {
    cpSync(path.join(root, 'tests/e2e/node_modules/monaco-editor', kind), path.join(folder, 'Content', kind), { recursive: true });
  }
  mkdirSync(path.join(folder, 'Content/Config'), { recursive: true });
  for (const name of ['default', 'portal.azure.com']) writeFileSync(path.join(folder, `Content/Config/${name}.json`), '{}');
  const { code, report } = json(t, [folder]);
  assert.deepEqual(problemsOf(report), []);
  assert.equal(code, 0);
});

test('a container behind a URL is read and listed, page by page or not at all', async (t) => {
  const demo = copyOfDemo(t);
  const emulator = await Emulator.start(t, [demo]);
  const url = `${emulator.storage}/devstoreaccount1/demo`;
  const good = json(t, [`${url}?x=secret`]);
  assert.equal(good.code, 0, JSON.stringify(good.report));
  assert.equal(good.report.subjects[0].subject, url);
  assert.equal(good.report.subjects[0].kind, 'container');
  assert.doesNotMatch(JSON.stringify(good.report), /secret/);

  await t.test('a zip from it is judged by itself', async (t) => {
    const zip = path.join(temporaryFolder(t), '1.0.0.5.zip');
    const { body } = await emulator.request(`${url}/1.0.0.5.zip`);
    writeFileSync(zip, body);
    assert.match(check(t, [zip]).out, /^✔ .*1\.0\.0\.5\.zip: \d+ files, no problems/m);
    body[body.indexOf('Content/Config/default.json') + 60] ^= 0xff;
    writeFileSync(zip, body);
    const { code, report } = json(t, [zip]);
    assert.equal(code, 8);
    assert.deepEqual([...new Set(codesOf(report))].filter((one) => one.startsWith('EHE2')), ['EHE2002']);
  });

  await t.test('a container that is not there fails alone', (t) => {
    const { code, report } = json(t, [`${emulator.storage}/devstoreaccount1/nothing`, 'fixtures/demo/container']);
    assert.equal(code, 8);
    // Storage does not tell strangers whether a container is missing or private.
    assert.equal(report.subjects[0].problems[0].code, 'EHE1001');
    assert.match(report.subjects[0].problems[0].hint, /check the URL/);
    assert.deepEqual(report.subjects[1].problems, []);
  });
});

test('SARIF has what the standard demands of it', (t) => {
  const file = path.join(temporaryFolder(t), 'check.sarif');
  const folders = all.map((name) => `fixtures/codes/${name}`);
  const result = check(t, [...folders, '--format', 'sarif', '--output', file]);
  assert.equal(result.code, 8);
  assert.match(result.out, /✖ \d+ errors in \d+ subjects/);
  const sarif = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal(sarif.version, '2.1.0');
  assert.equal(sarif.runs.length, 1);
  const [{ tool: { driver }, results, columnKind }] = sarif.runs;
  assert.equal(driver.name, 'exthost-emu');
  assert.equal(columnKind, 'unicodeCodePoints');
  assert.ok(results.length >= all.length);
  assert.equal(new Set(driver.rules.map((rule) => rule.id)).size, driver.rules.length);
  for (const rule of driver.rules) {
    for (const text of [rule.shortDescription, rule.fullDescription, rule.help]) assert.ok(text.text.length > 0);
  }
  for (const one of results) {
    assert.equal(driver.rules[one.ruleIndex].id, one.ruleId);
    assert.ok(['error', 'warning', 'note'].includes(one.level));
    assert.ok(one.message.text.length > 0);
    assert.equal(one.locations.length, 1);
    const { artifactLocation: { uri }, region } = one.locations[0].physicalLocation;
    assert.match(uri, /^fixtures\/codes\/[A-Za-z0-9/.%-]+$/);
    if (region) assert.ok(region.startLine >= 1 && region.startColumn >= 1);
  }
});

test('JUnit is XML with a suite a subject, and counts that are right', (t) => {
  const folders = [...all.map((name) => `fixtures/codes/${name}`), 'fixtures/demo/container'];
  const { out, code } = check(t, [...folders, '--format', 'junit']);
  assert.equal(code, 8);
  assert.equal(XMLValidator.validate(out), true);
  const options = { ignoreAttributes: false, attributeNamePrefix: '', isArray: (name) => ['testsuite', 'testcase', 'failure'].includes(name) };
  const { testsuites } = new XMLParser(options).parse(out);
  assert.equal(testsuites.testsuite.length, folders.length);
  let failures = 0;
  for (const suite of testsuites.testsuite) {
    const failed = suite.testcase.filter((one) => one.failure).length;
    assert.equal(Number(suite.tests), suite.testcase.length);
    assert.equal(Number(suite.failures), failed);
    failures += failed;
  }
  assert.equal(Number(testsuites.failures), failures);
  assert.equal(failures, all.length);
  assert.equal(Number(testsuites.testsuite.at(-1).failures), 0);
});

test('a report that cannot be written is a failure of its own', (t) => {
  const result = check(t, ['fixtures/demo', '--output', path.join(temporaryFolder(t), 'no/such/folder/x.json'), '--format', 'json']);
  assert.equal(result.code, 1);
  assert.match(result.err, /x\.json/);
});
