// Runs test files side by side: node scripts/lib/js/test.mjs DIRECTORY. Each file has a chain of its
// own, and chains mostly wait for their next slot. (Debian's node has no --test-concurrency.)
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const directory = resolve(process.argv[2]);
const files = readdirSync(directory)
  .filter((name) => name.endsWith('.test.mjs'))
  .sort()
  .map((name) => join(directory, name));
if (files.length === 0) throw new Error(`${directory} has no tests`);

run({ files, concurrency: 3 })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
