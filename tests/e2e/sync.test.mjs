// Ways to join a chain whose finality set has changed keys and weights, what each kind of node keeps,
// and the tools that work on a stopped node's database.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Keyring } from '@polkadot/api';
import { u8aToHex } from '@polkadot/util';
import { Chain, send } from '../../scripts/lib/js/chain.mjs';
import { best, claim, hashOf } from '../../scripts/lib/js/blocks.mjs';
import { freePort, program, waitFor } from '../../scripts/lib/js/process.mjs';
import { writeSpec } from '../../scripts/lib/js/spec.mjs';

/** Slots of an epoch, and epochs of an era: short, so that the finality set changes every 30 s. */
const EPOCH = 5;
const ERA = 2;

/** The engine's averages have this many fractional bits. */
const PRECISION = 20n;

const run = promisify(execFile);
const chain = new Chain();
const keyring = new Keyring({ type: 'sr25519', ss58Format: 7389 });
const [aliceAccount, charlieAccount] = ['//Alice', '//Charlie'].map((uri) => keyring.addFromUri(uri));
let alice, bob, charlie, pruned, late, warp;

before(async () => {
  chain.spec = await writeSpec(join(chain.directory.path, 'spec.json'), 'local', (genesis) => {
    Object.assign(genesis.pogcs.parameters, { epochLength: EPOCH, epochsPerEra: ERA });
  });
  alice = await chain.node('alice', { args: ['--state-pruning', 'archive', '--blocks-pruning', 'archive'] });
  [bob, charlie, pruned] = await Promise.all([
    chain.node('bob'),
    chain.node('charlie'),
    chain.node('pruned', { validator: false, args: ['--state-pruning', '16'] }),
  ]);
  await alice.finalizes(1);
});
after(() => chain.stop());

/** Calls a method as it is; `@polkadot/api` would ask for the block's runtime first, which is state. */
const call = (node, method, ...params) => node.api._rpcCore.provider.send(method, params);

/** The state of block `number`: what an operator asks who wants to know a balance of then. */
const stateOf = async (node, number) =>
  call(node, 'state_getStorage', node.api.query.system.account.key(aliceAccount.address), await hashOf(node, number));

/** Whether two nodes have the same blocks and, at the newest of `numbers`, the same state. */
const agree = async (a, b, ...numbers) => {
  for (const number of numbers) assert.equal(await hashOf(a, number), await hashOf(b, number), `block ${number}`);
  assert.equal(await stateOf(a, numbers.at(-1)), await stateOf(b, numbers.at(-1)));
};

/** Runs a command on the database of a stopped node. */
const tool = (command, path, ...args) =>
  run(program('pogcs-node'), [command, '--chain', chain.spec, '--base-path', path, ...args]);

/** The voters at a block, by default the newest final one: their weights by key. */
const voters = async ({ api }, hash) => {
  const at = await api.at(hash ?? await api.rpc.chain.getFinalizedHead());
  return new Map([...(await at.query.grandpa.authorities())].map(([key, weight]) => [key.toHex(), weight.toNumber()]));
};

test('a running validator should author and vote with new keys when it rotated them', async () => {
  const { keys, proof } = await call(charlie, 'author_rotateKeysWithOwner', u8aToHex(charlieAccount.publicKey));
  await assert.rejects(
    send(charlie.api, charlie.api.tx.session.setKeys(keys, '0x'), charlieAccount), /session\.InvalidProof/,
  );
  const [blocks, votes] = [keys.slice(0, 66), `0x${keys.slice(66, 130)}`];

  // Stands in for work, which takes devices and an hour: Alice's weight becomes another than the
  // others', less than two thirds and more than one third.
  const { api } = alice;
  const validator = (await api.query.pogcs.validators(aliceAccount.address)).unwrap();
  validator.set('average', api.createType('u128', 800n << PRECISION));
  const entry = [api.query.pogcs.validators.key(aliceAccount.address), validator.toHex()];
  await Promise.all([
    send(charlie.api, charlie.api.tx.session.setKeys(keys, proof), charlieAccount),
    send(api, api.tx.sudo.sudo(api.tx.system.setStorage([entry])), aliceAccount),
  ]);
  const set = await waitFor('the finality set to follow', async () => {
    const now = await voters(bob);
    return now.has(votes) && Math.max(...now.values()) > now.get(votes) && now;
  }, 120);
  assert.equal(set.size, 3);

  // Without Bob and without Charlie's new key there would be no two thirds.
  await bob.stop();
  await alice.finalizes((await best(alice)) + 3);
  await waitFor('a block that is signed with the new key', async () => {
    const header = await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead());
    const [key] = (await (await api.at(header.hash)).query.pogcs.authorities())[claim(header).place];
    return key.toHex() === blocks;
  });
  await bob.start();
});

test('a node should catch up by executing all blocks', async () => {
  late = await chain.node('late', { validator: false });
  const target = await alice.finalized();
  await late.finalizes(target);
  await agree(alice, late, 1, target);
});

