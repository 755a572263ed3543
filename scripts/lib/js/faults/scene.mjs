// Four validators, what can be done to them, and what must hold whatever was done.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Chain, loopback } from '../chain.mjs';
import { waitFor } from '../process.mjs';
import { best, hashOf } from '../blocks.mjs';
import { skewed } from './clock.mjs';
import { fourSpec, NAMES } from './four.mjs';
import { Network } from './network.mjs';
import { Observer } from './observer.mjs';
import { inside } from './sandbox.mjs';
import { nobodyLost, stakes } from './stake.mjs';

/** Blocks that show that something goes on. */
export const SOME = 4;

export class Scene {
  nodes = {};

  observer = new Observer();

  #disks = [];

  /**
   * Starts the four and waits until they finalise.
   * @param options.parameters the chain's, where they differ
   * @param options.guests names of machines for nodes that come later
   * @param options.paths where data is, by name, if not in the chain's directory
   */
  async start({ parameters, guests = [], paths = () => ({}) } = {}) {
    this.chain = new Chain();
    this.chain.spec = await fourSpec(this.chain.directory.path, parameters);
    if (inside) this.network = await Network.of([...NAMES, ...guests]);
    this.paths = paths(this);
    const [first, ...others] = NAMES;
    await this.add(first);
    await Promise.all(others.map((name) => this.add(name)));
    await this.allFinalise(2);
    this.stakes = await stakes(this.nodes[first]);
  }

  /** Starts a node; the four validate. */
  async add(name, args = []) {
    const node = await this.chain.node(name, {
      validator: NAMES.includes(name), args, place: this.network?.place(name) ?? loopback, path: this.paths[name],
    });
    this.nodes[name] = node;
    await this.#follow(node);
    return node;
  }

  /** Nodes by name, all without names. */
  some(...names) {
    return names.length ? names.map((name) => this.nodes[name]) : Object.values(this.nodes);
  }

  kill(...names) {
    return Promise.all(this.some(...names).map((node) => node.stop('SIGKILL')));
  }

  stopNodes(...names) {
    return Promise.all(this.some(...names).map((node) => node.stop()));
  }

  startAgain(...names) {
    return Promise.all(this.some(...names).map(async (node) => {
      await node.start();
      await this.#follow(node);
    }));
  }

  async #follow(node) {
    // It would call for a node that has stopped, and fill the screen.
    node.process.ended.then(() => node.api.disconnect()).catch(() => {});
    await this.observer.watch(node);
  }

  pause(...names) {
    for (const node of this.some(...names)) node.process.child.kill('SIGSTOP');
  }

  goOn(...names) {
    for (const node of this.some(...names)) node.process.child.kill('SIGCONT');
  }

  /** Starts a node again with a clock that is `seconds` ahead. */
  async skew(name, seconds) {
    await this.stopNodes(name);
    this.nodes[name].env = seconds === 0 ? {} : skewed(seconds);
    await this.startAgain(name);
  }

  /** Keeps a disk, to be taken away at the end. */
  keep(disk) {
    this.#disks.push(disk);
    return disk;
  }

  /** Waits until each of the nodes has finalised `count` more blocks than any has now. */
  async allFinalise(count = SOME, nodes = this.some(), seconds = 300) {
    const target = this.observer.top + count;
    await Promise.all(nodes.map((node) => node.finalizes(target, seconds)));
  }

  /** The nodes have the same block at the last number that is final on all of them. */
  async agree(nodes = this.some()) {
    const number = Math.min(...(await Promise.all(nodes.map((node) => node.finalized()))));
    const hashes = await Promise.all(nodes.map((node) => hashOf(node, number)));
    assert.equal(new Set(hashes).size, 1, `block ${number} differs: ${hashes}`);
  }

  /** What must hold when all faults are over. */
  async check() {
    await this.allFinalise();
    await this.agree();
    await this.observer.nothingWasReverted(this.some());
    for (const node of this.some(...NAMES)) nobodyLost(this.stakes, await stakes(node));
    for (const { name, log } of this.some()) {
      const said = readFileSync(log, 'utf8').match(/^.*equivocat.*$/im);
      assert.ok(!said, `an honest node signed twice, says ${name}: ${said}`);
    }
  }

  /** Copies what the nodes said into a directory. */
  keepLogs(directory) {
    mkdirSync(directory, { recursive: true });
    for (const { log } of this.chain?.nodes ?? []) {
      if (existsSync(log)) copyFileSync(log, join(directory, basename(log)));
    }
  }

  async stop() {
    for (const { process } of this.chain?.nodes ?? []) process?.child.kill('SIGCONT');
    // First the nodes, which use the rest.
    await Promise.all((this.chain?.nodes ?? []).map((node) => node.stop('SIGKILL')));
    for (const disk of this.#disks) disk.remove();
    await this.network?.close();
    await this.chain?.stop();
  }
}

/**
 * Waits until a node had `blocks` more blocks, none of them final.
 * @returns how many blocks it has above finality then
 */
export const goesOnWithoutFinality = async (node, blocks = SOME) => {
  // What had its votes already may still become final.
  const early = (await best(node)) + 2;
  await waitFor(`${node.name} to have two more blocks`, async () => (await best(node)) >= early, 180);
  const final = await node.finalized();
  await waitFor(`${node.name} to have ${blocks} more blocks`, async () => (await best(node)) >= early + blocks, 240);
  assert.equal(await node.finalized(), final, `${node.name} finalised without two thirds`);
  return (await best(node)) - final;
};
