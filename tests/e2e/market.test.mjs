// The hour market on a running chain: who stands behind it, what it quotes, what it takes, what it
// refuses and how an order rests until its price is met. Hours come from a device that is in a pool.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { send } from '../../scripts/lib/js/chain.mjs';
import { sites } from '../../scripts/lib/js/loop/sites.mjs';
import { GCS, World } from '../../scripts/lib/js/loop/world.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';
import { view } from '../../scripts/lib/js/view.mjs';

/** Green hours of the development class. */
const CLASS = 1;
/** Intervals of a day, and lanes of a class. */
const [DAY, LANES] = [24, 7];
/** Slots of an interval: 30 s, so that a day is over in twelve minutes. */
const EPOCH = 10;
/** What a device promises for an hour: most of what its class can do in that time. */
const PROMISED = 1_400;

const world = new World(undefined, (genesis) => {
  genesis.pogcs.parameters.epochLength = EPOCH;
});
const tx = () => world.api.tx;
const query = (pallet, item, ...args) => world.api.query[pallet][item](...args);
const look = (name, ...args) => view(world.api, 'Market', name, ...args);
const now = async () => (await query('pogcs', 'currentInterval')).toNumber();
const free = async ({ publicKey }) => (await query('system', 'account', publicKey)).data.free.toBigInt();
/** Hours of an interval that somebody has and may sell. */
const claims = async (interval, who) =>
  (await view(world.api, 'Hours', 'transferable', who, CLASS, interval)).toNumber();
const onHold = async ({ publicKey }) => {
  const holds = await query('balances', 'holds', publicKey);
  return holds.filter(({ id }) => id.isMarket).reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
};
const event = (events, section, method) =>
  events.find((of) => of.section === section && of.method === method)?.data;
/** A block that is not soon. */
const later = async () => (await world.api.rpc.chain.getHeader()).number.toNumber() + 100;
/** Sends it; what it cost beside the fee, and its events. */
const paid = async (call, who) => {
  const before = await free(who);
  const events = await send(world.api, call, who);
  const fee = event(events, 'transactionPayment', 'TransactionFeePaid').actualFee.toBigInt();
  return { events, cost: before - (await free(who)) - fee };
};

/** The fee changes when an interval begins: what is quoted then holds for the whole of it. */
const nextInterval = async () => {
  const before = await now();
  await waitFor('the next interval', async () => (await now()) > before);
};

let provider, buyer, pool, hour;

before(async () => {
  await world.startChain();
  // Nobody who is paid for blocks: what a call costs is seen to the planck.
  [provider, buyer] = [world.client, world.keys.addFromUri('//Ferdie')];
  await world.register(sites.slice(0, 1));
  world.startDevices();
  await world.devicesAreReady();
});
after(() => world.stop());

test('a book should stand for every hour from the first block on', async () => {
  const first = await now();
  for (const ahead of [1, DAY, (LANES - 1) * DAY]) {
    const price = (await look('price', CLASS, first + ahead)).unwrap();
    assert.ok(price.now.toBigInt() > 0n && price.buyable.isTrue, `${ahead} hours ahead`);
    assert.equal(price.now.toBigInt(), price.opening.toBigInt(), 'nobody sold anything yet');
    assert.equal(price.stock.toNumber(), 0);
  }
  assert.ok((await look('price', 999, first + 1)).isNone);
  // Nothing is for sale before somebody sold it.
  const buying = tx().market.buy(CLASS, first + 3, 100, 10n * GCS, await later());
  await assert.rejects(send(world.api, buying, buyer), /market\.OutOfStock/);
});

