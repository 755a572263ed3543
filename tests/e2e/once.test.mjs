// The loop once on a fresh chain: it ends well only if every step held, the weight's move included.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const once = new URL('../../scripts/lib/js/loop/once.mjs', import.meta.url).pathname;

test('the loop should go round once', async () => {
  const { stdout } = await promisify(execFile)('node', [once], { maxBuffer: 1 << 26 });
  const summary = JSON.parse(stdout.trim().split('\n').at(-1));
  assert.equal(summary.proofs_verified, 4);
  assert.notEqual(summary.weight_after, summary.weight_before);
});
