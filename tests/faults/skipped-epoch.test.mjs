// All validators are stopped for more than an epoch.
import assert from 'node:assert/strict';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { EPOCH, SLOT } from '../../scripts/lib/js/faults/four.mjs';
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';

const authorities = async ({ api }) => (await api.query.pogcs.authorities()).toJSON();
const announced = async ({ api }) => (await api.query.pogcs.nextAuthorities()).toJSON();

scenario(import.meta.url, 'the chain should resume when all were stopped for an epoch', {}, async (scene) => {
  const { observer, nodes: { alice } } = scene;
  const [before, next] = [await alice.engine('epoch'), await announced(alice)];
  await scene.stopNodes();
  // Whatever epoch the last block was in, one without any block lies between.
  const resumes = before.endSlot + 2 * EPOCH;
  await waitFor('an epoch to pass', () => Date.now() >= resumes * SLOT, 600);

  const back = observer.mark();
  await scene.startAgain();
  const resumed = await observer.resumed(back, scene.some(), 600);
  const after = await alice.engine('epoch');
  assert.ok(after.index >= before.index + 3, `epoch ${after.index} follows ${before.index}`);
  assert.deepEqual(await authorities(alice), next);
  return { ...resumed, epochs_skipped: after.index - before.index - 1 };
});