test('anybody should sell a pool\'s hours for it, and not below its reserve price', async () => {
  const [{ id: device }] = world.devices;
  const by = (call) => send(world.api, call, world.owner);
  const terms = { leaderFee: 0, penalty: GCS, capacity: 10, guests: 0, notice: 2, reservePrice: GCS };
  const created = event(await by(tx().pools.create('Green', CLASS, terms, [], null)), 'pools', 'Created');
  pool = { id: created.pool.toNumber(), account: created.account };
  await by(tx().pools.join(pool.id, device));
  hour = (await now()) + 16;
  await by(tx().pools.promise(device, hour, hour + 1, PROMISED));
  assert.equal(await claims(hour, pool.account), PROMISED);

  const price = (await look('price', CLASS, hour)).unwrap();
  const quote = (await look('quote_sell', CLASS, hour, PROMISED)).asOk.toBigInt();
  const most = 10n ** 30n;
  const dear = tx().market.sellPool(pool.id, hour, PROMISED, most, await later());
  await assert.rejects(send(world.api, dear, buyer), /market\.Underpriced/);
  const before = (await query('system', 'account', pool.account)).data.free.toBigInt();
  const events = await send(
    world.api, tx().market.sellPool(pool.id, hour, PROMISED, quote, await later()), buyer,
  );
  assert.equal(event(events, 'market', 'PoolSold').received.toBigInt(), quote);
  const income = (await query('system', 'account', pool.account)).data.free.toBigInt() - before;
  assert.equal(income, quote, 'the pool has the money');
  assert.equal((await look('sold_of', pool.id, hour)).toNumber(), PROMISED);
  assert.equal(await claims(hour, pool.account), 0);
  const after = (await look('price', CLASS, hour)).unwrap();
  assert.ok(after.now.toBigInt() < price.now.toBigInt(), 'the price fell');
  assert.equal(after.stock.toNumber(), PROMISED);
  // What is sold cannot be promised back.
  await assert.rejects(by(tx().pools.takeBack(device, hour, 1_000)), /pools\.\w+/);
});

test('a purchase should cost what was quoted, and be refused below that', async () => {
  const amount = 500;
  const buying = async (most) => tx().market.buy(CLASS, hour, amount, most, await later());
  await nextInterval();
  const quoted = (await look('quote_buy', CLASS, hour, amount)).asOk.toBigInt();
  const api = (await world.api.call.hourMarketApi.quoteBuy(CLASS, hour, amount)).asOk.toBigInt();
  assert.equal(api, quoted, 'view function and runtime API agree');
  const { cost } = await paid(await buying(quoted), buyer);
  assert.equal(cost, quoted, 'to the planck');
  assert.equal(await claims(hour, buyer.publicKey), amount);
  // What is left is dearer.
  await assert.rejects(send(world.api, await buying(quoted / 2n), buyer), /market\.Overpriced/);
  assert.equal(await claims(hour, buyer.publicKey), amount, 'nothing changed');
  const past = tx().market.buy(CLASS, hour, amount, 10n * quoted, 1);
  await assert.rejects(send(world.api, past, buyer), /market\.Expired/);
  const dust = tx().market.buy(CLASS, hour, 1, GCS, await later());
  await assert.rejects(send(world.api, dust, buyer), /market\.Dust/);
});

test('a flexible purchase should cost no more than one hour alone', async () => {
  await send(world.api, tx().market.sellPool(pool.id, hour + 1, PROMISED, 0, await later()), buyer);
  const amount = 800;
  await nextInterval();
  const { asOk: quote } = await look('quote_flexible', CLASS, hour, hour + 1, amount);
  const [fills, total] = [...quote];
  const alone = await Promise.all(
    [hour, hour + 1].map(async (at) => (await look('quote_buy', CLASS, at, amount)).asOk.toBigInt()),
  );
  assert.ok(alone.every((cost) => total.toBigInt() <= cost), `${total} of ${alone}`);
  assert.equal([...fills].reduce((sum, fill) => sum + fill.amount.toNumber(), 0), amount);
  const call = tx().market.buyFlexible(CLASS, hour, hour + 1, amount, total.toBigInt(), await later());
  const { cost } = await paid(call, buyer);
  assert.equal(cost, total.toBigInt());
});

test('what was bought should be sold again for less than it cost', async () => {
  const amount = 100;
  const selling = async (least) => tx().market.sell(CLASS, hour, amount, least, await later());
  await nextInterval();
  const quote = (await look('quote_sell', CLASS, hour, amount)).asOk.toBigInt();
  const { cost } = await paid(await selling(quote), buyer);
  assert.equal(-cost, quote);
  await assert.rejects(send(world.api, await selling(2n * quote), buyer), /market\.Underpriced/);
  const back = (await look('quote_buy', CLASS, hour, amount)).asOk.toBigInt();
  assert.ok(back > quote, 'there and back costs something');
});

