// Two of four validators are killed: no two thirds are left.
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';
import { goesOnWithoutFinality } from '../../scripts/lib/js/faults/scene.mjs';

scenario(import.meta.url, 'finality should resume when two of four validators come back', {}, async (scene) => {
  const { observer, nodes: { alice } } = scene;
  await scene.kill('charlie', 'dave');
  const unfinalised = await goesOnWithoutFinality(alice);
  const back = observer.mark();
  await scene.startAgain('charlie', 'dave');
  return { ...(await observer.resumed(back, scene.some())), unfinalised };
});
