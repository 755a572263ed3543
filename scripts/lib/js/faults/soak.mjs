// Faults at random until the time is up: soak.mjs MINUTES SEED
import { join } from 'node:path';
import { waitFor } from '../process.mjs';
import * as clock from './clock.mjs';
import { returnToDuty } from './duty.mjs';
import { NAMES, SLOT } from './four.mjs';
import { Scene } from './scene.mjs';

const [minutes, seed] = process.argv.slice(2).map(Number);

/** Mulberry32: the same numbers for the same seed. */
const generator = (state) => () => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const random = generator(seed);
const between = (least, most) => least + Math.floor(random() * (most - least + 1));
const shuffled = () => NAMES.map((name) => [random(), name]).sort(([a], [b]) => a - b).map(([, name]) => name);

const started = Date.now();
const say = (words) => console.error(`[${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s] ${words}`);

/** Each begins a fault and returns its words and how to end it. */
const faults = (scene) => {
  const { network } = scene;
  const kinds = {
    kill: async () => {
      const names = shuffled().slice(0, between(1, 4));
      await scene.kill(...names);
      return [`killed ${names}`, () => scene.startAgain(...names)];
    },
    pause: async () => {
      const names = shuffled().slice(0, between(1, 3));
      scene.pause(...names);
      return [`paused ${names}`, () => scene.goOn(...names)];
    },
    partition: async () => {
      const names = shuffled();
      const cut = between(1, 2);
      network.partition(names.slice(0, cut), names.slice(cut));
      return [`parted ${names.slice(0, cut)} from the others`, () => network.heal()];
    },
    delay: async () => {
      const least = between(100, 700);
      const most = least + between(50, 500);
      network.delay(least, most);
      return [`packets take ${least} to ${most} ms`, () => network.heal()];
    },
    skew: async () => {
      const [name] = shuffled();
      const seconds = between(1, 8) * (random() < 0.5 ? -1 : 1);
      await scene.skew(name, seconds);
      return [`the clock of ${name} is ${seconds} s ahead`, () => scene.skew(name, 0)];
    },
  };
  if (!network) ['partition', 'delay'].forEach((kind) => delete kinds[kind]);
  if (clock.impossible()) delete kinds.skew;
  return kinds;
};

const scene = new Scene();
let held = false;
try {
  await scene.start();
  const kinds = faults(scene);
  const until = Date.now() + minutes * 60_000;
  let count = 0;
  let worst = 0;
  while (Date.now() < until) {
    const kind = Object.keys(kinds)[between(0, Object.keys(kinds).length - 1)];
    const [words, end] = await kinds[kind]();
    const lasts = Date.now() + between(2, 25) * SLOT;
    say(words);
    await waitFor('the fault to have lasted', () => Date.now() >= lasts, 100);
    const mark = scene.observer.mark();
    await end();
    const { all_nodes_s } = await scene.observer.resumed(mark, scene.some(), 300);
    for (const name of NAMES) {
      if (await returnToDuty(scene.nodes.alice, name)) say(`${name} was marked absent and is back`);
    }
    await scene.observer.nothingWasReverted(scene.some());
    [count, worst] = [count + 1, Math.max(worst, all_nodes_s)];
    say(`over; all finalise after ${all_nodes_s} s; block ${scene.observer.top}`);
  }
  await scene.check();
  held = true;
  say(`${count} faults; finality was back on all nodes after ${worst} s at most`);
} catch (error) {
  say(error.stack);
  const logs = process.env.POGCS_FAULTS_LOGS;
  if (logs) scene.keepLogs(join(logs, `soak-${seed}`));
} finally {
  await scene.stop();
}
process.exit(held ? 0 : 1);
