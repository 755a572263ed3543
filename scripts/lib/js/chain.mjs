// Nodes of a local chain.
import { ApiPromise, WsProvider } from '@polkadot/api';
import { join } from 'node:path';
import { freePort, listens, program, scratch, start, waitFor } from './process.mjs';

const quiet = { noInitWarn: true };

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
   */
  async node(name, { validator = true, args = [] } = {}) {
    const node = new Node(this, name, validator, args);
    await node.start();
    this.nodes.push(node);
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
  constructor(chain, name, validator, args) {
    Object.assign(this, { chain, name, validator, args });
    this.path = join(chain.directory.path, name);
    this.log = join(chain.directory.path, `${name}.log`);
  }

  async start() {
    this.port ??= await freePort();
    this.rpc ??= await freePort();
    this.metrics ??= await freePort();
    const role = this.validator ? [`--${this.name}`, '--validator'] : ['--name', this.name];
    const boot = this.chain.bootnodes().flatMap((address) => ['--bootnodes', address]);
    this.process = start(
      program('pogcs-node'),
      [
        '--chain', this.chain.spec, ...role, '--base-path', this.path,
        '--listen-addr', `/ip4/127.0.0.1/tcp/${this.port}`, '--rpc-port', `${this.rpc}`,
        '--prometheus-port', `${this.metrics}`, '--no-mdns', '--allow-private-ip',
        '--unsafe-force-node-key-generation', '--no-telemetry', ...boot, ...this.args,
      ],
      this.log,
    );
    this.url = `ws://127.0.0.1:${this.rpc}`;
    // Connecting before it listens would fill the screen with failures.
    await waitFor(`${this.name} to listen`, () => listens(this.rpc), 180);
    this.api = await ApiPromise.create({ provider: new WsProvider(this.url, 500), ...quiet, throwOnConnect: false });
    const peer = await waitFor(`${this.name} to answer`, () => this.api.rpc.system.localPeerId(), 180);
    this.address = `/ip4/127.0.0.1/tcp/${this.port}/p2p/${peer}`;
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
