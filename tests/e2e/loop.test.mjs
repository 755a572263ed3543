// The loop on a running chain: devices report metered energy, do real work, prove it, are paid, and
// move their validator's weight. What a wallet would show is read on the way, and what must be
// refused is tried.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { send } from '../../scripts/lib/js/chain.mjs';
import { digits } from '../../scripts/lib/js/loop/digits.mjs';
import { images } from '../../scripts/lib/js/loop/images.mjs';
import { sites } from '../../scripts/lib/js/loop/sites.mjs';
import { GCS, World } from '../../scripts/lib/js/loop/world.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { view } from '../../scripts/lib/js/view.mjs';

const world = new World();
let task, weightBefore;
const query = (pallet, item, ...args) => world.api.query[pallet][item](...args);
const free = async (address) => (await query('system', 'account', address)).data.free.toBigInt();

before(async () => {
  await world.startChain();
  await world.register(sites.slice(0, 2));
  weightBefore = (await world.weights()).Alice.next;
});
after(() => world.stop());

test('a registered device should be on chain with its owner, cell, class and validator', async () => {
  for (const [index, device] of world.devices.entries()) {
    const record = (await query('devices', 'devices', device.id)).unwrap();
    assert.equal(record.owner.toString(), world.address(world.owner));
    assert.equal(record.validator.toString(), world.validators[sites[index].validator]);
    assert.equal(record.key.toHex(), device.key);
    assert.equal(record.cell.toBigInt(), sites[index].cell);
    assert.equal(record.class.toNumber(), 1);
    assert.equal(record.state.type, 'Pending', 'it has proven nothing yet');
    assert.ok(record.deposit.toBigInt() > 0n);
  }
  const holds = await query('balances', 'holds', world.owner.address);
  const held = holds.reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
  assert.equal(held, 2n * 10n * GCS, 'a deposit for each device is on hold');
  assert.deepEqual(holds.map(({ id }) => id.type), ['Devices']);
});

test('a task without a reward should be refused by name', async () => {
  const input = `0x${'00'.repeat(256)}`;
  const open = (reward) => world.api.tx.tasks.open(0, 1, [input], reward, 40);
  await assert.rejects(send(world.api, open(0), world.client), /tasks\.NoReward/);
  assert.equal((await query('tasks', 'nextTask')).toNumber(), 0, 'nothing is stored');
});

test('a second device on one key should be refused by name', async () => {
  const [first] = world.devices;
  await assert.rejects(world.registerAgain(first, sites[2]), /devices\.\w*(Key|Duplicate|Taken)\w*/);
});

test('an opened task should show its chunks, and what it holds from its client', async () => {
  const before = await free(world.client.address);
  task = await world.openTask(0, 2);
  const record = (await query('tasks', 'tasks', task)).unwrap();
  assert.equal(record.client.toString(), world.address(world.client));
  assert.equal(record.rewardPerChunk.toBigInt(), 5n * GCS);
  assert.deepEqual([record.chunks.toNumber(), record.unpaid.toNumber()], [2, 2]);
  const holds = await query('balances', 'holds', world.client.address);
  const of = (reason) => holds.find(({ id }) => id.isTasks && id.asTasks.type === reason).amount.toBigInt();
  assert.equal(of('Reward'), 2n * 5n * GCS);
  assert.equal(of('Storage'), record.deposit.toBigInt());
  const spent = before - (await free(world.client.address));
  assert.ok(spent > 2n * 5n * GCS + record.deposit.toBigInt(), 'the holds and a fee');
  assert.deepEqual((await world.chunks(task)).map(({ state }) => state), ['Open', 'Open']);
  const model = (await query('tasks', 'models', record.model)).unwrap();
  assert.equal(model.work.toNumber(), 1000);
});

test('nobody should be paid for a chunk that was not committed', async () => {
  const submission = {
    proof: `0x${'00'.repeat(128)}`, scores: Array(40).fill(0), green: 1000,
    nullifier: `0x${'00'.repeat(32)}`,
  };
  await assert.rejects(
    send(world.api, world.api.tx.tasks.prove(task, 0, submission), world.owner),
    /tasks\.NotCommitted/,
  );
  assert.equal((await world.api.query.proofs.nullifiers.keys()).length, 0, 'nothing is stored');
});

