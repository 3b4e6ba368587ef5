// A reporter for jest: each test with its file relative to the project, which `--json` only names absolutely.
// Results: AggregatedResult in jest's documentation of custom reporters.
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');

const STATUS = { passed: 'passed', failed: 'failed', pending: 'skipped', skipped: 'skipped', todo: 'skipped', disabled: 'skipped' };

module.exports = class {
  onRunComplete(_contexts, results) {
    const lines = results.testResults.flatMap(ofFile);
    lines.push({ end: lines.length });
    writeFileSync(process.env.GITBUDDY_REPORT, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
};

function ofFile(result) {
  const file = relative(process.cwd(), result.testFilePath);
  const tests = result.testResults.map((test) => ofTest(file, test));
  // A file that cannot be loaded has no tests, or none that ran.
  if (!result.testExecError && !(result.failureMessage && !tests.some((test) => test.status === 'failed'))) return tests;
  return [...tests, { id: file, status: 'failed', words: short(result.failureMessage) }];
}

function ofTest(file, test) {
  const expected = test.failing && test.status === 'passed'; // `test.failing`: an expected failure shows nothing
  const status = expected ? 'skipped' : STATUS[test.status] ?? 'failed';
  return { id: [file, ...test.ancestorTitles, test.title].join(' > '), status, words: short(test.failureMessages?.[0]) };
}

function short(text) {
  return String(text ?? '').slice(0, 2000);
}
