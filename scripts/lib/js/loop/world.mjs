// A local chain with validators, devices and a client: started, driven, and stopped.
import { Keyring } from '@polkadot/api';
import { u8aToHex } from '@polkadot/util';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Chain, send } from '../chain.mjs';
import { freePort, listens, program, start, waitFor } from '../process.mjs';
import { writeSpec } from '../spec.mjs';
import { chunks } from './images.mjs';
import { sites } from './sites.mjs';

const run = promisify(execFile);

/** One token in plancks. */
export const GCS = 10n ** 12n;

/** The class of the development devices. */
const CLASS = 1;

/** The most that a device's place may cost. */
const DEPOSIT = 20n * GCS;

/** The seed of the maker that development presets know. */
const MAKER_SEED = `0x${'4d'.repeat(32)}`;

/** Calls `pogcs-device` and returns what it printed, which is JSON. */
const device = async (...args) => {
  const { stdout } = await run(program('pogcs-device'), args);
  return stdout.trim() ? JSON.parse(stdout) : undefined;
};

/** Everything that runs. `say` is told of each step; `genesis` changes the patch of the preset's genesis. */
export class World {
  constructor(say = () => {}, genesis = undefined) {
    this.say = say;
    this.genesis = genesis;
    this.chain = new Chain('local');
    this.devices = [];
    this.leaders = [];
    this.tasks = [];
    this.keys = new Keyring({ type: 'sr25519', ss58Format: 7389 });
    this.owner = this.keys.addFromUri('//Dave');
    this.client = this.keys.addFromUri('//Eve');
    this.validators = Object.fromEntries(
      ['Alice', 'Bob', 'Charlie'].map((name) => [name, this.keys.addFromUri(`//${name}`).address]),
    );
  }

  get api() {
    return this.node.api;
  }

  /** A key pair's address on this chain. */
  address(pair) {
    return this.api.createType('AccountId', pair.publicKey).toString();
  }

  /** Starts three validators and waits until they finalise. */
  async startChain() {
    this.say('starting three validators');
    if (this.genesis) {
      this.chain.spec = await writeSpec(join(this.chain.directory.path, 'spec.json'), 'local', this.genesis);
    }
    for (const name of ['alice', 'bob', 'charlie']) await this.chain.node(name);
    this.node = this.chain.nodes[0];
    await this.node.finalizes(1);
    this.checkpoint = join(this.chain.directory.path, 'checkpoint.json');
    await device('checkpoint', '--from-genesis', '--node', this.node.url, '--out', this.checkpoint);
    this.maker = join(this.chain.directory.path, 'maker.seed');
    writeFileSync(this.maker, MAKER_SEED);
    chmodSync(this.maker, 0o600);
  }

  /** Writes what the device at `site` is told: its nodes, its panel and its place. */
  configure(path, site, seed) {
    const config = join(path, 'device.toml');
    writeFileSync(
      config,
      [
        `nodes = ${JSON.stringify(this.chain.nodes.map(({ url }) => url))}`,
        `checkpoint = ${JSON.stringify(this.checkpoint)}`,
        `capacity = ${site.capacity ?? 1}`,
        ...(site.settings ?? []),
        '[meter]',
        `latitude = ${site.latitude.toFixed(2)}`,
        `start_hour = ${site.hour.toFixed(1)}`,
        `seed = ${seed}`,
        '',
      ].join('\n'),
    );
    return config;
  }

  /** The maker's certificate for a device's key, and the device's consent to its owner. */
  async vouch(key, config, owner = this.owner) {
    const now = (await this.api.query.pogcs.currentInterval()).toNumber();
    const { maker, deviceKey, expires, signature } = await device(
      'certify', '--maker', this.maker, '--device-key', key, '--class', `${CLASS}`,
      '--expires', `${now + 100_000}`,
    );
    const { consent } = await device(
      'consent', '--config', config, '--owner', u8aToHex(owner.publicKey),
    );
    return { certificate: { maker, deviceKey, class: CLASS, expires, signature }, consent };
  }

  /**
   * Makes keys for the devices at `places`, has them certified, registers and funds them. A place can
   * have `settings`, lines of its device's configuration, `capacity`, the chunks that it takes on at a
   * time, `fund`, what the device gets, and `owner`, whose it is.
   */
  async register(places = sites) {
    this.say(`registering ${places.length} devices`);
    const calls = new Map();
    for (const site of places) {
      const owner = site.owner ?? this.owner;
      const of = calls.get(owner) ?? [];
      calls.set(owner, of);
      const path = join(this.chain.directory.path, `device-${this.devices.length}`);
      mkdirSync(path);
      const keys = join(path, 'device.keys');
      const { key, commitment } = await device('keygen', '--out', keys);
      const config = this.configure(path, site, this.devices.length + 1);
      const { certificate, consent } = await this.vouch(key, config, owner);
      of.push(
        this.api.tx.devices.register(
          certificate, site.cell, this.validators[site.validator], commitment, consent, DEPOSIT,
        ),
      );
      // The device pays for its own reports and proofs.
      const fund = site.fund ?? 100n * GCS;
      if (fund > 0n) of.push(this.api.tx.balances.transferKeepAlive(key, fund));
      this.devices.push({ ...site, owner, path, config, key, commitment, events: [] });
    }
    await Promise.all(
      [...calls].map(([owner, of]) => send(this.api, this.api.tx.utility.batchAll(of), owner)),
    );
    for (const entry of this.devices) {
      entry.id ??= (await this.api.query.devices.byKey(entry.key)).unwrap().toNumber();
    }
  }

