// Reports by the batch: a leader puts those of many devices on chain in one transaction, shows what is
// drawn, and opens single ones on demand. A device that it fails reports by itself, and one whose owner
// paid ahead reports without a fee.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { send } from '../../scripts/lib/js/chain.mjs';
import { sites } from '../../scripts/lib/js/loop/sites.mjs';
import { GCS, World } from '../../scripts/lib/js/loop/world.mjs';
import { waitFor } from '../../scripts/lib/js/process.mjs';

const world = new World();
let leader, members, prepaid, stood;
const query = (pallet, item, ...args) => world.api.query[pallet][item](...args);
const now = async () => (await query('pogcs', 'currentInterval')).toNumber();
const account = async (key) => {
  const { nonce, data } = await query('system', 'account', key);
  return { nonce: nonce.toNumber(), free: data.free.toBigInt() };
};
const reported = async (id, interval) => (await query('energy', 'reports', id, interval)).isSome;
/** What is on hold for a leader's batches. */
const held = async (key) => {
  const holds = await query('balances', 'holds', key);
  return holds
    .filter(({ id }) => id.isEnergy && id.asEnergy.isBatch)
    .reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
};
/** The events of one kind and step, of a leader or a device. */
const steps = ({ events }, kind, step) =>
  events.filter((event) => event.kind === kind && event.data?.step === step).map(({ data }) => data);
/** What kept them from it, for when something is awaited in vain. */
const lastWords = () => {
  const all = { leader, ...Object.fromEntries(world.devices.map((entry) => [entry.name, entry])) };
  return Object.entries(all).map(([name, entry]) => {
    const said = entry.events.filter(({ kind }) => kind !== 'finalised').slice(-5);
    return `${name}: ${said.map(({ text }) => text).join(' | ')}`;
  }).join('\n');
};
const awaits = (what, probe, seconds) =>
  waitFor(what, probe, seconds).catch((error) => {
    throw new Error(`${error.message}\n${lastWords()}`);
  });
/** All calls of one pallet in the blocks from `first` on, with who made them. */
const calls = async (pallet, first) => {
  const found = [];
  const last = await world.node.finalized();
  for (let number = first; number <= last; number += 1) {
    const hash = await world.api.rpc.chain.getBlockHash(number);
    const { block } = await world.api.rpc.chain.getBlock(hash);
    for (const { method: { section, method, args }, signer, isSigned } of block.extrinsics) {
      if (isSigned && section === pallet) found.push({ number, method, args, signer: signer.toString() });
    }
  }
  return found;
};

before(async () => {
  await world.startChain();
  // Twenty blocks are an interval, and finality is two or three behind: there is little time.
  leader = await world.lead(['submit_after = 30', 'opens = 4']);
  const settings = ['request_challenge = false', `leader = "${leader.url}"`, 'leader_until = 65'];
  await world.register([
    { ...sites[0], settings },
    { ...sites[1], settings },
    { ...sites[2], settings: ['request_challenge = false'], fund: 0n },
  ]);
  [members, prepaid] = [world.devices.slice(0, 2), world.devices[2]];
  await send(world.api, world.api.tx.energy.buyQuota(prepaid.id, 20), world.owner);
  world.startDevices();
});
after(() => world.stop());

test('the reports of all devices should be on chain in one transaction of their leader', async () => {
  const first = await world.node.finalized();
  const before = await Promise.all(members.map(({ key }) => account(key)));
  const sealed = await awaits(
    'a batch with the reports of both devices',
    () => steps(leader, 'batch', 'sealed').find(({ reports }) => reports === members.length),
    300,
  );
  const { interval } = sealed;
  const { batch } = await awaits(
    'the batch to be on chain',
    () => steps(leader, 'batch', 'submitted').find((of) => of.interval === interval),
  );
  stood = { batch, interval };
  const record = (await query('energy', 'batches', batch)).unwrap();
  assert.equal(record.leader.toString(), world.api.createType('AccountId', leader.key).toString());
  assert.equal(record.interval.toNumber(), interval);
  assert.equal(record.root.count.toNumber(), members.length);
  assert.ok(record.deposit.toBigInt() >= 10n * GCS && (await held(leader.key)) >= record.deposit.toBigInt());

  for (const entry of members) {
    await awaits(
      `${entry.name} to see that its report stands`,
      () => steps(entry, 'leader', 'stands').find((of) => of.interval === interval),
    );
  }
  // The interval in which it could be reported goes by.
  await awaits('the next interval', async () => (await now()) > interval + 1);
  const made = await calls('energy', first);
  const submitted = made.filter(({ method, args }) => method === 'submitBatch' && args[0].toNumber() === interval);
  assert.equal(submitted.length, 1, 'one transaction');
  for (const [index, { id, key }] of members.entries()) {
    const address = world.api.createType('AccountId', key).toString();
    assert.deepEqual(made.filter(({ signer }) => signer === address), [], 'and none of the devices');
    assert.deepEqual(await account(key), before[index], 'which paid nothing');
    assert.ok(!(await reported(id, interval)), 'a batch by itself puts nothing on record');
  }
});

