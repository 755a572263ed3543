// Demand contracts on a running chain: members of two pools promise hours, the hours are sold into the
// market, a client buys them for jobs, devices of different owners do each chunk and answer alike, and
// the client finds the result that anybody gets who runs the same job. One device loses its power on the
// way. What nobody delivers is in `refund.test.mjs`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { u8aToHex } from '@polkadot/util';
import { blake2AsHex } from '@polkadot/util-crypto';
import { send } from '../../scripts/lib/js/chain.mjs';
import { answer } from '../../scripts/lib/js/loop/answers.mjs';
import { chunks as images } from '../../scripts/lib/js/loop/images.mjs';
import { sites } from '../../scripts/lib/js/loop/sites.mjs';
import { GCS, World } from '../../scripts/lib/js/loop/world.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { view } from '../../scripts/lib/js/view.mjs';

const CLASS = 1;
/** Slots of an interval: 48 s, so that a device that waits for finality has time for each step. */
const EPOCH = 16;
/** What each device promises for the hour of the jobs: what its class can do in that time is 2,400. */
const PROMISED = 2_200;
/** For each verified chunk, to the owner of its device. */
const TIP = GCS / 100n;
const COPIES = 2;
/** So many intervals after the jobs comes the hour of what is proven. */
const PROVEN = 5;

const world = new World(undefined, (genesis) => {
  genesis.pogcs.parameters.epochLength = EPOCH;
});
const tx = () => world.api.tx;
const query = (pallet, item, ...args) => world.api.query[pallet][item](...args);
const now = async () => (await query('pogcs', 'currentInterval')).toNumber();
const later = async () => (await world.api.rpc.chain.getHeader()).number.toNumber() + 1_000;
const event = (events, section, method) =>
  events.find((of) => of.section === section && of.method === method)?.data;
const seconds = (intervals) => intervals * EPOCH * 3;
/** What was said last, for when something is awaited in vain. */
const lastWords = () =>
  world.devices.map(({ name, events }) => {
    const said = events.filter(({ kind }) => kind !== 'finalised').slice(-8);
    return `${name}: ${said.map(({ text }) => text).join(' | ')}`;
  }).join('\n');
const awaits = (what, probe, time) =>
  waitFor(what, probe, time).catch((error) => {
    throw new Error(`${error.message}\n${lastWords()}`);
  });
const held = async (account, reason) => {
  const holds = await query('balances', 'holds', account);
  return holds
    .filter(({ id }) => id.isTasks && id.asTasks.type === reason)
    .reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
};
/** All events of one kind in the blocks from `first` on. */
const eventsFrom = async (first, section, method) => {
  const found = [];
  const last = await world.node.finalized();
  for (let number = first; number <= last; number += 1) {
    const hash = await world.api.rpc.chain.getBlockHash(number);
    const at = await world.api.at(hash);
    for (const { event: of } of await at.query.system.events()) {
      if (of.section === section && of.method === method) found.push(of.data);
    }
  }
  return found;
};
/** A replicated chunk as it stands on chain. */
const chunk = async (task, index) => (await query('tasks', 'replicated', task, index)).unwrapOr(undefined);

let owners, pools, jobs, hour, begun;

before(async () => {
  await world.startChain();
  owners = ['//Dave', '//Ferdie', '//Bob'].map((uri) => world.keys.addFromUri(uri));
  // All chunks of a job at once: who entered and was not drawn stands in a third of the interval later.
  // At least two of them have sun at any time of the test, and what they stored.
  await world.register(
    [sites[0], sites[1], sites[3]].map((site, index) => ({
      ...site, owner: owners[index], capacity: 8, settings: ['[work]', 'threads = 5', 'minutes = 2'],
    })),
  );
  world.startDevices();
  await world.devicesAreReady(600);
});
after(() => world.stop());

/** A requirement of chunks that several devices do. */
const asked = (job, count, from, until, change = {}) => ({
  work: { Replicated: { job: job.scale, first: 0, chunks: count, copies: COPIES } },
  class: CLASS,
  green: true,
  earliest: from,
  deadline: until,
  pace: 'Flexible',
  carbon: null,
  maxPrice: 10n * GCS,
  tip: TIP,
  ...change,
});

