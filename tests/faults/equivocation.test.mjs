// A validator that signs twice is reported, slashed and barred, and the others go on (C3). The faulty
// one is `pogcs-faulty-node` in the first two scenarios, and an operator's mistake in the third.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, best, hashOf } from '../../scripts/lib/js/blocks.mjs';
import { account, NAMES } from '../../scripts/lib/js/faults/four.mjs';
import { Scene } from '../../scripts/lib/js/faults/scene.mjs';
import { nobodyLost, stakes } from '../../scripts/lib/js/faults/stake.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { Heads } from './equivocation/heads.mjs';
import { firstVerdict, isJust, only, seat, verdicts } from './equivocation/verdict.mjs';

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
      scene.seat = await seat(scene.nodes.alice, DAVE);
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

/** A verdict on dave that is just; the kinds of what it did, and who reported it. */
const judge = async ({ nodes: { alice }, seat: mine }, found, t) => {
  const who = await author(alice, found.hash);
  const periods = await isJust(alice, found, who, mine);
  const reporter = NAMES.find((name) => account(name) === who);
  t.diagnostic(`block ${found.number}, by ${reporter}, has the report of ${periods.join(', ')}`);
  return { reporter, periods };
};

/** Waits for the first verdict, by which dave is barred; the number of its block. */
const barred = async ({ nodes: { alice } }, since) => {
  const { number, events } = await firstVerdict(alice, since);
  const who = only(events, 'pogcs.AuthorBarred').map(({ data }) => data.validator.toString());
  assert.deepEqual(who, [DAVE]);
  return number;
};

/** Dave authors no more and leaves the sets of authors and of voters; the others go on. */
const goOnWithout = async (scene, number) => {
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

/** What follows from dave's offence after block `since`; the kinds of it, and who reported. */
const justice = async (scene, since, t) => {
  const { alice } = scene.nodes;
  await goOnWithout(scene, await barred(scene, since));
  const all = [];
  for (const found of await verdicts(alice, since, await alice.finalized())) all.push(await judge(scene, found, t));
  const periods = all.flatMap((one) => one.periods);
  assert.equal(new Set(periods.map(String)).size, periods.length, 'nobody is punished twice for one period');
  return { kinds: new Set(periods.map(({ type }) => type)), reporters: all.map(({ reporter }) => reporter) };
};

/** Honest nodes saw two blocks for one slot and built beside them, not upon them. */
const builtBeside = async ({ nodes: { alice } }, heads, t) => {
  await heads.attribute(alice);
  const twins = heads.twins(DAVE).length;
  assert.ok(twins > 0, 'dave made two blocks for one slot');
  const beside = heads.nobodyBuiltUponTwins(DAVE);
  t.diagnostic(`two blocks in ${twins} slots; ${beside} honest blocks on their parents`);
  return beside;
};

scenario('two blocks for one slot should cost stake and weight', {}, async (scene, heads, t) => {
  const since = scene.observer.top;
  await corrupt(scene, '--equivocate-blocks');
  const { kinds, reporters } = await justice(scene, since, t);
  assert.deepEqual([...kinds], ['Epoch']);
  for (const reporter of reporters) {
    assert.ok(HONEST.includes(reporter), 'the offender does not report itself');
    assert.match(readFileSync(scene.nodes[reporter].log, 'utf8'), /reported the equivocation/);
  }
  assert.ok((await builtBeside(scene, heads, t)) > 0, 'somebody built on the parent of both');
});

scenario('two votes in one round should cost stake and weight', {}, async (scene, heads, t) => {
  const since = scene.observer.top;
  await corrupt(scene, '--equivocate-votes');
  const { kinds } = await justice(scene, since, t);
  // Its own node may be the one that reports: started in the middle of a round, finality's voter does
  // not take the vote for its own. It gets nothing for that, as `judge` has seen.
  assert.deepEqual([...kinds], ['VoterSet']);
});

const twice = 'a backup that runs with the same keys should be punished once for each period';
scenario(twice, { guests: ['backup'] }, async (scene, heads, t) => {
  const since = scene.observer.top;
  await scene.add('backup', [`--${OFFENDER}`, '--validator']);
  const { kinds } = await justice(scene, since, t);
  // Which of the two it does first, and whether it does both before it is stopped, is chance. So is
  // whether others had both blocks when they built.
  if (kinds.has('Epoch')) await builtBeside(scene, heads, t);
});
