// Every head that any node imports, who made it, and when each node had it.
import assert from 'node:assert/strict';
import { claim } from '../../../scripts/lib/js/blocks.mjs';
import { account, NAMES, SLOT } from '../../../scripts/lib/js/faults/four.mjs';

export class Heads {
  /** By hash: the block, and when (ms) each node had it. */
  #blocks = new Map();

  /** By hash: when each node had it as final. */
  #finals = new Map();

  /** Records what a node sees from now on. */
  async watch(node) {
    await node.api.rpc.chain.subscribeAllHeads((header) => this.#head(node, header));
    await node.api.rpc.chain.subscribeFinalizedHeads((header) => {
      const hash = header.hash.toHex();
      if (!this.#finals.has(hash)) this.#finals.set(hash, new Map());
      this.#finals.get(hash).set(node.name, Date.now());
    });
  }

  #head({ name }, header) {
    const hash = header.hash.toHex();
    if (!this.#blocks.has(hash)) {
      this.#blocks.set(hash, { hash, parent: header.parentHash.toHex(), ...claim(header), seen: new Map() });
    }
    const { seen } = this.#blocks.get(hash);
    if (!seen.has(name)) seen.set(name, Date.now());
  }

  /**
   * Finds out who made each block, by the sets that the chain remembers. The state of a fork, which
   * would tell it too, is gone as soon as another block is final.
   */
  async attribute(node) {
    const { index, startSlot, endSlot } = await node.engine('epoch');
    const sets = new Map();
    for (const block of this.#blocks.values()) {
      const epoch = index + Math.floor((block.slot - startSlot) / (endSlot - startSlot));
      if (!sets.has(epoch)) sets.set(epoch, (await node.api.query.pogcs.history(epoch)).unwrap());
      block.author = sets.get(epoch)[block.place].account.toString();
    }
  }

  /** The blocks of each slot for which the account made more than one. */
  twins(who) {
    const slots = new Map();
    for (const block of this.#blocks.values()) {
      if (block.author === who) slots.set(block.slot, [...(slots.get(block.slot) ?? []), block]);
    }
    return [...slots.values()].filter((blocks) => blocks.length > 1);
  }

  /**
   * No honest author built on one of two blocks for one slot, unless it could not have both when its
   * own slot began, or one of them was final for it.
   * @returns how many honest blocks were built on a parent of such blocks instead
   */
  nobodyBuiltUponTwins(offender) {
    let beside = 0;
    for (const blocks of this.twins(offender)) {
      const [{ slot }] = blocks;
      // Two machines with the same keys need not build on the same block.
      const parents = blocks.map(({ parent }) => parent);
      for (const child of this.#blocks.values()) {
        if (child.author === offender || child.slot <= slot) continue;
        if (parents.includes(child.parent)) beside += 1;
        const upon = blocks.find(({ hash }) => hash === child.parent);
        if (!upon) continue;
        const by = NAMES.find((name) => account(name) === child.author);
        const knewBoth = blocks.every(({ seen }) => seen.get(by) < child.slot * SLOT);
        const wasFinal = blocks.some(({ hash }) => this.#finals.get(hash)?.get(by) <= child.seen.get(by));
        assert.ok(!knewBoth || wasFinal, `${by} built ${child.hash} on ${upon.hash}, one of two for slot ${slot}`);
      }
    }
    return beside;
  }
}
