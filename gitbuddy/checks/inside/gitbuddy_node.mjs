// A reporter for Node's test runner: each test with its file, which the JUnit reporter of Node 20 does not tell.
// Events: https://nodejs.org/api/test.html#class-testsstream
import { relative } from 'node:path';

const CONTAINER = 'subtestsFailed';
const names = [];
let count = 0;

export default async function* (source) {
  for await (const { type, data } of source) {
    if (type === 'test:start') names[data.nesting] = data.name;
    const line = type === 'test:pass' || type === 'test:fail' ? ended(type, data) : null;
    if (line) {
      count += 1;
      yield `${JSON.stringify(line)}\n`;
    }
  }
  yield `${JSON.stringify({ end: count })}\n`;
}

function ended(type, data) {
  const error = data.details?.error;
  const expected = [data.skip, data.todo].some((mark) => mark !== undefined && mark !== false);
  const status = expected ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
  // A suite says nothing of its own, unless a hook of it failed.
  if (data.details?.type === 'suite' && (status === 'passed' || error?.failureType === CONTAINER)) return null;
  return { id: id(data), status, words: status === 'failed' ? words(error) : '' };
}

function id(data) {
  const own = [...names.slice(0, data.nesting), data.name];
  if (!data.file) return own.join(' > ');
  const file = path(data.file);
  return data.name === data.file || data.name === file ? file : [file, ...own].join(' > ');
}

function path(file) {
  return relative(process.cwd(), file.replace(/^file:\/\//, ''));
}

function words(error) {
  return String(error?.cause?.message ?? error?.cause ?? error?.message ?? '').slice(0, 2000);
}
