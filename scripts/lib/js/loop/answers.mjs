// What devices answer to chunks that several of them do, by `primitives/core/src/contracts.rs`.
import { compactAddLength, hexToU8a, stringToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';

/** The most further devices that are asked: answers come in one layer more. */
const MAX_FURTHER = 3;
const CONTEXT = compactAddLength(stringToU8a('pogcs/replica/answer/1'));

/** The answer of `layer` whose result has this name, both in hex. */
export const answer = (result, layer = 0) => {
  let hash = hexToU8a(result);
  for (let at = layer; at <= MAX_FURTHER; at += 1) hash = blake2AsU8a(u8aConcat(CONTEXT, hash), 256);
  return u8aToHex(hash);
};
