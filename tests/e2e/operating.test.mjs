// What an operator looks at and does: health, metrics, alarms, going back, a copy of a database.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Chain } from '../../scripts/lib/js/chain.mjs';
import { program } from '../../scripts/lib/js/process.mjs';

const run = promisify(execFile);
const file = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const chain = new Chain('dev');
let alice, other;

before(async () => {
  alice = await chain.node('alice');
  other = await chain.node('other', { validator: false });
  await other.finalizes(3);
});
after(() => chain.stop());

/** Names of the metrics that a text speaks of. A histogram's series count as the histogram. */
const names = (text) =>
  new Set(
    [...text.matchAll(/\b(?:substrate|pogcs|process)_[a-z0-9_]+\b/g)]
      .map(([name]) => name.replace(/_(bucket|sum|count)$/, '')),
  );

/** Names of the metrics that the nodes have; one authors, the other imports. */
const scrape = async () => {
  const pages = await Promise.all(
    [alice, other].map(async (node) => (await fetch(`http://127.0.0.1:${node.metrics}/metrics`)).text()),
  );
  return new Set([...pages.join('').matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
};

test('every metric that alarms and dashboard read should exist', async () => {
  const have = await scrape();
  for (const path of ['ops/prometheus/alerts.yml', 'ops/grafana/dashboards/pogcs.json']) {
    const missing = [...names(file(path))].filter((name) => !have.has(name));
    assert.deepEqual(missing, [], path);
  }
});

test("the guide should explain every metric of the engine's, and no other", async () => {
  const ours = [...(await scrape())].filter((name) => /^pogcs_/.test(name)).sort();
  const rows = [...file('docs/metrics.md').matchAll(/^\| `(pogcs_[a-z_]+)/gm)].map(([, name]) => name);
  assert.deepEqual(rows.sort(), ours);
});

test('every alarm should be explained', () => {
  const guide = file('docs/operators.md');
  const alarms = [...file('ops/prometheus/alerts.yml').matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  assert.ok(alarms.length > 10);
  assert.deepEqual(alarms.filter((name) => !guide.includes(`| \`${name}\` |`)), []);
});

test('the health endpoints should answer', async () => {
  const health = await fetch(`http://127.0.0.1:${alice.rpc}/health`);
  assert.equal(health.status, 200);
  assert.deepEqual(await health.json(), { peers: 1, isSyncing: false, shouldHavePeers: false });
  const ready = await fetch(`http://127.0.0.1:${alice.rpc}/health/readiness`);
  assert.equal(ready.status, 200);
});

test('revert should take back unfinalised blocks only, and the node go on', async () => {
  // Not the only voter: what it has voted for in a round it does not take back.
  const final = await other.finalized();
  const hash = (await other.api.rpc.chain.getBlockHash(final)).toHex();
  await other.stop();
  const { stderr } = await run(program('pogcs-node'), [
    'revert', '1000', '--chain', 'dev', '--base-path', other.path,
  ]);
  assert.match(stderr, /Reverted \d+ blocks|There aren't any non-finalized blocks to revert/);
  await other.start();
  await other.finalizes(final + 3);
  assert.equal((await other.api.rpc.chain.getBlockHash(final)).toHex(), hash);
});

test("a copy of a stopped node's database should start another node", async () => {
  const final = await alice.finalized();
  await alice.stop();
  // The database only: with the node's key the copy would take its place in the network.
  const database = (node) => join(node, 'chains', 'pogcs_dev', 'paritydb');
  cpSync(database(alice.path), database(join(chain.directory.path, 'copy')), { recursive: true });
  const copy = await chain.node('copy', { validator: false });
  assert.ok((await copy.finalized()) >= final);
  await alice.start();
  await copy.finalizes(final + 3);
});