  /** Tries to register `entry`'s key once more, at another place. */
  async registerAgain(entry, site) {
    const { certificate, consent } = await this.vouch(entry.key, entry.config);
    return send(
      this.api,
      this.api.tx.devices.register(
        certificate, site.cell, this.validators[site.validator], entry.commitment, consent, DEPOSIT,
      ),
      this.owner,
    );
  }

  /** What `pogcs-device status` prints for a device. */
  async status(entry) {
    const { stdout } = await run(program('pogcs-device'), [
      'status', '--config', entry.config,
    ]);
    return stdout;
  }

  /** Starts the light client of every device that does not run. */
  startDevices() {
    this.say(`starting ${this.devices.length} devices`);
    for (const entry of this.devices.filter(({ process }) => !process)) {
      this.follow(entry, ['run', '--json', '--config', entry.config]);
    }
  }

  /** Stops a device's light client, with SIGKILL as if its power was cut. */
  async stopDevice(entry, signal) {
    await entry.process?.stop(signal);
    entry.process = undefined;
  }

  /** Starts `pogcs-device` and notes the events that it prints. */
  follow(entry, args) {
    entry.process = start(program('pogcs-device'), args, join(entry.path, 'log'));
    createInterface({ input: entry.process.child.stdout }).on('line', (line) => {
      try {
        entry.last = JSON.parse(line);
        entry.events.push(entry.last);
      } catch {
        // What is no event is in the log.
      }
    });
  }

  /** Starts a leader with an account of its own, and `settings`, lines of its configuration. */
  async lead(settings = [], fund = 1_000n * GCS) {
    this.say('starting a leader');
    const path = join(this.chain.directory.path, `leader-${this.leaders.length}`);
    mkdirSync(path);
    const { key } = await device('keygen', '--out', join(path, 'leader.keys'));
    await send(this.api, this.api.tx.balances.transferKeepAlive(key, fund), this.owner);
    const port = await freePort();
    const config = join(path, 'leader.toml');
    writeFileSync(
      config,
      [
        `nodes = ${JSON.stringify(this.chain.nodes.map(({ url }) => url))}`,
        `checkpoint = ${JSON.stringify(this.checkpoint)}`,
        `listen = "127.0.0.1:${port}"`,
        ...settings,
        '',
      ].join('\n'),
    );
    const entry = { path, config, key, url: `http://127.0.0.1:${port}`, events: [] };
    this.leaders.push(entry);
    this.follow(entry, ['lead', '--json', '--config', config]);
    await waitFor('the leader to be there', () => listens(port));
    return entry;
  }

  /** Runs a job here with `pogcs-device work`: the job as the chain has it, and each chunk's result. */
  async work(kind, ...args) {
    const out = join(this.chain.directory.path, `${kind}.out`);
    return device('work', kind, ...args, '--json', '--out', out);
  }

  /** What `pogcs-device open` prints: it asks the leader to put a device's interval on record. */
  async openReport(entry, interval) {
    return device('open', '--config', entry.config, '--interval', `${interval}`);
  }

  /**
   * Waits until the devices may take work: each has proven the throughput of its class, and the
   * interval in which it was registered is over.
   */
  async devicesAreReady(seconds = 300) {
    this.say('waiting until the devices have proven how fast they are, and for the next interval');
    return waitFor('the devices to be online', async () => {
      const now = (await this.api.query.pogcs.currentInterval()).toNumber();
      const records = await Promise.all(
        this.devices.map(async ({ id }) => (await this.api.query.devices.devices(id)).unwrap()),
      );
      return records.every(({ state, since }) => state.isOnline && now > since.toNumber());
    }, seconds);
  }

  /** Opens a task of `count` chunks beginning with image `first`; returns its id. */
  async openTask(first, count, { reward = 5n * GCS, lifetime = 10 } = {}) {
    const inputs = chunks(first, count);
    const now = (await this.api.query.pogcs.currentInterval()).toNumber();
    const bytes = inputs.map((images) => u8aToHex(Buffer.concat(images.map(({ pixels }) => pixels))));
    const tx = this.api.tx.tasks.open(0, CLASS, bytes, reward, now + lifetime);
    const events = await send(this.api, tx, this.client);
    const opened = events.find(({ method, section }) => section === 'tasks' && method === 'Opened');
    const id = BigInt(opened.data.task.toString());
    this.tasks.push({ id, inputs, reward });
    return id;
  }

  /** The chunks of a task as they stand on chain: `{ state, device, digits }`. */
  async chunks(id) {
    const { inputs } = this.tasks.find((task) => task.id === id);
    return Promise.all(
      inputs.map(async (images, index) => {
        const record = (await this.api.query.tasks.chunks(id, index)).unwrapOr(undefined);
        const state = record?.state;
        const value = state?.value;
        return {
          images,
          state: state?.type ?? 'Gone',
          device: value?.device?.toNumber?.(),
          scores: state?.isPaid ? value.scores.map((score) => score.toNumber()) : undefined,
        };
      }),
    );
  }

  /** Weights and where they come from, by the validator's name, or address if it joined later. */
  async weights() {
    const list = await this.node.engine('authorities');
    const names = Object.fromEntries(Object.entries(this.validators).map(([n, a]) => [a, n]));
    return Object.fromEntries(
      list.map((entry) => {
        const address = this.api.createType('AccountId', entry.validator).toString();
        return [names[address] ?? `${address.slice(0, 9)}…`, entry];
      }),
    );
  }

  /** Stops everything that was started. */
  async stop() {
    await Promise.all([...this.devices, ...this.leaders].map(({ process }) => process?.stop()));
    await this.chain.stop();
  }
}
