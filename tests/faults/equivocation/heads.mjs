// Every head that any node imports, who made it, and when each node had it.
import assert from 'node:assert/strict';
import { author, claim } from '../../../scripts/lib/js/faults/blocks.mjs';
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

  async #head(node, header) {
    const hash = header.hash.toHex();
    if (!this.#blocks.has(hash)) {
      const { slot } = claim(header);
      this.#blocks.set(hash, { hash, parent: header.parentHash.toHex(), slot, seen: new Map() });
    }
    const block = this.#blocks.get(hash);
    if (!block.seen.has(node.name)) block.seen.set(node.name, Date.now());
    // Now, because the state of a fork is gone once another block is final. Whichever node answers.
    block.author ??= await author(node, hash).catch(() => undefined);
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
   * @returns how many honest blocks were built on the parent of such blocks instead
   */
  nobodyBuiltUponTwins(offender) {
    let beside = 0;
    for (const blocks of this.twins(offender)) {
      const [{ slot, parent }] = blocks;
      for (const child of this.#blocks.values()) {
        assert.ok(child.author, `nobody could tell who made ${child.hash}`);
        if (child.author === offender || child.slot <= slot) continue;
        if (child.parent === parent) beside += 1;
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
