// Nodes of a local chain.
import { ApiPromise, WsProvider } from '@polkadot/api';
import { join } from 'node:path';
import { freePort, listens, program, scratch, start, waitFor } from './process.mjs';

const quiet = { noInitWarn: true };

/** Where nodes run if nothing else is said: on loopback ports, as programs of this machine. */
export const loopback = {
  address: '127.0.0.1',
  /** The command that runs a program there. */
  command: (command, args) => [command, args],
  /** What a node there must be told besides. */
  args: [],
};

/** A chain of nodes on this machine; `stop` stops them all and deletes their data. */
export class Chain {
  constructor(spec = 'local') {
    this.spec = spec;
    this.nodes = [];
    this.directory = scratch('chain');
  }

  /**
   * Starts a node.
   * @param name its name, and the development key it validates with if `validator`
   * @param options.program the name of the program, if it is not the node that operators run
   * @param options.place where it runs, like `loopback`
   * @param options.path where its data is, if not in the chain's directory
   */
  async node(name, { validator = true, args = [], program: binary = 'pogcs-node', place = loopback, path } = {}) {
    const node = new Node(this, name, validator, args, binary, place);
    node.path = path ?? node.path;
    // Known before it starts, so that it is stopped also if it never answers.
    this.nodes.push(node);
    await node.start();
    return node;
  }

  bootnodes() {
    return this.nodes.filter((node) => node.address).map((node) => node.address);
  }

  async stop() {
    await Promise.all(this.nodes.map((node) => node.stop()));
    this.directory.remove();
  }
}

class Node {
  /** Variables that its process gets beside this one's. */
  env = {};

  constructor(chain, name, validator, args, binary, place) {
    Object.assign(this, { chain, name, validator, args, program: binary, place });
    this.path = join(chain.directory.path, name);
    this.log = join(chain.directory.path, `${name}.log`);
  }

  async start() {
    this.port ??= await freePort();
    this.rpc ??= await freePort();
    this.metrics ??= await freePort();
    const role = this.validator ? [`--${this.name}`, '--validator'] : ['--name', this.name];
    const boot = this.chain.bootnodes().flatMap((address) => ['--bootnodes', address]);
    const { address } = this.place;
    const command = this.place.command(program(this.program), [
      '--chain', this.chain.spec, ...role, '--base-path', this.path,
      '--listen-addr', `/ip4/${address}/tcp/${this.port}`, '--rpc-port', `${this.rpc}`,
      '--prometheus-port', `${this.metrics}`, '--no-mdns', '--allow-private-ip',
      '--unsafe-force-node-key-generation', '--no-telemetry', ...boot, ...this.place.args, ...this.args,
    ]);
    this.process = start(...command, this.log, this.env);
    this.url = `ws://${address}:${this.rpc}`;
    // Connecting before it listens would fill the screen with failures.
    const { child } = this.process;
    const ended = () => child.exitCode !== null || child.signalCode !== null;
    await waitFor(`${this.name} to listen`, () => ended() || listens(this.rpc, address), 180);
    if (ended()) throw new Error(`${this.name} has stopped; it said:\n${this.process.tail()}`);
    this.api = await ApiPromise.create({ provider: new WsProvider(this.url, 500), ...quiet, throwOnConnect: false });
    const peer = await waitFor(`${this.name} to answer`, () => this.api.rpc.system.localPeerId(), 180);
    this.address = `/ip4/${address}/tcp/${this.port}/p2p/${peer}`;
  }

  async stop(signal) {
    await this.api?.disconnect();
    await this.process?.stop(signal);
  }

  /** Number of the best finalised block. */
  async finalized() {
    const hash = await this.api.rpc.chain.getFinalizedHead();
    return (await this.api.rpc.chain.getHeader(hash)).number.toNumber();
  }

  /** Waits until block `number` is final here. */
  async finalizes(number, seconds = 180) {
    return waitFor(
      `${this.name} to finalise block ${number}`,
      async () => (await this.finalized()) >= number,
      seconds,
    );
  }

  /** Calls one of the engine's methods. */
  async engine(method, ...params) {
    const provider = this.api._rpcCore.provider;
    return provider.send(`pogcs_${method}`, params);
  }
}

/**
 * Sends a transaction and waits until the block that has it is final.
 * @returns its events, by `section.method`
 * @throws with the named error if it was refused
 */
export const send = (api, tx, signer, options = {}) =>
  new Promise((resolve, reject) => {
    tx.signAndSend(signer, { nonce: -1, ...options }, ({ status, dispatchError, events }) => {
      if (dispatchError) {
        const meta = dispatchError.isModule && api.registry.findMetaError(dispatchError.asModule);
        const name = meta ? `${meta.section}.${meta.name}` : dispatchError.toString();
        reject(new Error(name));
      } else if (status.isFinalized) {
        resolve(events.map(({ event }) => event));
      } else if (status.isInvalid || status.isDropped || status.isUsurped) {
        reject(new Error(`the pool dropped it: ${status.type}`));
      }
    }).catch(reject);
  });
