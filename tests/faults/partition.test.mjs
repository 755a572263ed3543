// The network breaks in two and heals.
import assert from 'node:assert/strict';
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';
import { goesOnWithoutFinality, SOME } from '../../scripts/lib/js/faults/scene.mjs';

const needs = ['network'];

scenario(import.meta.url, 'finality should wait when the network breaks two to two', { needs }, async (scene) => {
  const { network, observer, nodes: { alice, charlie } } = scene;
  network.partition(['alice', 'bob'], ['charlie', 'dave']);
  // Long enough for connections to be given up, and for an era to end without finality.
  const unfinalised = await Promise.all([alice, charlie].map((node) => goesOnWithoutFinality(node, 4 * SOME)));
  const healed = observer.mark();
  network.heal();
  return { ...(await observer.resumed(healed, scene.some())), unfinalised: Math.max(...unfinalised) };
});

scenario(import.meta.url, 'three should go on when the network breaks three to one', { needs }, async (scene) => {
  const { network, observer, nodes: { dave } } = scene;
  const three = scene.some('alice', 'bob', 'charlie');
  network.partition(['alice', 'bob', 'charlie'], ['dave']);
  const broken = observer.mark();
  const { finality_resume_s } = await observer.resumed(broken, three);
  await scene.allFinalise(2 * SOME, three);
  const left = await dave.finalized();
  await scene.allFinalise(SOME, three);
  assert.equal(await dave.finalized(), left, 'dave finalised alone');
  const healed = observer.mark();
  network.heal();
  const { all_nodes_s: catch_up_s } = await observer.resumed(healed, [dave]);
  return { finality_resume_s, catch_up_s };
});