test('a node should catch up by warp sync when the finality set has changed', async () => {
  await waitFor('the finality set to have changed three times', async () =>
    (await alice.api.query.grandpa.currentSetId()).toNumber() >= 3, 300);
  const target = await alice.finalized();
  warp = await chain.node('warp', { validator: false, args: ['--sync', 'warp'] });
  await warp.finalizes(target);
  await waitFor('the log to tell how it synced', () => /State sync is complete/.test(readFileSync(warp.log, 'utf8')));
  // It tells that before the state is in its database.
  const [head, set] = await waitFor('the state to be there', async () => {
    const hash = await call(warp, 'chain_getFinalizedHead');
    return [hash, await voters(warp, hash)];
  });
  assert.deepEqual(set, await voters(alice, head));
  await assert.rejects(stateOf(warp, 1), /State already discarded/);
  await waitFor('the history to be fetched', async () => {
    const first = await call(warp, 'chain_getBlock', await hashOf(warp, 1));
    return first?.block.extrinsics.length > 0;
  });
  // From here it executes blocks, with the epochs that it has read from the state.
  const later = target + 2 * EPOCH;
  await Promise.all([alice.finalizes(later), warp.finalizes(later)]);
  await agree(alice, warp, 1, target, later);
});

test('a node that joined by warp sync should go on when it was killed', async () => {
  await warp.stop('SIGKILL');
  await warp.start();
  const target = (await alice.finalized()) + 2 * EPOCH * ERA;
  await Promise.all([alice.finalizes(target), warp.finalizes(target)]);
  await agree(alice, warp, 1, target);
});

test('an archive node should answer the state of any block, and a pruned one should refuse', async () => {
  assert.ok(await stateOf(alice, 1));
  await pruned.finalizes(30);
  const final = await pruned.finalized();
  assert.equal(await stateOf(pruned, final), await stateOf(alice, final));
  await assert.rejects(stateOf(pruned, 1), /State already discarded/);
  assert.ok((await call(pruned, 'chain_getBlock', await hashOf(pruned, 1))).block.extrinsics.length > 0);
});

test('a pruned node should stay pruned when it starts again', async () => {
  await pruned.stop();
  const ports = ['--port', `${await freePort()}`, '--rpc-port', `${await freePort()}`, '--no-prometheus'];
  await assert.rejects(
    run(program('pogcs-node'), [
      '--chain', chain.spec, '--base-path', pruned.path, '--state-pruning', 'archive', ...ports,
    ], { timeout: 60_000 }),
    ({ stderr }) => /Incompatible pruning modes/.test(stderr),
  );
  await pruned.start();
  const target = (await alice.finalized()) + 2;
  await pruned.finalizes(target);
  await agree(alice, pruned, target);
  await assert.rejects(stateOf(pruned, target - 18), /State already discarded/);
});

test('a device should get its checkpoint from a node of any kind', async () => {
  const file = join(chain.directory.path, 'checkpoint.json');
  // From genesis it proves the first set from that block's state, which not every node has.
  const fromGenesis = (node) =>
    run(program('pogcs-device'), ['checkpoint', '--from-genesis', '--node', node.url, '--out', file]);
  await fromGenesis(alice);
  await assert.rejects(
    fromGenesis(pruned),
    ({ stderr }) => /State already discarded/.test(stderr),
  );
  for (const node of [alice, pruned, warp]) {
    await run(program('pogcs-device'), ['checkpoint', '--node', node.url, '--out', file]);
    const checkpoint = JSON.parse(readFileSync(file, 'utf8'));
    assert.equal(checkpoint.hash, await hashOf(alice, checkpoint.number));
    const at = await alice.api.at(checkpoint.hash);
    assert.equal(checkpoint.set_id, (await at.query.grandpa.currentSetId()).toNumber());
    assert.deepEqual(new Map(checkpoint.authorities), await voters(alice, checkpoint.hash));
  }
});

test('blocks should be the same when they were exported, imported and checked', async () => {
  const final = await late.finalized();
  await late.stop();
  const [path, again] = ['blocks', 'again'].map((name) => join(chain.directory.path, name));
  await tool('export-blocks', late.path, '--binary', '--to', `${final}`, path);
  const copy = join(chain.directory.path, 'imported');
  await tool('import-blocks', copy, '--binary', path);
  await tool('check-block', copy, `${final}`);
  await tool('export-blocks', copy, '--binary', '--to', `${final}`, again);
  assert.ok(readFileSync(path).equals(readFileSync(again)));
  await assert.rejects(tool('check-block', copy, '1000000'), /1000000|[Uu]nknown/);
  await late.start();
  await late.finalizes(final + 1);
});

test('a node should sync on when revert took back the opening of an epoch', async () => {
  // Without Alice there are no two thirds: blocks go on, none becomes final.
  await alice.stop();
  const final = await late.finalized();
  const opening = await waitFor('an epoch to open above the final block', async () => {
    const highest = await late.finalized();
    for (let number = await best(late); number > highest; number -= 1) {
      const { digest } = await late.api.rpc.chain.getHeader(await hashOf(late, number));
      if (digest.logs.some((log) => log.isConsensus && `${log.asConsensus[0]}` === 'PGCS')) return number;
    }
    return undefined;
  });
  const head = await waitFor('two blocks in it', async () => ((await best(late)) > opening + 1) && best(late));
  await late.stop();
  const { stderr } = await tool('revert', late.path, '1000');
  assert.match(stderr, /Reverted \d+ blocks/);
  await late.start();
  assert.ok((await late.finalized()) >= final);
  await waitFor('the blocks to be back', async () => (await best(late)) >= head, 60);
  await alice.start();
  await Promise.all([alice.finalizes(head + 1), late.finalizes(head + 1)]);
  await agree(alice, late, final, head + 1);
});
