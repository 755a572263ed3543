// View functions: what a pallet answers about its state. `@polkadot/api` has no shorthand for them, and
// metadata of version 16 says how each is called (docs/dapps.md).
import { u8aConcat, u8aToHex } from '@polkadot/util';

/** Calls a view function of `pallet` by its name in Rust. */
export const view = async (api, pallet, name, ...args) => {
  const { viewFunctions } = api.runtimeMetadata.asV16.pallets.find((p) => p.name.eq(pallet));
  const { id, inputs, output } = viewFunctions.find((v) => v.name.eq(name));
  const type = (of) => api.registry.createLookupType(of);
  const input = inputs.map((it, i) => api.registry.createType(type(it.type), args[i]).toU8a());
  const query = { prefix: id.slice(0, 16), suffix: id.slice(16) };
  const answer = await api.call.runtimeViewFunction.executeViewFunction(query, u8aToHex(u8aConcat(...input)));
  return api.registry.createType(type(output), answer.asOk.toU8a(true));
};