test('members should promise hours, and anybody sell them for their pools', async () => {
  const terms = { leaderFee: 0, penalty: GCS, capacity: 8, guests: 0, notice: 2, reservePrice: GCS };
  pools = [];
  for (let count = 0; count < 2; count += 1) {
    const events = await send(world.api, tx().pools.create('Green', CLASS, terms, [], null), world.client);
    pools.push(event(events, 'pools', 'Created').pool.toNumber());
  }
  // One in the first pool, two in the second: of each chunk both pools do a copy.
  const members = [pools[0], pools[1], pools[1]];
  await Promise.all(
    world.devices.map(({ id }, index) => send(world.api, tx().pools.join(members[index], id), owners[index])),
  );
  hour = (await now()) + 7;
  await Promise.all(
    world.devices.map(({ id }, index) =>
      send(
        world.api,
        // A later hour, for work that is proven, from the first alone.
        tx().utility.batchAll([
          tx().pools.promise(id, hour, hour, PROMISED),
          ...(index === 0 ? [tx().pools.promise(id, hour + PROVEN, hour + PROVEN, 1_000)] : []),
        ]),
        owners[index],
      ),
    ),
  );
  const deadline = await later();
  const sell = (pool, at, amount) => tx().market.sellPool(pool, at, amount, 0, deadline);
  const events = await send(
    world.api,
    tx().utility.batchAll([
      sell(pools[0], hour, PROMISED),
      sell(pools[1], hour, 2 * PROMISED),
      sell(pools[0], hour + PROVEN, 1_000),
    ]),
    world.client,
  );
  assert.equal(events.filter(({ method }) => method === 'PoolSold').length, 3);
  const price = (await view(world.api, 'Market', 'price', CLASS, hour)).unwrap();
  assert.equal(price.stock.toNumber(), 3 * PROMISED);
});

test('a contract should be refused in words when it cannot be kept', async () => {
  jobs = {
    train: await world.work('train', '--parts', '3'),
    render: await world.work(
      'render', '--width', '32', '--height', '16', '--tile', '16', '--grid', '1', '--steps', '20',
      '--shadow', '0', '--probes', '0',
    ),
  };
  assert.deepEqual([jobs.train.chunks.length, jobs.render.chunks.length], [3, 2]);
  const refuses = (change, name) =>
    assert.rejects(
      send(world.api, tx().tasks.openContract(asked(jobs.train, 3, hour, hour, change)), world.client),
      name,
    );
  const first = (await query('tasks', 'nextTask')).toNumber();
  const work = (copies) => ({
    work: { Replicated: { job: jobs.train.scale, first: 0, chunks: 3, copies } },
  });
  await refuses({ maxPrice: 1 }, /tasks\.Overpriced/);
  await refuses(work(1), /tasks\.BadCopies/);
  await refuses({ earliest: (await now()) + 1 }, /tasks\.NoTimeToDraw/);
  assert.equal((await query('tasks', 'nextTask')).toNumber(), first, 'nothing is stored');
});

test('a client should buy the hours of its jobs at the price that was quoted', async () => {
  begun = await world.node.finalized();
  for (const [name, count] of [['train', 3], ['render', 2]]) {
    const job = jobs[name];
    const requirement = asked(job, count, hour, hour);
    const quoted = await now();
    const quote = (await view(world.api, 'Tasks', 'quote', requirement)).unwrap();
    const events = await send(world.api, tx().tasks.openContract(requirement), world.client);
    const opened = event(events, 'tasks', 'ContractOpened');
    job.task = opened.task.toNumber();
    const bought = event(events, 'tasks', 'HoursBought');
    assert.equal(bought.interval.toNumber(), hour);
    // The market's fee is fixed within an interval, and a few per cent at most.
    const [cost, expected] = [bought.cost.toBigInt(), quote.cost.toBigInt()];
    if ((await now()) === quoted) assert.equal(cost, expected, name);
    else assert.ok(cost > (expected * 9n) / 10n && cost < (expected * 11n) / 10n, `${cost}, not ${expected}`);
    assert.equal(bought.hours.toBigInt(), quote.hours.toBigInt());
    job.hours = bought.hours.toNumber();
    job.work = job.hours / (count * COPIES);
    const record = (await query('tasks', 'contracts', job.task)).unwrap();
    assert.equal(record.method.asReplication.job.toHex(), job.scale, 'the job is on chain');
    assert.equal(record.work.toNumber(), job.work);
  }
  assert.ok((await held(world.client.publicKey, 'Reward')) > 0n);
});

test('devices should enter by lot, do the chunks and be bound to their answers', async () => {
  await awaits(
    'devices to enter',
    async () => (await chunk(jobs.train.task, 0))?.entrants.length === world.devices.length,
    seconds(10),
  );
  for (const [name, count] of [['train', 3], ['render', 2]]) {
    for (let index = 0; index < count; index += 1) {
      const runs = await awaits(
        `both devices to be bound to chunk ${index} of ${name}`,
        async () => {
          const list = (await chunk(jobs[name].task, index))?.runs;
          return list?.length === COPIES && list;
        },
        seconds(3),
      );
      const ids = runs.map(({ device }) => device.toNumber());
      assert.ok(ids.includes(world.devices[0].id), 'the only one of its pool is always drawn');
      assert.equal(new Set(runs.map(({ owner }) => owner.toString())).size, COPIES);
      assert.ok(runs.every(({ drawn }) => drawn.isTrue));
      assert.equal(new Set(runs.map(({ commitment }) => commitment.toHex())).size, COPIES);
    }
  }
  // Its power goes while it is bound, and comes again before answers are opened.
  const [device] = world.devices;
  await world.stopDevice(device, 'SIGKILL');
  assert.ok((await held(device.key, 'Bond')) > 0n);
  world.startDevices();
});

