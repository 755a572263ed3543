// A chain of four validators of equal weight: the fewest of which one can be lost.
import { join } from 'node:path';
import { Keyring } from '@polkadot/api';
import { writeSpec } from '../spec.mjs';

export const NAMES = ['alice', 'bob', 'charlie', 'dave'];

/** Milliseconds of a slot. */
export const SLOT = 3_000;

/**
 * Slots of an epoch. Of each of the four, fewer than five blocks are expected in one, so that bad
 * luck in the draw marks nobody absent.
 */
export const EPOCH = 16;

/** Epochs of an era: short, so that the finality set changes in the middle of faults. */
const ERA = 2;

/** What each of four weighs: 65,535 is shared out, rounded down. */
const WEIGHT = 16_383;

/** The key pair of a validator, as a wallet has it. */
export const pair = (name, type = 'sr25519', ss58Format = 7389) =>
  new Keyring({ type, ss58Format }).addFromUri(`//${name[0].toUpperCase()}${name.slice(1)}`);

/** The account of a validator, as the chain writes it. */
export const account = (name) => pair(name).address;

/** Writes the specification into `directory`; its path. */
export const fourSpec = (directory, parameters = {}) =>
  writeSpec(join(directory, 'four.json'), 'local', (genesis) => {
    // As the preset writes addresses.
    const [dave, votes] = [pair('dave', 'sr25519', 42).address, pair('dave', 'ed25519', 42).address];
    const [[, stake]] = genesis.pogcs.validators;
    genesis.pogcs.validators.push([dave, stake]);
    genesis.session.keys.push([dave, dave, { grandpa: votes, pogcs: dave }]);
    genesis.grandpa.authorities = [...genesis.grandpa.authorities, [votes]].map(([key]) => [key, WEIGHT]);
    Object.assign(genesis.pogcs.parameters, { epochLength: EPOCH, epochsPerEra: ERA, ...parameters });
  });
