// The disk of one validator is full.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { Disk } from '../../scripts/lib/js/faults/disk.mjs';
import { scenario } from '../../scripts/lib/js/faults/scenario.mjs';

const MEGABYTES = 256;

/** The operating system's words for ENOSPC, which every error about it has. */
const FULL = /No space left on device/;

let disk;
const paths = (scene) => {
  disk = scene.keep(new Disk(join(scene.chain.directory.path, 'dave'), MEGABYTES));
  return { dave: join(disk.path, 'data') };
};

scenario(import.meta.url, 'a node should say so and recover when its disk is full', { needs: ['disk'], paths }, async (scene) => {
  const { observer, nodes: { dave } } = scene;
  const three = scene.some('alice', 'bob', 'charlie');
  disk.fill();
  const filled = observer.mark();
  const { finality_resume_s } = await observer.resumed(filled, three);
  await waitFor('dave to say that its disk is full', () => FULL.test(readFileSync(dave.log, 'utf8')), 300);

  // It may stop by itself or stand still, but not go on.
  const finalized = () => dave.finalized().catch(() => undefined);
  const stands = await finalized();
  await scene.allFinalise(8, three);
  const still = await finalized();
  assert.ok(still === undefined || still === stands, `dave went on to ${still} with a full disk`);

  await scene.kill('dave');
  disk.free();
  const freed = observer.mark();
  await scene.startAgain('dave');
  const { all_nodes_s: catch_up_s } = await observer.resumed(freed, [dave]);
  return { finality_resume_s, catch_up_s, stopped_itself: still === undefined };
});