test('an order should rest until its price is met, and be taken back in part', async () => {
  const price = (await look('price', CLASS, hour)).unwrap();
  // What an hour costs with the fee, less a thousandth: a sale of some hundred hours brings it there.
  const dear = (price.now.toBigInt() * (1_000_000n + price.buyFee.toBigInt())) / 1_000_000n;
  const limit = (dear * 999n) / 1_000n;
  const amount = 300;
  const placed = await send(
    world.api, tx().market.placeOrder('Buy', CLASS, hour, amount, limit), provider,
  );
  const id = event(placed, 'market', 'OrderPlaced').order.toNumber();
  const [[, order]] = await look('orders_of', provider.publicKey);
  assert.equal(order.amount.toNumber(), amount);
  assert.equal(await onHold(provider), order.held.toBigInt() + order.deposit.toBigInt());
  const filling = tx().market.fillOrder(provider.publicKey, id);
  await assert.rejects(send(world.api, filling, buyer), /market\.Unmet/);
  // Somebody else takes no order back that is still good.
  const taking = tx().market.cancelOrder(provider.publicKey, id);
  await assert.rejects(send(world.api, taking, buyer), /market\.NotOwner/);

  // The buyer sells enough for the price to fall below the limit; blocks fill the order by themselves.
  const had = await claims(hour, buyer.publicKey);
  assert.ok(had >= 400, `${had}`);
  await send(world.api, tx().market.sell(CLASS, hour, had, 0, await later()), buyer);
  const lower = (await look('price', CLASS, hour)).unwrap().now.toBigInt();
  const got = await waitFor('the order to be filled', async () => {
    const held = await claims(hour, provider.publicKey);
    return held > 0 && held;
  }).catch((error) => {
    throw new Error(`${error.message}; the limit is ${limit}, the price ${lower}`);
  });
  assert.ok(got <= amount);
  const left = await look('orders_of', provider.publicKey);
  if (left.length > 0) {
    assert.equal(left[0][1].amount.toNumber(), amount - got);
    await send(world.api, taking, provider);
  }
  assert.equal(await onHold(provider), 0n, 'nothing is on hold any more');
  assert.equal((await look('orders_of', provider.publicKey)).length, 0);
});

test('a provider should have shares when a lane rolls, and money when one rolls again', async () => {
  const least = 10n * GCS / 1_000n;
  const small = tx().market.deposit(CLASS, least);
  await assert.rejects(send(world.api, small, provider), /market\.TooSmall/);
  const amount = 70n * GCS;
  const { cost } = await paid(tx().market.deposit(CLASS, amount), provider);
  assert.equal(cost, amount);
  const shares = async () => [...(await look('shares_of', CLASS, provider.publicKey))];
  const sum = (list, field) => list.reduce((all, of) => all + of[field].toBigInt(), 0n);
  const waiting = await shares();
  assert.equal(waiting.length, LANES);
  assert.equal(sum(waiting, 'deposit'), amount, 'each part waits for its lane');
  assert.ok(waiting.every(({ deposit }) => deposit.toBigInt() === amount / BigInt(LANES)));
  await assert.rejects(
    send(world.api, tx().market.withdraw(CLASS, 1_000_000), provider),
    /market\.NoShares/,
    'no lane has rolled since',
  );
  // The day's end is the roll of one lane: it may be a whole day away.
  const today = Math.floor((await now()) / DAY);
  const lane = today % LANES;
  const rolled = async () => (await shares())[lane].claimableShares.toBigInt();
  const claimable = await waitFor('the day to end and its lane to roll', rolled, (DAY + 2) * EPOCH * 3);
  await send(world.api, tx().market.claim(provider.publicKey, CLASS), buyer);
  const owned = await shares();
  assert.equal(owned[lane].shares.toBigInt(), claimable, 'anybody may claim for somebody');
  assert.equal(owned[lane].deposit.toBigInt(), 0n);
  assert.equal(sum(owned, 'shares'), claimable, 'no other lane has rolled');
  // A provider that stays gives its money's worth, of which nothing was lost yet, or little.
  const value = owned[lane].value.toBigInt();
  const part = amount / BigInt(LANES);
  assert.ok(value <= part + 1n && value > (part * 9n) / 10n, `${value} of ${part}`);
  // What is asked back waits for the lane's next roll, a week later; the shares are no longer its own.
  const asked = await send(world.api, tx().market.withdraw(CLASS, 1_000_000), provider);
  assert.equal(event(asked, 'market', 'WithdrawalAsked').shares.toBigInt(), claimable);
  const last = (await shares())[lane];
  assert.equal(last.shares.toBigInt(), 0n);
  assert.equal(last.withdrawal.toBigInt(), claimable);
});
