// How many transfers a second get into the blocks of a node, one after the other: ours and the peer.
import { OURS, PEER, solo } from './node.mjs';
import { run } from './programs.mjs';

/** Room for more than is ever sent ahead: the default is less than two blocks hold. */
const POOL = ['--pool-limit', '100000', '--pool-kbytes', '102400'];

const measureOne = async (kind, name) => {
  const node = await solo(kind, POOL);
  await node.finalizes(1);
  const [{ value, unit }] = await run('pogcs-bench', ['--json', '--node', node.url, name]);
  await node.stop();
  return { value, unit };
};

export const throughput = {
  needs: ['programs', 'peer'],
  measure: async ([name], say) => {
    say('our node: about seven minutes');
    const { value, unit } = await measureOne(OURS, name);
    say(`${value.toFixed(0)} ${unit}; the peer: as long again`);
    const { value: peer_value } = await measureOne(PEER, name);
    return [{ name, value, unit, peer: PEER.name, peer_value, ratio: value / peer_value }];
  },
};
