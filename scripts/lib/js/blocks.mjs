// What tests ask about blocks.

/** Calls a method as it is; `@polkadot/api` would ask for the block's runtime first, which is state. */
const call = ({ api }, method, ...params) => api._rpcCore.provider.send(method, params);

/** The hash of block `number` on a node's best chain, or null. */
export const hashOf = (node, number) => call(node, 'chain_getBlockHash', number);

/** The number of a node's best block. */
export const best = async (node) => Number((await call(node, 'chain_getHeader')).number);

/** The slot in a header's claim, and the place in the set that it claims. */
export const claim = (header) => {
  const data = header.digest.logs.find((log) => log.isPreRuntime).asPreRuntime[1];
  // First the kind of claim, a byte.
  const view = new DataView(Uint8Array.from(data).buffer);
  return { place: view.getUint32(1, true), slot: Number(view.getBigUint64(5, true)) };
};

/** The account that authored a block, by a node that has its state. */
export const author = async ({ api }, hash) => {
  const { place } = claim(await api.rpc.chain.getHeader(hash));
  return (await (await api.at(hash)).query.pogcs.authors())[place].toString();
};

/** How many final blocks from number `from` on an account authored. */
export const blocksBy = async (node, who, from) => {
  let count = 0;
  for (let number = from; number <= (await node.finalized()); number += 1) {
    if ((await author(node, await hashOf(node, number))) === who) count += 1;
  }
  return count;
};
