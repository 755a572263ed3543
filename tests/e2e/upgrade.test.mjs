// The runtime of a running chain is replaced: what is refused, and that nobody has to stop.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Keyring } from '@polkadot/api';
import { blake2AsHex } from '@polkadot/util-crypto';
import { Chain, send } from '../../scripts/lib/js/chain.mjs';
import { claim, hashOf } from '../../scripts/lib/js/blocks.mjs';
import { program, waitFor } from '../../scripts/lib/js/process.mjs';
import { compress, decompress, specVersion, withName, withSpecVersion } from '../../scripts/lib/js/wasm.mjs';

/** The key of the runtime's code. */
const CODE = '0x3a636f6465';

/** A module that has nothing in it. */
const EMPTY = Buffer.from('0061736d01000000', 'hex');

/** A node compiles the new code while slots pass; more than this many without a block is a stop. */
const PAUSE = 10;

const chain = new Chain('local');
const keyring = new Keyring({ type: 'sr25519' });
const [root, dave, eve] = ['//Alice', '//Dave', '//Eve'].map((uri) => keyring.addFromUri(uri));
const directory = join(chain.directory.path, 'device');
const config = join(directory, 'device.toml');
let validators, api, stored, version, next, replaced;

const device = async (...args) => (await promisify(execFile)(program('pogcs-device'), args)).stdout;
const checkpoint = () =>
  device('checkpoint', '--node', validators[0].url, '--out', join(directory, 'checkpoint.json'));
const hex = (code) => `0x${code.toString('hex')}`;

before(async () => {
  const alice = await chain.node('alice');
  validators = [alice, ...await Promise.all(['bob', 'charlie'].map((name) => chain.node(name)))];
  ({ api } = alice);
  stored = Buffer.from((await alice.api.rpc.state.getStorage(CODE)).unwrap());
  const current = decompress(stored);
  version = specVersion(current);
  next = compress(withSpecVersion(current, version + 1));
  await alice.finalizes(1);
  mkdirSync(directory);
  await device('keygen', '--out', join(directory, 'device.keys'));
  await checkpoint();
  writeFileSync(config, `nodes = ${JSON.stringify(validators.map(({ url }) => url))}\n`);
});
after(() => chain.stop());

/** The name of a dispatch error. */
const named = (error) => {
  if (!error.isModule) return error.toString();
  const { section, name } = api.registry.findMetaError(error.asModule);
  return `${section}.${name}`;
};

/** Has `signer` make calls that fail or succeed on their own; returns the events. */
const attempt = (signer, ...calls) => send(api, api.tx.utility.forceBatch(calls), signer);

/** What the calls of an attempt were refused with, in order. */
const refusals = (events) =>
  events.flatMap(({ section, method, data }) => {
    if (section === 'utility' && method === 'ItemFailed') return [named(data.error)];
    if (section === 'sudo' && method === 'Sudid' && data.sudoResult.isErr) return [named(data.sudoResult.asErr)];
    return [];
  });

/** Lets whoever has it apply `code`. */
const authorize = async (code) => {
  const { sudo, system } = api.tx;
  assert.deepEqual(refusals(await send(api, sudo.sudo(system.authorizeUpgrade(blake2AsHex(code))), root)), []);
};

/** The slots in which the blocks `from` to `to` were made. */
const slots = async (from, to) => {
  const found = [];
  for (let number = from; number <= to; number += 1) {
    found.push(claim(await api.rpc.chain.getHeader(await hashOf(validators[0], number))).slot);
  }
  return found;
};