test('answers should be alike, be the job\'s own result, and be paid', async () => {
  for (const [name, count] of [['train', 3], ['render', 2]]) {
    const job = jobs[name];
    for (let index = 0; index < count; index += 1) {
      const outcome = await awaits(
        `chunk ${index} of ${name} to be concluded`,
        async () => (await chunk(job.task, index))?.outcome.unwrapOr(undefined),
        seconds(5),
      );
      assert.ok(outcome.isAgreed, `${name} ${index}: ${outcome}\n${lastWords()}`);
      assert.equal(outcome.asAgreed.layer.toNumber(), 0);
      assert.equal(outcome.asAgreed.answer.toHex(), answer(job.chunks[index].result), 'what anybody gets');
    }
    const booking = (await query('tasks', 'bookings', job.task, hour)).unwrap();
    assert.equal(booking.delivered.toNumber(), job.hours);
    assert.equal(booking.redeemed.toNumber(), job.hours);
    // What was concluded is final a little later.
    const rewarded = await awaits(
      `the devices that did ${name} to be paid`,
      async () => {
        const found = (await eventsFrom(begun, 'tasks', 'Rewarded'))
          .filter((data) => data.task.toNumber() === job.task);
        return found.length >= count * COPIES && found;
      },
      seconds(3),
    );
    assert.equal(rewarded.length, count * COPIES);
    for (const { amount, unfit, owner } of rewarded) {
      assert.ok(unfit.isNone, 'its energy covers the work');
      assert.equal(amount.toBigInt(), TIP);
      assert.ok(owners.some(({ publicKey }) => u8aToHex(publicKey) === owner.toHex()));
    }
  }
  assert.equal((await eventsFrom(begun, 'tasks', 'BondLost')).length, 0);
  // What members did counts for what they promised.
  const done = await Promise.all(
    world.devices.map(async ({ id }) => (await query('pools', 'promises', id, hour)).unwrap().delivered.toNumber()),
  );
  assert.equal(done.reduce((sum, units) => sum + units, 0), jobs.train.hours + jobs.render.hours);
  for (const { key } of world.devices) assert.equal(await held(key, 'Bond'), 0n, 'bonds are back');
});

test('the device should have what it computed, and say in words what became of it', async () => {
  const [device] = world.devices;
  for (const { task, chunks } of [jobs.train, jobs.render]) {
    for (const { chunk: index, output } of chunks) {
      const bytes = readFileSync(join(device.path, 'state', 'outputs', `${task}-${index}`));
      assert.equal(blake2AsHex(bytes, 256), output, 'the output is what its receipt names');
    }
  }
  const status = await awaits('the device to know', async () => {
    const words = await world.status(device);
    return /5 answers stand/.test(words) && words;
  });
  assert.match(status, /Work that is compared: 5 chunks computed/);
  assert.match(status, /0 were wrong, 0 not opened in time/);
});

test('a contract that is proven should be done in its hour by who owes it', async () => {
  const at = hour + PROVEN;
  assert.ok((await now()) < at, 'its hour has not begun');
  const inputs = images(0, 1).map((list) => u8aToHex(Buffer.concat(list.map(({ pixels }) => pixels))));
  const requirement = {
    ...asked(jobs.train, 1, at, at), work: { Proven: { model: 0, inputs } }, tip: TIP,
  };
  const events = await send(world.api, tx().tasks.openContract(requirement), world.client);
  const task = event(events, 'tasks', 'ContractOpened').task.toNumber();
  const state = await awaits(
    'the chunk to be paid',
    async () => {
      const record = (await query('tasks', 'chunks', task, 0)).unwrap();
      return record.state.isPaid && record.state.asPaid;
    },
    seconds(8),
  );
  assert.equal(state.interval.toNumber(), at, 'on the energy of its hour');
  const booking = (await query('tasks', 'bookings', task, at)).unwrap();
  assert.equal(booking.delivered.toNumber(), booking.bought.toNumber());
});

test('nothing should be left of a contract that was delivered when it is settled', async () => {
  for (const { task } of [jobs.train, jobs.render]) {
    const settled = await send(world.api, tx().tasks.refund(task, hour), owners[1]);
    const { amount, missed } = event(settled, 'tasks', 'Settled');
    assert.deepEqual([amount.toNumber(), missed.toNumber()], [0, 0]);
    await assert.rejects(send(world.api, tx().tasks.refund(task, hour), owners[1]), /tasks\.NotBooked/);
    await send(world.api, tx().tasks.close(task), world.client);
    assert.ok((await query('tasks', 'contracts', task)).isNone);
    assert.ok((await query('tasks', 'replicated', task, 0)).isNone);
  }
});
