// From nothing to a fourth validator in the set, by the commands of docs/operators.md.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Keyring } from '@polkadot/api';
import { World } from '../../scripts/lib/js/loop/world.mjs';
import { sites } from '../../scripts/lib/js/loop/sites.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';

const script = new URL('../../scripts/validator', import.meta.url).pathname;
const world = new World();
const address = new Keyring({ type: 'sr25519', ss58Format: 7389 }).addFromUri('//Ferdie').address;
let ferdie, secret;

/** Runs `scripts/validator`; what it printed. */
const validator = async (command, ...args) => {
  const { stdout } = await promisify(execFile)(script, [command, '--node', ferdie.url, ...args]);
  return stdout;
};

/** Who made the block of this number. */
const author = async (number) => {
  const { api } = ferdie;
  const header = await api.rpc.chain.getHeader(await api.rpc.chain.getBlockHash(number));
  const claim = header.digest.logs.find((log) => log.isPreRuntime).asPreRuntime[1];
  const index = new DataView(Uint8Array.from(claim).buffer).getUint32(1, true);
  const authors = await (await api.at(header.hash)).query.pogcs.authors();
  return authors[index]?.toString();
};

before(async () => {
  await world.startChain();
  // Its own keys, not the well-known ones.
  ferdie = await world.chain.node('ferdie', { validator: false, args: ['--validator'] });
  await ferdie.finalizes(await world.node.finalized());
  secret = join(world.chain.directory.path, 'ferdie.suri');
});
after(() => world.stop());

test('scripts/validator should refuse a secret that others can read', async () => {
  writeFileSync(secret, '//Ferdie\n', { mode: 0o644 });
  await assert.rejects(validator('join', '--suri-file', secret, '--stake', '100000'), /chmod 600/);
});

test('scripts/validator should tell the chain\'s reason when a stake is too small', async () => {
  writeFileSync(secret, '//Ferdie\n');
  await promisify(execFile)('chmod', ['600', secret]);
  await assert.rejects(
    validator('join', '--suri-file', secret, '--stake', '999'), /refused: pogcs\.Insufficient/,
  );
});

test('joining should bond the stake and register keys that the node has', async () => {
  const said = await validator('join', '--suri-file', secret, '--stake', '100000');
  assert.match(said, /bonded 100000 GCS/);
  const status = await validator('status', '--suri-file', secret);
  assert.match(status, /stake +100000 GCS/);
  assert.match(status, /keys +registered; in this node/);
  assert.match(status, /weight +0\.00 % now/);
});

test('a validator should gain weight and author when a device bound to it has worked', async () => {
  world.validators.Ferdie = address;
  // One that stands in the sun, so that it can work at once.
  await world.register([{ ...sites[1], validator: 'Alice' }]);
  const owner = join(world.chain.directory.path, 'owner.suri');
  writeFileSync(owner, '//Dave\n', { mode: 0o600 });
  await validator(
    'bind', '--suri-file', owner, '--device', `${world.devices[0].id}`, '--validator', address,
  );
  world.startDevices();
  await world.devicesAreReady();
  const task = await world.openTask(0, 2);
  await waitFor(
    'the work to be paid',
    async () => (await world.chunks(task)).every(({ state }) => state === 'Paid'),
    600,
  );
  const { current } = await waitFor(
    'the weight to count',
    async () => {
      const { Ferdie } = await world.weights();
      return Ferdie?.current > 0 && Ferdie;
    },
    300,
  );
  assert.ok(current < 65_535);
  assert.match(await validator('status', '--validator', address), /µGPU-h on average/);
  // Two chunks are worth one block in thirty-five. Its device goes on, so that the share grows.
  let next = (await ferdie.api.rpc.chain.getHeader()).number.toNumber();
  await waitFor(
    'a block by the new validator',
    async () => {
      const last = await world.chunks(world.tasks.at(-1).id);
      if (last.every(({ state }) => ['Paid', 'Gone'].includes(state))) await world.openTask(0, 2);
      for (const final = await ferdie.finalized(); next <= final; next += 1) {
        if ((await author(next)) === address) return true;
      }
      return false;
    },
    900,
  );
});

test('what is not free yet should not be withdrawn', async () => {
  assert.match(await validator('unbond', '--suri-file', secret, '--stake', '1000'), /unbonded 1000 GCS/);
  await assert.rejects(validator('withdraw', '--suri-file', secret), /refused: pogcs\.Locked/);
  assert.match(await validator('status', '--suri-file', secret), /unbonded +1000 GCS, free from epoch/);
});
