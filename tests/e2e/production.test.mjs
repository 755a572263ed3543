// A production chain from an operator's genesis file, as docs/operators.md says it is made.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Chain } from '../../scripts/lib/js/chain.mjs';
import { program, scratch } from '../../scripts/lib/js/process.mjs';

const run = promisify(execFile);
const pogcs = async (...args) => (await run(program('pogcs-node'), args)).stdout;
const directory = scratch('production');
const at = (name) => join(directory.path, name);
const spec = at('pogcs.json');
const chain = new Chain(spec);
const GCS = 10n ** 12n;

after(async () => {
  await chain.stop();
  directory.remove();
});

const generate = async (scheme) =>
  JSON.parse(await pogcs('key', 'generate', '--scheme', scheme, '--output-type', 'json'));

const specify = async (validators, output) => {
  // Amounts are numbers in the file, as JSON has them.
  writeFileSync(at('genesis.json'), JSON.stringify({
    validators: validators.map(({ account, pogcs: blocks, grandpa }) => ({
      account: account.ss58Address, pogcs: blocks.ss58Address, grandpa: grandpa.ss58Address,
      stake: Number(1_000n * GCS),
    })),
    balances: validators.map(({ account }) => [account.ss58Address, Number(2_000n * GCS)]),
  }));
  return pogcs('export-chain-spec', '--chain', `production=${at('genesis.json')}`, '--raw', '--output', output);
};

test('a production chain should finalise when its validators are set up by the guide', async () => {
  const validators = [];
  for (let i = 0; i < 4; i += 1) {
    validators.push({
      account: await generate('sr25519'), pogcs: await generate('sr25519'), grandpa: await generate('ed25519'),
    });
  }
  await specify(validators, spec);
  assert.equal(JSON.parse(readFileSync(spec, 'utf8')).chainType, 'Live');

  for (const [i, { pogcs: blocks, grandpa }] of validators.entries()) {
    const name = `validator-${i}`;
    const common = ['--chain', spec, '--base-path', join(chain.directory.path, name)];
    await pogcs('key', 'generate-node-key', ...common);
    for (const [type, scheme, { secretPhrase }] of [['pgcs', 'sr25519', blocks], ['gran', 'ed25519', grandpa]]) {
      const secret = at('secret');
      writeFileSync(secret, secretPhrase, { mode: 0o600 });
      await pogcs('key', 'insert', ...common, '--scheme', scheme, '--key-type', type, '--suri', secret);
    }
    await chain.node(name, { validator: false, args: ['--validator'] });
  }
  await Promise.all(chain.nodes.map((node) => node.finalizes(5)));
  const epoch = await chain.nodes[0].engine('epoch');
  assert.equal(epoch.endSlot - epoch.startSlot, 1200);
  assert.equal(epoch.authorities, 4);
});

test('a production genesis should be refused when it has too few validators', async () => {
  const one = { account: await generate('sr25519'), pogcs: await generate('sr25519'), grandpa: await generate('ed25519') };
  await assert.rejects(specify([one], at('refused.json')), /at least 4 validators, the file has 1/);
});