test('what is drawn should be shown, and the deposit be free again', async () => {
  const { batch } = stood;
  await awaits('the leader to show it', () => steps(leader, 'batch', 'shown').find((of) => of.batch === batch), 400);
  const record = (await query('energy', 'batches', batch)).unwrap();
  assert.ok(record.state.isSound);
  assert.equal(record.deposit.toBigInt(), 0n);
  assert.deepEqual(steps(leader, 'batch', 'lost'), []);
});

test('a report should be put on record when its owner asks for it', async () => {
  const { batch, interval } = stood;
  const [{ id, key }] = members;
  const before = await account(key);
  const answer = await world.openReport(members[0], interval);
  assert.equal(answer.batch, batch);
  assert.equal(answer.leader, 'it puts the report on record');
  // The same could be sent by the owner: it is a call of this chain.
  const call = world.api.createType('Call', answer.call);
  assert.deepEqual([call.section, call.method], ['energy', 'openReport']);
  await awaits('the report to be on record', () => reported(id, interval));
  assert.deepEqual(await account(key), before, 'at the leader\'s cost');
  const { generation } = (await query('energy', 'reports', id, interval)).unwrap();
  assert.ok(generation.toBigInt() >= 0n);
  assert.ok(!(await reported(members[1].id, interval)), 'and only that one');
  // Once is enough.
  await awaits('the device to know', () => steps(members[0], 'leader', 'on_record').some((of) => of.interval === interval));
  await assert.rejects(world.openReport(members[0], interval), /no report of interval/);
});

test('a device should report by itself when its leader withholds the batch', async () => {
  const promised = steps(members[1], 'leader', 'promised').length;
  const { interval } = await awaits(
    'the next promise',
    () => steps(members[1], 'leader', 'promised').at(promised),
  );
  // It has promised, and now it does nothing at all.
  leader.process.child.kill('SIGSTOP');
  try {
    await awaits('the report to be on record', () => reported(members[1].id, interval), 90);
    assert.ok((await now()) <= interval + 1, 'in time');
    // Nor does it come with a batch at the last moment.
    await awaits('the next interval', async () => (await now()) > interval + 1);
  } finally {
    leader.process.child.kill('SIGCONT');
  }
  const [alone] = steps(members[1], 'leader', 'alone').filter((of) => of.interval === interval);
  assert.ok(alone, lastWords());
  const status = await world.status(members[1]);
  assert.match(status, new RegExp(`reports interval ${interval} by itself`));
  const batches = await world.api.query.energy.batches.entries();
  assert.ok(batches.every(([, of]) => of.unwrap().interval.toNumber() !== interval), 'there is no such batch');
  // Back again, it goes on with the interval that runs.
  await awaits(
    'the next batch',
    () => steps(leader, 'batch', 'submitted').some((of) => of.interval > interval),
    240,
  );
});

test('reports that were paid for ahead should cost the device nothing', async () => {
  const sent = await awaits(
    'prepaid reports to be sent',
    () => {
      const events = prepaid.events.filter(({ kind, data }) => kind === 'sent' && data?.prepaid);
      return events.length >= 2 && events;
    },
    240,
  );
  for (const { data } of sent.slice(0, 2)) {
    assert.ok(await awaits('one to be on record', () => reported(prepaid.id, data.interval)), 'it is on record');
  }
  const { free, nonce } = await account(prepaid.key);
  assert.equal(free, 0n, 'it never had money');
  assert.ok(nonce >= 2);
  const { left } = (await query('energy', 'quotas', prepaid.id)).unwrap();
  assert.ok(left.toNumber() <= 18 && left.toNumber() > 0, `${left} are left`);
  const status = await world.status(prepaid);
  assert.match(status, /Only \d+ prepaid reports are left/);
  assert.match(status, new RegExp(`energy.buyQuota\\(${prepaid.id}, 720\\)`));
});

test('who is no device should be refused in words', async () => {
  const hand = async (body) => {
    const answer = await fetch(`${leader.url}/v1/reports`, { method: 'POST', body: JSON.stringify(body) });
    return { code: answer.status, ...(await answer.json()) };
  };
  const nonsense = await hand({ report: '0x00', signature: '0x00' });
  assert.equal(nonsense.code, 400);
  const interval = (await now()) - 1;
  const report = world.api.createType('(u32, u32, [u64; 8], [u8; 32])', [999, interval, Array(8).fill(0), Array(32).fill(0)]);
  const stranger = await awaits(
    'the leader to take reports',
    async () => {
      const answer = await hand({ report: report.toHex(), signature: `0x${'00'.repeat(64)}` });
      return answer.code === 404 && answer;
    },
    5,
  ).catch(() => hand({ report: report.toHex(), signature: `0x${'00'.repeat(64)}` }));
  // By the time it is asked the batch may be closed.
  assert.match(stranger.refused, /no device 999 is registered|are not taken any more|has not ended/);
  const info = await (await fetch(`${leader.url}/v1/leader`)).json();
  assert.equal(info.leader, leader.key);
  assert.equal(info.genesis, world.api.genesisHash.toHex());
});
