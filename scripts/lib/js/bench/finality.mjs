// How long after the start of its slot a block is final, on a chain of three validators.
import { claim } from '../blocks.mjs';
import { Chain } from '../chain.mjs';
import { waitFor } from '../process.mjs';
import { later } from './cleanup.mjs';

const BLOCKS = 60;

/** The first ones wait for the validators to find each other. */
const FIRST = 10;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export const finality = {
  needs: ['programs'],
  measure: async ([name], say) => {
    const chain = new Chain('local');
    const done = later(() => chain.stop());
    const alice = await chain.node('alice');
    for (const other of ['bob', 'charlie']) await chain.node(other);
    const { slotDuration } = await alice.engine('epoch');
    await alice.finalizes(FIRST);
    say(`${FIRST} blocks are final; measuring ${BLOCKS}`);

    const delays = [];
    let last = await alice.finalized();
    let failure;
    // A subscription tells of the last of several blocks that became final at once.
    const unsubscribe = await alice.api.rpc.chain.subscribeFinalizedHeads(async (head) => {
      const now = Date.now();
      const from = last + 1;
      last = Math.max(last, head.number.toNumber());
      try {
        for (let number = from; number <= head.number.toNumber(); number += 1) {
          const hash = await alice.api.rpc.chain.getBlockHash(number);
          delays.push(now - claim(await alice.api.rpc.chain.getHeader(hash)).slot * slotDuration);
        }
      } catch (error) {
        failure ??= error;
      }
    });
    await waitFor(
      `${BLOCKS} blocks to be final`,
      () => failure !== undefined || delays.length >= BLOCKS,
      BLOCKS * 10,
    );
    unsubscribe();
    if (failure) throw failure;
    const seconds = delays.map((delay) => delay / 1000);
    say(`of ${seconds.length} blocks the quickest took ${Math.min(...seconds).toFixed(2)} s, the slowest ${Math.max(...seconds).toFixed(2)} s`);
    done();
    await chain.stop();
    return [{ name, value: median(seconds), unit: 's' }];
  },
};
