// What an offence costs by the rule of the design, computed here from stake and weights alone, and
// what it did cost on the chain.
import assert from 'node:assert/strict';
import { hashOf } from '../../../scripts/lib/js/blocks.mjs';
import { waitFor } from '../../../scripts/lib/js/process.mjs';

/** The part of a slash that the author of the block with the report gets. */
const REPORTER_SHARE = 10n;

/** Amounts are exact but for the fraction, which the chain has in billionths: this many of them. */
const BILLIONTHS = 3n;

const least = (a, b) => (a < b ? a : b);
const most = (a, b) => (a > b ? a : b);

/** `min(1, max(5 %, (3 * weight / total)^2))` of `stake`. */
const penalty = (stake, weight, total) => {
  const [part, whole] = [most(9n * 20n * weight * weight, total * total), 20n * total * total];
  return least(stake, (stake * part) / whole);
};

/** Stake of an account that can be slashed, by the books: bonded, or waiting to be withdrawn. */
const booked = async (at, who) => {
  const { stake, unlocking } = (await at.query.pogcs.validators(who)).unwrap();
  return unlocking.reduce((sum, [, part]) => sum + part.toBigInt(), stake.toBigInt());
};

/** What the token has on hold for it. */
const held = async (at, who) => {
  const holds = await at.query.balances.holds(who);
  return holds.filter(({ id }) => id.isPogcs).reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
};

/** Events of one kind, `section.method`, without what was emitted beside them. */
export const only = (events, kind) =>
  events.map(({ event }) => event).filter(({ section, method }) => `${section}.${method}` === kind);

/** What `who` has to lose, and what it weighs in its set, as long as nobody has been caught. */
export const seat = async (node, who) => {
  const all = await node.engine('authorities');
  const weigh = ({ current }) => BigInt(current);
  const mine = all.find(({ validator }) => node.api.createType('AccountId', validator).eq(who));
  const at = await node.api.at(await node.api.rpc.chain.getFinalizedHead());
  return {
    who,
    stake: await booked(at, who),
    weight: weigh(mine),
    total: all.map(weigh).reduce((sum, weight) => sum + weight),
  };
};

/** The verdicts in the blocks from `first` to `last`: number, hash and events of each. */
export const verdicts = async (node, first, last) => {
  const found = [];
  for (let number = first; number <= last; number += 1) {
    const hash = await hashOf(node, number);
    const events = await (await node.api.at(hash)).query.system.events();
    if (only(events, 'accountability.Equivocated').length > 0) found.push({ number, hash, events });
  }
  return found;
};

/** Waits for the first verdict that is final, from block `first` on. */
export const firstVerdict = async (node, first, seconds = 300) => {
  let next = first;
  return waitFor('a verdict that is final', async () => {
    const last = await node.finalized();
    const [found] = await verdicts(node, next, last);
    next = last + 1;
    return found;
  }, seconds);
};

/**
 * The verdict is against the one of `seat`, who loses what the rule says for each period in which it
 * was caught, as long as it has anything; a tenth goes to the block's author unless that is the
 * offender, and the rest is burnt.
 * @param author who authored the block of the verdict
 * @returns the periods
 */
export const isJust = async ({ api }, { hash, events }, author, { who: offender, stake, weight, total }) => {
  const charges = only(events, 'accountability.Equivocated').map(({ data }) => data);
  const slashes = only(events, 'pogcs.Slashed').map(({ data }) => data);
  assert.equal(slashes.length, charges.length);
  const due = penalty(stake, weight, total);

  const { parentHash } = await api.rpc.chain.getHeader(hash);
  const [before, after] = await Promise.all([api.at(parentHash), api.at(hash)]);
  const difference = async (ask) => (await ask(before)) - (await ask(after));
  let left = await booked(before, offender);
  let [taken, rewarded] = [0n, 0n];
  for (const [i, slash] of slashes.entries()) {
    assert.equal(charges[i].offender.toString(), offender);
    assert.equal(slash.validator.toString(), offender);
    const [cost, reward] = [slash.taken.toBigInt(), slash.rewarded.toBigInt()];
    const expected = least(due, left);
    const error = cost > expected ? cost - expected : expected - cost;
    assert.ok(error <= (stake * BILLIONTHS) / 1_000_000_000n, `${cost} was taken, ${expected} is due`);
    if (author === offender) {
      assert.ok(charges[i].reporter.isNone, 'nobody earns by accusing itself');
      assert.equal(reward, 0n);
    } else {
      assert.equal(charges[i].reporter.unwrap().toString(), author);
      assert.equal(reward, cost / REPORTER_SHARE);
    }
    [left, taken, rewarded] = [left - cost, taken + cost, rewarded + reward];
  }

  assert.equal(await difference((at) => booked(at, offender)), taken);
  assert.equal(await difference((at) => held(at, offender)), taken, 'what is on hold is what the books say');
  const free = async (at) => (await at.query.system.account(author)).data.free.toBigInt();
  assert.equal(await difference(free), -rewarded);
  const issued = async (at) => (await at.query.balances.totalIssuance()).toBigInt();
  assert.equal(await difference(issued), taken - rewarded, 'the rest is burnt');
  return charges.map(({ period }) => period);
};
