// Goes round the loop once on a fresh chain; exits 0 only if every step held. The last line of its
// output is one JSON object.
import { waitFor } from '../process.mjs';
import { digits } from './digits.mjs';
import { GCS, World } from './world.mjs';

const started = Date.now();
const seconds = () => Math.round((Date.now() - started) / 1000);
const say = (words) => console.error(`[${String(seconds()).padStart(4)} s] ${words}`);

/** The devices' last words, for when a step does not hold. */
const lastWords = (world) =>
  world.devices.map(({ name, last }) => `${name}: ${last?.text ?? 'nothing'}`).join('\n  ');

const world = new World(say);
let code = 1;
const summary = {
  finalized: 0, tasks_paid: 0, proofs_verified: 0, paid: '0', weight_before: 0, weight_after: 0,
  seconds: 0,
};
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => world.stop().then(() => process.exit(130)));
}
try {
  await world.startChain();
  await world.register();
  const earlier = await world.weights();
  summary.weight_before = earlier.Alice.next;
  world.startDevices();

  const owner = async () =>
    (await world.api.query.system.account(world.owner.address)).data.free.toBigInt();
  const before = await owner();
  const task = await world.openTask(0, 4);
  say('opened a task of four chunks; devices accept, work, and are bound to their results');
  let shown = '';
  const paid = await waitFor(
    'four chunks to be proven and paid',
    async () => {
      const chunks = await world.chunks(task);
      const now = chunks.map(({ state }) => state).join(' ');
      if (now !== shown) say(`chunks: ${now}`);
      shown = now;
      return chunks.every(({ state }) => state === 'Paid') && chunks;
    },
    900,
  );
  summary.tasks_paid = 1;
  summary.proofs_verified = (await world.api.query.proofs.nullifiers.keys()).length;
  const right = paid.flatMap(({ scores, images }) =>
    digits(scores).map((digit, i) => digit === images[i].label),
  );
  say(`the network read ${right.filter(Boolean).length} of ${right.length} digits right`);
  // The owner also pays for nothing in between, so what it has more is what it was paid.
  summary.paid = ((await owner()) - before).toString();

  say('waiting for the work to move the weights');
  const after = await waitFor(
    "a validator's weight to move",
    async () => {
      const now = await world.weights();
      return now.Alice.next !== summary.weight_before && now;
    },
    300,
  );
  summary.weight_after = after.Alice.next;
  summary.finalized = await world.node.finalized();

  const checks = {
    'blocks are final': summary.finalized > 0,
    'four proofs were verified': summary.proofs_verified === 4,
    'the owner was paid four rewards': BigInt(summary.paid) === 4n * 5n * GCS,
    'the weights moved': summary.weight_after !== summary.weight_before,
    'work, not stake, moved them': Object.values(after).some(({ average }) => average > 0),
  };
  for (const [what, holds] of Object.entries(checks)) say(`${holds ? 'held' : 'FAILED'}: ${what}`);
  code = Object.values(checks).every(Boolean) ? 0 : 1;
} catch (error) {
  say(`FAILED: ${error.message}\n  ${lastWords(world)}`);
} finally {
  await world.stop();
}
summary.seconds = seconds();
console.log(JSON.stringify(summary));
process.exit(code);
