// Coming back after an absence: whoever made no block in an epoch in which five were expected stays
// out of later sets until it says that it is back.
import { send } from '../chain.mjs';
import { account, pair } from './four.mjs';

/** Whether a validator is marked absent in a node's last final state. */
export const isAbsent = async ({ api }, name) => {
  const at = await api.at(await api.rpc.chain.getFinalizedHead());
  return (await at.query.pogcs.validators(account(name))).unwrap().duty.isAbsent;
};

/** Lets a validator say that it is back, if it has to; whether it had to. */
export const returnToDuty = async (node, name) => {
  if (!(await isAbsent(node, name))) return false;
  await send(node.api, node.api.tx.pogcs.returnToDuty(), pair(name));
  return true;
};
