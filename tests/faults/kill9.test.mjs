// One of four validators is killed and comes back.
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { author, best, hashOf } from '../../scripts/lib/js/blocks.mjs';
import { account } from '../../scripts/lib/js/faults/four.mjs';
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';

scenario(import.meta.url, 'finality should go on when one of four validators is killed', {}, async (scene) => {
  const { observer, nodes: { alice, dave } } = scene;
  await scene.kill('dave');
  const killed = observer.mark();
  const { finality_resume_s } = await observer.resumed(killed, scene.some('alice', 'bob', 'charlie'));
  await scene.allFinalise(8, scene.some('alice', 'bob', 'charlie'));

  const back = observer.mark();
  await scene.startAgain('dave');
  const { all_nodes_s: catch_up_s } = await observer.resumed(back, [dave]);
  const from = await best(alice);
  await waitFor('dave to author again', async () => {
    for (let number = await best(alice); number > from; number -= 1) {
      if ((await author(alice, await hashOf(alice, number))) === account('dave')) return true;
    }
    return false;
  }, 180);

  // Without charlie there are two thirds only if dave votes.
  await scene.kill('charlie');
  await scene.allFinalise(4, scene.some('alice', 'bob', 'dave'));
  await scene.startAgain('charlie');
  return { finality_resume_s, catch_up_s };
});
