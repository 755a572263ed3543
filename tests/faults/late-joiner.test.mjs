// Nodes that join a chain which has changed its finality set.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { hashOf } from '../../scripts/lib/js/blocks.mjs';
import { account } from '../../scripts/lib/js/faults/four.mjs';
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';
import { SOME } from '../../scripts/lib/js/faults/scene.mjs';

/** An account's balance at a block, as storage has it. */
const balance = async (node, number) => {
  const key = node.api.query.system.account.key(account('alice'));
  return node.api._rpcCore.provider.send('state_getStorage', [key, await hashOf(node, number)]);
};

/** Starts a node and waits until it has what `alice` has. */
const join = async (scene, name, args) => {
  const { observer, nodes: { alice } } = scene;
  const target = await alice.finalized();
  const started = observer.mark();
  const node = await scene.add(name, args);
  await node.finalizes(target, 300);
  const { all_nodes_s } = await observer.resumed(started, [node]);
  await Promise.all([alice, node].map((one) => one.finalizes(target + SOME)));
  const final = Math.min(await alice.finalized(), await node.finalized());
  assert.equal(await hashOf(node, final), await hashOf(alice, final));
  assert.equal(await balance(node, final), await balance(alice, final));
  return { node, seconds: all_nodes_s };
};

const options = { parameters: { epochLength: 5, epochsPerEra: 2 }, guests: ['full', 'warp'] };

scenario(import.meta.url, 'late nodes should reach the finalised state when they sync fully or by warp', options, async (scene) => {
  const { nodes: { alice } } = scene;
  await waitFor('the finality set to change twice', async () => (await alice.api.query.grandpa.currentSetId()) >= 2, 300);
  const full = await join(scene, 'full', []);
  const warp = await join(scene, 'warp', ['--sync', 'warp']);
  assert.match(readFileSync(warp.node.log, 'utf8'), /State sync is complete/);
  await waitFor('the history to be fetched', () => hashOf(warp.node, 1), 180);
  return { join_full_s: full.seconds, join_warp_s: warp.seconds };
});
