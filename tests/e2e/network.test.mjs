// Three validators finalise; one is killed and comes back; a fourth node joins late.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Keyring } from '@polkadot/api';
import { Chain, send } from '../../scripts/lib/js/chain.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';

const chain = new Chain('local');
let alice, bob, charlie;

before(async () => {
  alice = await chain.node('alice');
  bob = await chain.node('bob');
  charlie = await chain.node('charlie');
});
after(() => chain.stop());

const charlieAddress = new Keyring({ type: 'sr25519', ss58Format: 7389 }).addFromUri('//Charlie').address;

/** Who authored block `number`: the account behind the index in its PoGCS claim. */
const author = async (api, number) => {
  const hash = await api.rpc.chain.getBlockHash(number);
  const header = await api.rpc.chain.getHeader(hash);
  const claim = header.digest.logs.find((log) => log.isPreRuntime).asPreRuntime[1];
  const index = new DataView(Uint8Array.from(claim).buffer).getUint32(1, true);
  return (await (await api.at(hash)).query.pogcs.authors())[index].toString();
};

/** Whether two nodes have the same block at `number`. */
const agree = async (number, ...nodes) => {
  const hashes = await Promise.all(
    nodes.map(async (node) => (await node.api.rpc.chain.getBlockHash(number)).toHex()),
  );
  assert.equal(new Set(hashes).size, 1, `block ${number} differs: ${hashes}`);
};

test('three validators should finalise the same blocks', async () => {
  await Promise.all([alice, bob, charlie].map((node) => node.finalizes(5)));
  await agree(5, alice, bob, charlie);
});

test('a wallet should find the chain as it describes itself', async () => {
  const { api } = alice;
  assert.equal(api.runtimeVersion.specName.toString(), 'pogcs');
  assert.deepEqual(api.registry.chainTokens, ['GCS']);
  assert.deepEqual(api.registry.chainDecimals, [12]);
  assert.equal(api.registry.chainSS58, 7389);
  assert.equal(api.consts.system.ss58Prefix.toNumber(), 7389);
});

test('the engine should tell the epoch and where each weight comes from', async () => {
  const epoch = await alice.engine('epoch');
  assert.equal(epoch.endSlot - epoch.startSlot, 20);
  assert.equal(epoch.slotDuration, 3000);
  assert.equal(epoch.authorities, 3);
  const authorities = await alice.engine('authorities');
  assert.equal(authorities.length, 3);
  for (const { current, stake, genesis, average } of authorities) {
    assert.equal(current, 21845);
    assert.equal(genesis, true);
    assert.equal(average, 0);
    assert.equal(BigInt(stake), 100_000n * 10n ** 12n);
  }
});

test('a transfer should be final, and a transfer of too much refused by name', async () => {
  const keys = new Keyring({ type: 'sr25519' });
  const [from, to] = [keys.addFromUri('//Dave'), keys.addFromUri('//Eve')];
  const { api } = bob;
  const balance = async () => (await api.query.system.account(to.address)).data.free.toBigInt();
  const earlier = await balance();
  await send(api, api.tx.balances.transferKeepAlive(to.address, 10n ** 12n), from);
  assert.equal((await balance()) - earlier, 10n ** 12n);
  await assert.rejects(
    send(api, api.tx.balances.transferKeepAlive(to.address, 10n ** 30n), from),
    /arithmetic.*Underflow/,
  );
});

test('the chain should go on when a validator is killed, and take it back', async () => {
  // Three equal votes finalise only together (more than two thirds), so that while one is away
  // blocks go on and finality waits for it; nothing that was final is lost.
  const best = async () => (await alice.api.rpc.chain.getHeader()).number.toNumber();
  await charlie.stop('SIGKILL');
  const [stopped, final] = [await best(), await alice.finalized()];
  await waitFor('blocks without charlie', async () => (await best()) > stopped + 4, 180);
  const before = (await alice.api.rpc.chain.getBlockHash(final)).toHex();
  await charlie.start();
  const target = (await best()) + 2;
  await Promise.all([alice.finalizes(target, 300), charlie.finalizes(target, 300)]);
  await agree(target, alice, bob, charlie);
  assert.equal((await alice.api.rpc.chain.getBlockHash(final)).toHex(), before);
  await waitFor('charlie to author again', async () => {
    for (let number = await best(); number > target; number -= 1) {
      if ((await author(alice.api, number)) === charlieAddress) return true;
    }
    return false;
  });
});

test('a node that joins late should catch up', async () => {
  const target = await alice.finalized();
  const dave = await chain.node('late', { validator: false });
  await dave.finalizes(target);
  await agree(target, alice, dave);
});