test('devices should do the work, prove it on metered energy, and be paid', async () => {
  const before = await free(world.owner.address);
  world.startDevices();
  const chunks = await waitFor(
    'both chunks to be paid',
    async () => {
      const list = await world.chunks(task);
      return list.every(({ state }) => state === 'Paid') && list;
    },
    900,
  );
  assert.equal((await free(world.owner.address)) - before, 2n * 5n * GCS);
  const holds = await query('balances', 'holds', world.client.address);
  assert.ok(!holds.some(({ id }) => id.isTasks && id.asTasks.isReward), 'no reward is held any more');
  const read = chunks.flatMap(({ scores }) => digits(scores));
  const labels = images.slice(0, 8).map(({ label }) => label);
  const right = read.filter((digit, index) => digit === labels[index]).length;
  assert.ok(right >= 6, `read ${read}, written ${labels}`);
  assert.equal((await world.api.query.proofs.nullifiers.keys()).length, 2, 'each nullifier is spent');
  const record = (await query('tasks', 'tasks', task)).unwrap();
  assert.equal(record.unpaid.toNumber(), 0);
});

test('the energy that proofs used should be drawn down from what was metered', async () => {
  const worked = new Set((await world.chunks(task)).map(({ device }) => device));
  for (const device of worked) {
    const reports = await world.api.query.energy.reports.entries(device);
    const used = reports.filter(([, report]) => {
      const { available, greenDraw, greenSupply, computeDraw } = report.unwrap();
      assert.ok(greenDraw.toBigInt() <= greenSupply.toBigInt());
      assert.ok(greenDraw.toBigInt() <= computeDraw.toBigInt());
      return available.toBigInt() < greenDraw.toBigInt();
    });
    assert.ok(used.length > 0, `device ${device} used metered green energy`);
    for (const [key] of used) {
      const totals = await query('energy', 'intervalTotals', key.args[1]);
      assert.ok(totals.retired.toBigInt() > 0n, 'and the interval retired it');
    }
  }
});

test('verified work should move the weight of the device\'s validator', async () => {
  const now = await waitFor(
    'the weight to move',
    async () => {
      const weights = await world.weights();
      return weights.Alice.next !== weightBefore && weights;
    },
    300,
  );
  assert.ok(now.Alice.average > 0, 'from verified work');
  assert.ok(now.Alice.next > now.Charlie.next, 'the validator with working devices weighs more');
  assert.equal(now.Charlie.average, 0);
});

test('the device should say in words what it did', async () => {
  const status = await world.status(world.devices.find(({ events }) => events.length > 0));
  assert.match(status, /[Pp]roven|paid/);
  assert.match(status, /Accepted/);
});

test('a pool should have a claim for each hour that its device promised', async () => {
  const [{ id: device }] = world.devices;
  const { pools } = world.api.tx;
  const by = (tx) => send(world.api, tx, world.owner);
  const terms = { leaderFee: 0, penalty: GCS, capacity: 10, guests: 0, notice: 2, reservePrice: 0 };
  const events = await by(pools.create('Green', 1, terms, [], null));
  const created = events.find(({ section, method }) => section === 'pools' && method === 'Created');
  const { pool, account } = created.data;
  await by(pools.join(pool, device));
  const first = (await query('pogcs', 'currentInterval')).toNumber() + 3;
  await by(pools.promise(device, first, first + 1, 1000));
  const claims = async (interval) =>
    (await view(world.api, 'Hours', 'transferable', account, 1, interval)).toNumber();
  for (const interval of [first, first + 1]) {
    assert.equal(await claims(interval), 1000);
  }
  // A class of 50 leaves a second does 3,000 in a minute.
  await assert.rejects(by(pools.promise(device, first, first, 2001)), /pools\.BeyondCapability/);
  // What the pool has not sold can be taken back, and then it is promised to nobody.
  await by(pools.takeBack(device, first, 1000));
  assert.equal(await claims(first), 0);
});

test('feeders should say what the grid is like without a fee, and nobody else', async () => {
  const [alice, dave] = ['//Alice', '//Dave'].map((uri) => world.keys.addFromUri(uri));
  const zone = 0;
  const submit = (interval) => world.api.tx.oracle.submit(zone, interval, { Carbon: 187 });
  // An interval may end between asking and telling.
  const told = await waitFor('a value to be taken', async () => {
    const interval = (await query('pogcs', 'currentInterval')).toNumber();
    const before = await free(alice.address);
    const events = await send(world.api, submit(interval), alice).catch(() => []);
    const taken = events.find(({ section, method }) => section === 'oracle' && method === 'Submitted');
    return taken && { interval, spent: before - (await free(alice.address)) };
  });
  assert.equal(told.spent, 0n);
  const now = (await query('pogcs', 'currentInterval')).toNumber();
  await assert.rejects(send(world.api, submit(now), dave), /oracle\.(NotAssigned|PastInterval)/);
});

test('a client should close a task that is done, and have its deposit back', async () => {
  const held = async () => (await query('balances', 'holds', world.client.address)).length;
  assert.equal(await held(), 1);
  await send(world.api, world.api.tx.tasks.close(task), world.client);
  assert.equal(await held(), 0);
  assert.ok((await query('tasks', 'tasks', task)).isNone);
  assert.ok((await query('tasks', 'chunks', task, 0)).isNone);
});
