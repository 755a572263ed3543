// What a validator has to lose.
import assert from 'node:assert/strict';
import { account, NAMES } from './four.mjs';

/** Stake of a validator by the books: bonded, or waiting to be withdrawn. */
const booked = async (at, who) => {
  const { stake, unlocking } = (await at.query.pogcs.validators(who)).unwrap();
  return unlocking.reduce((sum, [, part]) => sum + part.toBigInt(), stake.toBigInt());
};

/** What the token has on hold for it. */
const held = async (at, who) => {
  const holds = await at.query.balances.holds(who);
  return holds.filter(({ id }) => id.isPogcs).reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
};

/** The stake of each of the four in a node's last final state. */
export const stakes = async ({ api }) => {
  const at = await api.at(await api.rpc.chain.getFinalizedHead());
  return Promise.all(NAMES.map(async (name) => {
    const who = account(name);
    return { name, booked: await booked(at, who), held: await held(at, who) };
  }));
};

/** Nobody has less than it had. */
export const nobodyLost = (before, now) => {
  for (const [i, { name, booked: books, held: hold }] of now.entries()) {
    assert.ok(books >= before[i].booked, `${name} lost stake: ${before[i].booked} before, ${books} now`);
    assert.ok(hold >= before[i].held, `${name} lost what was on hold: ${before[i].held} before, ${hold} now`);
  }
};
