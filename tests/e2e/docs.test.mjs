// What the guides name must be there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

test('every test that the list of attacks names should exist', () => {
  const rows = read('docs/threats.md').split('\n').filter((line) => /^\| \d+ \|/.test(line));
  assert.ok(rows.length >= 12, `${rows.length} attacks`);
  for (const row of rows) {
    const cells = row.split(' | ');
    let [file, found] = ['', 0];
    for (const [, name] of cells.at(-1).matchAll(/`([^`]+)`/g)) {
      if (name.endsWith('.rs')) {
        file = read(name);
      } else {
        assert.ok(new RegExp(`fn ${name}\\(`).test(file), `${cells[1]}: ${name}`);
        found += 1;
      }
    }
    assert.ok(found > 0, `${cells[1]} is shown by nothing`);
  }
});
