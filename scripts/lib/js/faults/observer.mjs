// Watches finality on all nodes: that it is never reverted, and how long it takes to resume.
import assert from 'node:assert/strict';
import { waitFor } from '../process.mjs';
import { hashOf } from '../blocks.mjs';

export class Observer {
  /** By number: the hash that is final, and when (ms) each node had it. */
  #finals = new Map();

  /** By node: the last number recorded. */
  #last = new Map();

  /** What must not be, and errors of asking. */
  #faults = [];

  /** The highest number that is final on any node. */
  top = 0;

  /** Records what a node finalises from now on; to be called again when it was restarted. */
  async watch(node) {
    await node.api.rpc.chain.subscribeFinalizedHeads((header) => {
      const at = Date.now();
      this.#record(node, header.number.toNumber(), header.hash.toHex(), at)
        // A node that is killed while it is asked is no fault; `nothingWasReverted` asks again.
        .catch(() => {});
    });
  }

  async #record(node, number, hash, at) {
    const first = (this.#last.get(node.name) ?? number - 1) + 1;
    this.#last.set(node.name, Math.max(number, first - 1));
    this.#final(node, number, hash, at);
    // One notification stands for all blocks that became final with it.
    for (let between = first; between < number; between += 1) {
      this.#final(node, between, await hashOf(node, between), at);
    }
  }

  #final(node, number, hash, at) {
    if (!this.#finals.has(number)) this.#finals.set(number, { hash, seen: new Map() });
    const final = this.#finals.get(number);
    if (final.hash !== hash) {
      this.#faults.push(`${node.name} finalised ${hash} at ${number}, where ${final.hash} was final`);
    }
    if (!final.seen.has(node.name)) final.seen.set(node.name, at);
    this.top = Math.max(this.top, number);
  }

  /** This moment, for `resumed`. */
  mark() {
    return { at: Date.now(), top: this.top };
  }

  /**
   * Waits until each of `nodes` has finalised a block that was not final on any node at the mark.
   * @returns seconds from the mark until the first node had one, and until the last had
   */
  async resumed(mark, nodes, seconds = 300) {
    const lines = await waitFor(`${nodes.map(({ name }) => name)} to finalise more than ${mark.top}`, () => {
      const times = nodes.map(({ name }) => this.#first(mark.top, name));
      return times.every(Boolean) && times;
    }, seconds);
    const since = (at) => Math.round((at - mark.at) / 100) / 10;
    return { finality_resume_s: since(Math.min(...lines)), all_nodes_s: since(Math.max(...lines)) };
  }

  /** When a node had its first final block above `number`. */
  #first(number, name) {
    const times = [...this.#finals].filter(([n]) => n > number).map(([, { seen }]) => seen.get(name)).filter(Boolean);
    return times.length ? Math.min(...times) : undefined;
  }

  /** No node ever finalised another block than the others, and none has left what was final. */
  async nothingWasReverted(nodes) {
    for (const node of nodes) {
      const last = await node.finalized();
      assert.ok(this.#finals.size > 0 && last > 0, `${node.name} has finalised nothing`);
      const numbers = [...this.#finals.keys()].filter((number) => number <= last);
      const hashes = await Promise.all(numbers.map((number) => hashOf(node, number)));
      for (const [i, number] of numbers.entries()) this.#final(node, number, hashes[i], Date.now());
    }
    assert.deepEqual(this.#faults, []);
  }
}
