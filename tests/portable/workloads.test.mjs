// The workloads' samples in WebAssembly: 32 bits, and another back end of the compiler than the machine's
// own. They give what they give everywhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache', 'pogcs-target');
const directory = process.env.POGCS_WASM ?? join(target, 'wasm32v1-none', 'release');
const module = new WebAssembly.Module(readFileSync(join(directory, 'pogcs_workloads_portable.wasm')));
const instance = () => new WebAssembly.Instance(module, {}).exports;

const count = instance().count();

test('there are samples of every kind', () => assert.equal(count, 6));

for (let index = 0; index < count; index += 1) {
  test(`sample ${index} gives what it gives everywhere`, () => {
    const { memory, run } = instance();
    const at = run(index);
    assert.notEqual(at, 0);
    const hex = (begin) => Buffer.from(memory.buffer, begin, 32).toString('hex');
    assert.equal(hex(at), hex(at + 32));
    assert.notEqual(hex(at), '0'.repeat(64));
  });
}
