// One node alone on a development chain: ours, or the peer that it is measured beside.
import { WsProvider } from '@polkadot/api';
import { join } from 'node:path';
import { freePort, listens, program, scratch, start, waitFor } from '../process.mjs';
import { writeSpec } from '../spec.mjs';
import { later } from './cleanup.mjs';

/** Slots of an interval of a production chain: an hour. */
const HOUR = 1200;

/**
 * Our node, and the peer with its name. On a development chain an interval ends every minute, and the
 * SDK's session pallet leaves no room for transactions in the block after that; so ours has the
 * intervals of a production chain.
 */
export const OURS = {
  program: 'pogcs-node',
  chain: (directory) => writeSpec(join(directory, 'spec.json'), 'dev', (genesis) => {
    genesis.pogcs.parameters.epochLength = HOUR;
  }),
};
export const PEER = { program: 'pogcs-bench-aura-node', name: 'Aura + GRANDPA', chain: () => 'dev' };

/**
 * Starts a node that authors and finalises alone.
 * @param kind OURS or PEER
 * @param args options beside the usual ones
 */
export const solo = async (kind, args = []) => {
  const directory = scratch(kind.program);
  const [port, rpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const chain = await kind.chain(directory.path);
  const running = start(
    program(kind.program),
    [
      '--chain', chain, '--alice', '--validator', '--force-authoring',
      '--base-path', directory.path, '--listen-addr', `/ip4/127.0.0.1/tcp/${port}`,
      '--rpc-port', `${rpc}`, '--prometheus-port', `${metrics}`, '--no-mdns',
      '--unsafe-force-node-key-generation', '--no-telemetry', ...args,
    ],
    join(directory.path, 'log'),
  );
  let provider;
  const halt = async () => {
    await provider?.disconnect();
    await running.stop();
    directory.remove();
  };
  const halted = later(halt);
  // A program that is missing never starts, and one that has failed never listens.
  const failed = Promise.race([
    new Promise((_, reject) => running.child.once('error', reject)),
    running.ended.then(() => Promise.reject(new Error(`${kind.program} has ended: ${running.tail()}`))),
  ]);
  failed.catch(() => {});
  await Promise.race([waitFor(`${kind.program} to listen`, () => listens(rpc), 180), failed]);
  const url = `ws://127.0.0.1:${rpc}`;
  provider = new WsProvider(url, 500);
  await Promise.race([provider.isReady, failed]);

  /** Number of the best finalised block. */
  const finalized = async () => {
    const head = await provider.send('chain_getFinalizedHead', []);
    return Number((await provider.send('chain_getHeader', [head])).number);
  };
  return {
    url,
    pid: running.child.pid,
    tail: running.tail,
    finalized,
    finalizes: (number, seconds = 180) =>
      waitFor(`${kind.program} to finalise block ${number}`, async () => (await finalized()) >= number, seconds),
    stop: async () => {
      halted();
      await halt();
    },
  };
};
