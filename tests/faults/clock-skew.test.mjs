// The clock of one validator is wrong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { blocksBy, claim } from '../../scripts/lib/js/blocks.mjs';
import { account, NAMES, SLOT } from '../../scripts/lib/js/faults/four.mjs';
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';

const HONEST = NAMES.filter((name) => name !== 'dave');

/** Slots that a block may come before its own, since no two clocks are the same. */
const GRACE = 1;

/** What a node says of a block that comes earlier than that by its clock. */
const REFUSED = /slot too far in the future/;

/**
 * Sets dave's clock `slots` ahead for a while.
 * @returns how many slots too early a block came to the others, at most
 */
const wrong = async (scene, slots) => {
  let early = -Infinity;
  const { observer } = scene;
  // Who has the earlier clock of the two refuses the other's blocks at first.
  const refuses = slots > 0 ? HONEST : ['dave'];
  await scene.skew('dave', (slots * SLOT) / 1000);
  for (const { api } of scene.some(...HONEST)) {
    await api.rpc.chain.subscribeAllHeads((header) => {
      early = Math.max(early, claim(header).slot - Math.floor(Date.now() / SLOT));
    });
  }
  const skewed = observer.mark();
  const { finality_resume_s } = await observer.resumed(skewed, scene.some(...HONEST));
  await scene.allFinalise(20, scene.some(...HONEST));
  for (const name of HONEST) {
    assert.ok(await blocksBy(scene.nodes[name], account(name), skewed.top + 1), `${name} authors no more`);
  }
  assert.ok(early <= GRACE, `a block was taken ${early} slots before its own`);
  const said = scene.some(...refuses).map(({ log }) => readFileSync(log, 'utf8')).join('');
  assert.match(said, REFUSED, 'no block came too early: the clock was right');
  const late = await blocksBy(scene.nodes.alice, account('dave'), skewed.top + 1);
  const right = observer.mark();
  await scene.skew('dave', 0);
  const { all_nodes_s: catch_up_s } = await observer.resumed(right, scene.some());
  return { finality_resume_s, catch_up_s, early_slots: early, blocks_by_skewed: late };
};

const needs = ['clock'];

scenario(import.meta.url, 'finality should go on when one clock is two slots ahead', { needs }, (scene) => wrong(scene, 2));

scenario(import.meta.url, 'finality should go on when one clock is two slots behind', { needs }, (scene) => wrong(scene, -2));
