// Every packet takes long, and each another time.
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';

scenario(import.meta.url, 'finality should go on when packets take up to a second', { needs: ['network'] }, async (scene) => {
  const { network, observer } = scene;
  const slow = observer.mark();
  network.delay(500, 1_000);
  const { finality_resume_s } = await observer.resumed(slow, scene.some());
  await scene.allFinalise(12, scene.some(), 600);
  const seconds = (Date.now() - slow.at) / 1000;
  const seconds_per_final_block = Math.round((10 * seconds) / (observer.top - slow.top)) / 10;
  network.heal();
  return { finality_resume_s, seconds_per_final_block };
});