test('code should be refused by name when it must not replace the runtime', async () => {
  const { sudo, system } = api.tx;
  const setCode = (code) => system.setCode(hex(code));
  const apply = (code) => system.applyAuthorizedUpgrade(hex(code));
  const [byDave, byRoot] = await Promise.all([
    attempt(dave, setCode(stored), apply(stored)),
    attempt(root, ...[compress(withName(decompress(next), 'other')), EMPTY].map((code) => sudo.sudo(setCode(code)))),
  ]);
  assert.deepEqual(refusals(byDave), ['BadOrigin', 'system.NothingAuthorized']);
  assert.deepEqual(refusals(byRoot), ['system.InvalidSpecName', 'system.FailedToExtractRuntimeVersion']);

  // An authorisation is used up by the code that it was for, even if that is then refused.
  await authorize(stored);
  const events = await attempt(dave, apply(EMPTY), apply(stored), apply(stored));
  assert.deepEqual(refusals(events), ['system.Unauthorized', 'system.NothingAuthorized']);
  const { data } = events.find(({ method }) => method === 'RejectedInvalidAuthorizedUpgrade');
  assert.equal(named(data.error), 'system.SpecVersionNeedsToIncrease');
  assert.equal((await api.rpc.state.getRuntimeVersion()).specVersion.toNumber(), version);
});

test('blocks and finality should go on when the runtime is replaced', async (t) => {
  await authorize(next);
  const first = await validators[0].finalized();
  // Whoever has the code may send it.
  await send(api, api.tx.system.applyAuthorizedUpgrade(hex(next)), dave);
  // That block's events are not looked at: the library may be changing its types while it reads them.
  // What they would say is read from state below.
  replaced = await validators[0].finalized();
  const last = replaced + 8;
  await Promise.all(validators.map((node) => node.finalizes(last)));

  for (const node of validators) {
    const head = await node.api.rpc.chain.getFinalizedHead();
    assert.equal((await node.api.rpc.state.getRuntimeVersion(head)).specVersion.toNumber(), version + 1, node.name);
    const recorded = (await (await node.api.at(head)).query.system.lastRuntimeUpgrade()).unwrap();
    assert.deepEqual(
      [recorded.specVersion.toNumber(), recorded.specName.toString()], [version + 1, 'pogcs'],
      `${node.name}: the compiler folded the version into the code, see Version in runtime/src/configs/system.rs`,
    );
  }
  const made = await slots(first, last);
  const longest = Math.max(...made.slice(1).map((slot, i) => slot - made[i]));
  t.diagnostic(`${made.length} blocks over the upgrade, at most ${longest} slots from one to the next`);
  assert.ok(longest <= PAUSE, `${longest} slots without a block`);
});

test('transactions should go on when the runtime was replaced', async () => {
  await waitFor('the library to follow', () => api.runtimeVersion.specVersion.toNumber() === version + 1);
  const balance = async () => (await api.query.system.account(eve.address)).data.free.toBigInt();
  const earlier = await balance();
  await send(api, api.tx.balances.transferKeepAlive(eve.address, 10n ** 12n), dave);
  assert.equal((await balance()) - earlier, 10n ** 12n);
});

test('nodes should start and join when the runtime was replaced', async () => {
  const [alice, , charlie] = validators;
  await charlie.stop();
  await charlie.start();
  const late = await chain.node('late', { validator: false });
  const target = (await alice.finalized()) + 2;
  await Promise.all([charlie, late].map((node) => node.finalizes(target)));
  for (const node of [charlie, late]) {
    assert.equal(await hashOf(node, target), await hashOf(alice, target), node.name);
    assert.equal((await node.api.rpc.state.getRuntimeVersion()).specVersion.toNumber(), version + 1, node.name);
  }
});

test('a device should say what to do when the runtime was replaced, and go on with a new checkpoint', async () => {
  const look = async () => {
    await device('run', '--once', '--json', '--config', config);
    const status = JSON.parse(await device('status', '--json', '--config', config));
    assert.ok(status.finalised > replaced, `it is at block ${status.finalised}`);
    return status;
  };
  const { trouble: before } = await look();
  assert.match(before, new RegExp(
    `runtime is now version ${version + 1} and this device's checkpoint is for ${version}, so it signs nothing`,
  ));
  await checkpoint();
  const { trouble, runtime } = await look();
  assert.deepEqual({ trouble, runtime }, { trouble: null, runtime: version + 1 });
});
