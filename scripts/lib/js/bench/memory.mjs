// What a node takes of memory when it has authored and finalised for ten minutes, beside the peer.
import { readFileSync } from 'node:fs';
import { OURS, PEER, solo } from './node.mjs';

const SECONDS = 600;
const STEP = 30;

/** A slot is 3 s; a node that finalised fewer than half of its blocks was not at work. */
const LEAST = SECONDS / 3 / 2;

/** What is resident of a process, in megabytes of 10^6 bytes. */
const resident = (pid) => {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!kib) throw new Error(`/proc/${pid}/status has no VmRSS`);
  return (Number(kib[1]) * 1024) / 1e6;
};

export const memory = {
  needs: ['programs', 'peer'],
  measure: async ([name], say) => {
    // Both at once: memory, unlike time, is not what they take from each other.
    const nodes = [await solo(OURS), await solo(PEER)];
    await Promise.all(nodes.map((node) => node.finalizes(1)));
    for (let passed = 0; passed < SECONDS; passed += STEP) {
      await new Promise((resolve) => setTimeout(resolve, STEP * 1000));
      const sizes = nodes.map(({ pid }) => `${resident(pid).toFixed(1)} MB`);
      say(`${passed + STEP} of ${SECONDS} s: block ${await nodes[0].finalized()} is final, ${sizes.join(' and ')}`);
    }
    const [value, peer_value] = nodes.map(({ pid }) => resident(pid));
    for (const node of nodes) {
      const final = await node.finalized();
      if (final < LEAST) throw new Error(`a node finalised ${final} blocks in ${SECONDS} s: ${node.tail()}`);
      await node.stop();
    }
    return [{ name, value, unit: 'MB', peer: PEER.name, peer_value, ratio: value / peer_value }];
  },
};
