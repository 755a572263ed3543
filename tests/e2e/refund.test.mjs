// A contract that nobody does, on a running chain with short intervals: the pool sold the hours, its only
// device has no power, the promise is settled, and the client gets what the insurance covers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { send } from '../../scripts/lib/js/chain.mjs';
import { sites } from '../../scripts/lib/js/loop/sites.mjs';
import { GCS, World } from '../../scripts/lib/js/loop/world.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { view } from '../../scripts/lib/js/view.mjs';

const CLASS = 1;
/** Slots of an interval: results are taken for 47 of them, which is twelve minutes. */
const EPOCH = 5;
/** What is promised: the least. */
const PROMISED = 1_000;
/** What missing a GPU-hour costs at least, whatever a pool's terms: it is what buyers are covered for. */
const COVERED = GCS / 10n;
const CHUNKS = 2;

const world = new World(undefined, (genesis) => {
  genesis.pogcs.parameters.epochLength = EPOCH;
  // So that a device can promise the least in so short an interval.
  const [[, record]] = genesis.devices.classes;
  record.throughput = 100;
});
const tx = () => world.api.tx;
const query = (pallet, item, ...args) => world.api.query[pallet][item](...args);
const now = async () => (await query('pogcs', 'currentInterval')).toNumber();
const free = async (account) => (await query('system', 'account', account)).data.free.toBigInt();
const event = (events, section, method) =>
  events.find((of) => of.section === section && of.method === method)?.data;
const reaches = (interval) =>
  waitFor(`interval ${interval}`, async () => (await now()) >= interval, 60 * EPOCH * 3);

let device, pool, hour, task, hours, job;

before(async () => {
  await world.startChain();
  await world.register(sites.slice(0, 1));
  [device] = world.devices;
  world.startDevices();
  await world.devicesAreReady(600);
  // It can do what it promises, and it will not.
  await world.stopDevice(device);
});
after(() => world.stop());

test('hours of a device without power should be sold and bought all the same', async () => {
  const by = (call) => send(world.api, call, world.owner);
  const terms = { leaderFee: 0, penalty: GCS, capacity: 8, guests: 0, notice: 2, reservePrice: GCS };
  const created = event(await by(tx().pools.create('Green', CLASS, terms, [], null)), 'pools', 'Created');
  pool = created.pool.toNumber();
  await by(tx().pools.join(pool, device.id));
  hour = (await now()) + 12;
  await by(tx().pools.promise(device.id, hour, hour, PROMISED));
  await send(world.api, tx().market.sellPool(pool, hour, PROMISED, 0, 1_000_000), world.client);
  // Made from seeds, so that nobody can say that he lacked what it takes.
  job = await world.work('infer', '--made-up-rows', '2000', '--batch', '1000');
  assert.equal(job.chunks.length, CHUNKS);
  const requirement = {
    work: { Replicated: { job: job.scale, first: 0, chunks: CHUNKS, copies: 2 } },
    class: CLASS, green: true, earliest: hour, deadline: hour, pace: 'Steady', carbon: null,
    maxPrice: GCS, tip: 0,
  };
  const events = await send(world.api, tx().tasks.openContract(requirement), world.client);
  const opened = event(events, 'tasks', 'ContractOpened');
  [task, hours] = [opened.task.toNumber(), opened.hours.toBigInt()];
  assert.ok((await now()) < hour - 1, 'the draw is still ahead');
  const asked = (await view(world.api, 'Tasks', 'asked', CLASS, hour)).toBigInt();
  assert.equal(asked, hours, 'all of it can be done by anybody who reads the chain');
  assert.equal((await view(world.api, 'Market', 'sold_of', pool, hour)).toNumber(), PROMISED);
});

test('a chunk that nobody entered for should be missed', async () => {
  const conclude = (index) => send(world.api, tx().tasks.conclude(task, index), world.owner);
  await assert.rejects(conclude(0), /tasks\.TooEarly/);
  await reaches(hour + 1);
  for (let index = 0; index < CHUNKS; index += 1) {
    await conclude(index);
    const { outcome } = (await query('tasks', 'replicated', task, index)).unwrap();
    assert.ok(outcome.unwrap().isMissed);
  }
  await assert.rejects(conclude(0), /tasks\.Decided/);
  const refund = tx().tasks.refund(task, hour);
  await assert.rejects(send(world.api, refund, world.owner), /tasks\.NotOver/);
});

test('the client should be paid from the insurance once the pool is settled', async () => {
  const refund = () => tx().tasks.refund(task, hour);
  await reaches(hour + 50);
  await assert.rejects(send(world.api, refund(), world.owner), /tasks\.NotSettled/);
  const settled = await send(world.api, tx().pools.settle(device.id, [hour]), world.owner);
  assert.ok(event(settled, 'pools', 'Settled'));
  const due = (await view(world.api, 'Tasks', 'refund_due', task, hour)).unwrap().toBigInt();
  assert.equal(due, (hours * COVERED) / 1_000_000n);
  assert.ok(due > 0n);

  const before = await free(world.client.publicKey);
  const events = await send(world.api, refund(), world.owner);
  const { missed, amount } = event(events, 'tasks', 'Settled');
  assert.equal(missed.toBigInt(), hours);
  assert.equal(amount.toBigInt(), due);
  assert.equal((await free(world.client.publicKey)) - before, due);
  await assert.rejects(send(world.api, refund(), world.owner), /tasks\.NotBooked/);

  // What was on hold for it is the client's again.
  await send(world.api, tx().tasks.close(task), world.client);
  assert.ok((await query('tasks', 'contracts', task)).isNone);
  const holds = await query('balances', 'holds', world.client.publicKey);
  assert.ok(!holds.some(({ id }) => id.isTasks));
});
