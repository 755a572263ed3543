// A validator is away for longer than an epoch in which blocks were expected of it, and comes back.
import assert from 'node:assert/strict';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { author, best, hashOf } from '../../scripts/lib/js/blocks.mjs';
import { isAbsent, returnToDuty } from '../../scripts/lib/js/faults/duty.mjs';
import { account } from '../../scripts/lib/js/faults/four.mjs';
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';

// Ten blocks expected of each: that one who is there makes none is then as good as impossible.
const parameters = { epochLength: 40, minAuthorities: 3 };

/** Two epochs of notice, one of absence and one that was begun, with time to spare. */
const SEVERAL_EPOCHS = 5 * 40 * 3;

const DAVE = account('dave');

scenario(import.meta.url, 'an absent validator should leave the set and come back with its stake', { parameters }, async (scene) => {
  const { observer, nodes: { alice, dave } } = scene;
  const three = scene.some('alice', 'bob', 'charlie');
  const authors = async () => (await alice.api.query.pogcs.authors()).map(String);
  assert.ok((await authors()).includes(DAVE));

  await scene.kill('dave');
  const killed = observer.mark();
  const { finality_resume_s } = await observer.resumed(killed, three);
  await waitFor('dave to be marked absent', () => isAbsent(alice, 'dave'), SEVERAL_EPOCHS);
  await waitFor('a set without dave', async () => !(await authors()).includes(DAVE), SEVERAL_EPOCHS);
  await waitFor(
    'voters without dave',
    async () => (await alice.api.call.grandpaApi.grandpaAuthorities()).length === 3,
    SEVERAL_EPOCHS,
  );
  await scene.allFinalise(4, three);
  for (const name of ['alice', 'bob', 'charlie']) assert.ok(!(await isAbsent(alice, name)), `${name} was there`);

  await scene.startAgain('dave');
  await dave.finalizes(observer.top);
  assert.ok(await returnToDuty(alice, 'dave'));
  await waitFor('a set with dave', async () => (await authors()).includes(DAVE), SEVERAL_EPOCHS);
  await waitFor('a block by dave', async () => (await author(alice, await hashOf(alice, await best(alice)))) === DAVE, 180);
  assert.ok(!(await isAbsent(alice, 'dave')));
  return { finality_resume_s };
});
