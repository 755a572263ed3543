// A validator that signs twice is reported, slashed and barred, and the others go on (C3). The faulty
// one is `pogcs-faulty-node` in the first two scenarios, and an operator's mistake in the third.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, best, hashOf } from '../../scripts/lib/js/faults/blocks.mjs';
import { account, NAMES } from '../../scripts/lib/js/faults/four.mjs';
import { Scene } from '../../scripts/lib/js/faults/scene.mjs';
import { nobodyLost, stakes } from '../../scripts/lib/js/faults/stake.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { Heads } from './equivocation/heads.mjs';
import { isJust, only, verdict } from './equivocation/verdict.mjs';

const OFFENDER = 'dave';
const DAVE = account(OFFENDER);
const HONEST = NAMES.filter((name) => name !== OFFENDER);

/** Longer than any of these takes on a slow machine that has others to do. */
const LIMIT = 30 * 60 * 1000;

/** Four honest validators, of which `body` makes one an offender. */
const scenario = (title, options, body) => {
  test(title, { timeout: LIMIT }, async (t) => {
    const scene = new Scene();
    let passed = false;
    try {
      // So short that of three, too, fewer than five blocks are expected in an epoch: bad luck in the
      // draw marks nobody absent. And the sets that were announced before the offence are soon over.
      await scene.start({ parameters: { epochLength: 12 }, ...options });
      const heads = new Heads();
      await Promise.all(scene.some(...HONEST).map((node) => heads.watch(node)));
      await body(scene, heads, t);
      passed = true;
    } finally {
      const logs = process.env.POGCS_FAULTS_LOGS;
      if (!passed && logs) scene.keepLogs(join(logs, `equivocation-${Date.now()}`));
      await scene.stop();
    }
  });
};

/** Stops dave, and starts it again as the faulty program on the same data. */
const corrupt = async (scene, flag) => {
  await scene.stopNodes(OFFENDER);
  Object.assign(scene.nodes[OFFENDER], { program: 'pogcs-faulty-node', args: [flag] });
  await scene.startAgain(OFFENDER);
};

/** Waits for the verdict on dave after block `since`, which must be just. */
const sentence = async ({ nodes: { alice }, stakes: before }, since, t) => {
  const found = await verdict(alice, since);
  const who = await author(alice, found.hash);
  const stake = before.find(({ name }) => name === OFFENDER).booked;
  const periods = await isJust(alice, found, who, DAVE, stake);
  const barred = only(found.events, 'pogcs.AuthorBarred').map(({ data }) => data.validator.toString());
  assert.deepEqual(barred, [DAVE]);
  const reporter = NAMES.find((name) => account(name) === who);
  t.diagnostic(`block ${found.number}, by ${reporter}, has the report of ${periods.join(', ')}`);
  return { number: found.number, reporter, kinds: periods.map(({ type }) => type) };
};

/** Dave authors no more and leaves the sets of authors and of voters; the others go on. */
const goOnWithout = async (scene, { number }) => {
  const { alice } = scene.nodes;
  const honest = scene.some(...HONEST);
  await waitFor(
    'a set of authors without dave',
    async () => !(await alice.api.query.pogcs.authors()).some((one) => one.eq(DAVE)),
    300,
  );
  // Until here dave still had a vote. Now three of four must do.
  await scene.stopNodes(...Object.keys(scene.nodes).filter((name) => !HONEST.includes(name)));
  await scene.allFinalise(2, honest);
  await waitFor(
    'a set of voters of three',
    async () => (await alice.api.call.grandpaApi.grandpaAuthorities()).length === HONEST.length,
    300,
  );
  const last = await best(alice);
  await scene.allFinalise(2, honest);
  await Promise.all(honest.map((node) => node.finalizes(last)));

  for (let block = number + 1; block <= last; block += 1) {
    assert.notEqual(await author(alice, await hashOf(alice, block)), DAVE, `block ${block} is by one who is barred`);
  }
  const ofHonest = (all) => all.map((one) => (one.name === OFFENDER ? { ...one, booked: 0n, held: 0n } : one));
  for (const node of honest) nobodyLost(ofHonest(scene.stakes), await stakes(node));
  await scene.agree(honest);
  await scene.observer.nothingWasReverted(honest);
};

/** Honest nodes saw two blocks for one slot and built beside them, not upon them. */
const builtBeside = (heads, t) => {
  const twins = heads.twins(DAVE).length;
  assert.ok(twins > 0, 'dave made two blocks for one slot');
  const beside = heads.nobodyBuiltUponTwins(DAVE);
  assert.ok(beside > 0, 'somebody built on the parent of both');
  t.diagnostic(`two blocks in ${twins} slots; ${beside} honest blocks on their parents`);
};

scenario('two blocks for one slot should cost stake and weight', {}, async (scene, heads, t) => {
  const since = scene.observer.top;
  await corrupt(scene, '--equivocate-blocks');
  const { number, reporter, kinds } = await sentence(scene, since, t);
  assert.deepEqual(kinds, ['Epoch']);
  assert.ok(HONEST.includes(reporter), 'the offender does not report itself');
  assert.match(readFileSync(scene.nodes[reporter].log, 'utf8'), /reported the equivocation/);
  await goOnWithout(scene, { number });
  builtBeside(heads, t);
});

scenario('two votes in one round should cost stake and weight', {}, async (scene, heads, t) => {
  const since = scene.observer.top;
  await corrupt(scene, '--equivocate-votes');
  const { number, reporter, kinds } = await sentence(scene, since, t);
  assert.deepEqual(kinds, ['VoterSet']);
  assert.ok(HONEST.includes(reporter), 'the offender does not report itself');
  await goOnWithout(scene, { number });
});

scenario('a backup with the keys of one that runs should be punished once', { guests: ['backup'] }, async (scene, heads, t) => {
  const since = scene.observer.top;
  await scene.add('backup', [`--${OFFENDER}`, '--validator']);
  const { number, kinds } = await sentence(scene, since, t);
  await goOnWithout(scene, { number });
  if (kinds.includes('Epoch')) builtBeside(heads, t);
});
