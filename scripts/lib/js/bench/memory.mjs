// What a node takes of memory when it has authored and finalised for ten minutes.
import { readFileSync } from 'node:fs';
import { Chain } from '../chain.mjs';
import { later } from './cleanup.mjs';

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
  needs: ['programs'],
  measure: async ([name], say) => {
    const chain = new Chain('dev');
    const done = later(() => chain.stop());
    // Alone it would wait for peers before it authors.
    const node = await chain.node('alice', { args: ['--force-authoring'] });
    await node.finalizes(1);
    for (let passed = 0; passed < SECONDS; passed += STEP) {
      await new Promise((resolve) => setTimeout(resolve, STEP * 1000));
      const final = await node.finalized();
      say(`${passed + STEP} of ${SECONDS} s: block ${final} is final, ${resident(node.process.child.pid).toFixed(1)} MB`);
    }
    const value = resident(node.process.child.pid);
    const final = await node.finalized();
    if (final < LEAST) throw new Error(`the node finalised ${final} blocks in ${SECONDS} s: ${node.process.tail()}`);
    done();
    await chain.stop();
    return [{ name, value, unit: 'MB' }];
  },
};
