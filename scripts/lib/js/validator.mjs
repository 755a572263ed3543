// A validator's stake and keys on a running chain: `scripts/validator`.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { u8aToHex } from '@polkadot/util';
import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { send } from './chain.mjs';

const usage = `usage: scripts/validator COMMAND [options]

  join      bond a stake, make keys in the node and register them
            --suri-file FILE --stake GCS
  bond      add to the stake                     --suri-file FILE --stake GCS
  rotate    make new keys in the node and register them
                                                 --suri-file FILE
  unbond    take from the stake; it is free 168 epochs later
                                                 --suri-file FILE --stake GCS
  withdraw  free what was unbonded long enough ago
                                                 --suri-file FILE
  away      declare maintenance, two epochs ahead or more, 24 epochs in 720
                                                 --suri-file FILE --from EPOCH --epochs N
  stay      cancel what is left of it            --suri-file FILE
  return    come back after having been absent   --suri-file FILE
  bind      bind one of your devices to a validator
            --suri-file FILE --device ID --validator ADDRESS
  status    what the chain knows of a validator  --suri-file FILE or --validator ADDRESS

  --node URL   the node; for join and rotate the validator's own (default: ws://127.0.0.1:9944)

FILE has the account's secret, a phrase or a seed in hex, on its first line. Only its owner may be
able to read it: chmod 600 FILE. The secret is used here to sign and goes nowhere else.`;

const DECIMALS = 12;

/** A mistake of whoever called, told without a stack. */
class Mistake extends Error {}

/** Plancks of an amount in GCS, such as `1000` or `0.5`. */
const plancks = (text) => {
  const [, whole, part = ''] = /^(\d+)(?:\.(\d{1,12}))?$/.exec(text ?? '') ?? [];
  if (whole === undefined) throw new Mistake(`--stake takes an amount in GCS, not: ${text ?? 'nothing'}`);
  return BigInt(whole) * 10n ** BigInt(DECIMALS) + BigInt(part.padEnd(DECIMALS, '0'));
};

/** An amount in GCS. */
const gcs = (amount) => {
  const text = amount.toString().padStart(DECIMALS + 1, '0');
  const part = text.slice(-DECIMALS).replace(/0+$/, '');
  return `${text.slice(0, -DECIMALS)}${part && `.${part}`} GCS`;
};

/** A phrase or a seed, with derivations after it. The library would take any short text as a seed. */
const SECRET = /^(0x[0-9a-f]{64}|([a-z]+ ){11,23}[a-z]+)?(\/\/?[^/]+)*(\/\/\/.+)?$/i;

/** The account whose secret a file has. */
const account = (path) => {
  if (!path) throw new Mistake('name the file of the secret with --suri-file');
  let mode;
  let text;
  try {
    ({ mode } = statSync(path));
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Mistake(`the secret's file cannot be read: ${error.message}`);
  }
  if (mode & 0o077) throw new Mistake(`others can read ${path}: chmod 600 ${path}`);
  const suri = text.split('\n')[0].trim();
  try {
    if (!suri || !SECRET.test(suri)) throw new Error();
    return new Keyring({ type: 'sr25519', ss58Format: 7389 }).addFromUri(suri);
  } catch {
    // The library's message would repeat what is in the file.
    throw new Mistake(`the first line of ${path} is neither a secret phrase nor a seed in hex`);
  }
};

const connect = async (url) => {
  const provider = new WsProvider(url, false);
  const failed = new Promise((_, reject) => {
    provider.on('error', () => reject(new Mistake(`nothing answers at ${url}; is the node running?`)));
  });
  await Promise.race([provider.connect().then(() => provider.isReady), failed]);
  failed.catch(() => {});
  return ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
};

const say = (words) => console.log(words);

/** Calls that pay for themselves are final before the next is made. */
const submit = async (api, tx, signer, words) => {
  await send(api, tx, signer);
  say(words);
};

const bond = async (api, signer, stake) => {
  await submit(api, api.tx.pogcs.bond(stake), signer, `bonded ${gcs(stake)}`);
};

/** New keys in the node's keystore, registered with the proof that the node has their secrets. */
const rotate = async (api, provider, signer) => {
  let answer;
  try {
    answer = await provider.send('author_rotateKeysWithOwner', [u8aToHex(signer.publicKey)]);
  } catch (error) {
    throw new Mistake(
      `the node refuses to make keys (${error.message}); name the validator's own node with --node, ` +
        'through an SSH tunnel to 127.0.0.1 if it is elsewhere',
    );
  }
  const { keys, proof } = answer;
  await submit(api, api.tx.session.setKeys(keys, proof), signer, `registered the keys ${keys}`);
  say('keep the keystore as it is until the era after next: the old keys vote until then');
};

/** A whole number among the options. */
const whole = (name, text) => {
  if (!/^\d+$/.test(text ?? '')) throw new Mistake(`--${name} takes a whole number, not: ${text ?? 'nothing'}`);
  return Number(text);
};

/** What keeps a validator out of the set, or will, in words. */
const duty = (validator, epoch) => {
  const { duty, maintenance, coolingUntil } = validator;
  const words = [];
  if (coolingUntil.toNumber() > epoch) {
    words.push(`out of the set until epoch ${coolingUntil.toNumber()}: it signed twice and was slashed`);
  }
  if (duty.isAbsent) {
    words.push('absent: it made no block in an epoch where five or more were expected; scripts/validator return');
  }
  const { from, until } = maintenance.unwrapOr({});
  if (until && until.toNumber() > epoch) {
    words.push(`maintenance from epoch ${from.toNumber()} until before ${until.toNumber()}`);
  }
  return words.length > 0 ? words : ['on duty'];
};

const status = async (api, provider, address) => {
  const [found, epoch, list, era] = await Promise.all([
    api.query.pogcs.validators(address),
    provider.send('pogcs_epoch', []),
    provider.send('pogcs_authorities', []),
    api.query.pogcs.currentEra(),
  ]);
  const validator = found.unwrapOr(undefined);
  say(`account     ${address}`);
  say(`now         epoch ${epoch.index}, era ${era.toNumber()}, ${epoch.authorities} authorities`);
  if (!validator) {
    say('not bonded: scripts/validator join');
    return;
  }
  say(`stake       ${gcs(validator.stake.toBigInt())}`);
  for (const [interval, amount] of validator.unlocking) {
    say(`unbonded    ${gcs(amount.toBigInt())}, free from epoch ${interval.toNumber()}`);
  }
  for (const words of duty(validator, epoch.index)) say(`duty        ${words}`);
  const keys = (await api.query.session.nextKeys(address)).unwrapOr(undefined);
  if (!keys) {
    say('keys        none: scripts/validator rotate');
    return;
  }
  let here;
  try {
    here = (await provider.send('author_hasSessionKeys', [keys.toHex()]))
      ? 'in this node' : 'NOT in this node: it cannot author with them';
  } catch {
    here = 'this node does not tell whether it has them';
  }
  say(`keys        registered; ${here}`);
  const id = u8aToHex(api.createType('AccountId', address).toU8a());
  const mine = list.find(({ validator: other }) => u8aToHex(api.createType('AccountId', other).toU8a()) === id);
  const share = (weight) => `${((weight / 65535) * 100).toFixed(2)} %`;
  if (mine) {
    say(`weight      ${share(mine.current)} now, ${share(mine.next)} in the next epoch`);
    say(`work        ${mine.average} µGPU-h on average, ${mine.delivered} in this epoch; the stake allows ${mine.cap}`);
    if (mine.genesis) say('bootstrap   shares the weight that the network still lacks');
    if (!mine.next && !mine.average) say('no weight: no device bound to this validator has had its work verified yet');
  }
};

const commands = {
  async join({ api, provider, signer, options }) {
    await bond(api, signer, plancks(options.stake));
    await rotate(api, provider, signer);
    say('weight comes from devices: have them bound to this account, see docs/operators.md');
  },
  bond: ({ api, signer, options }) => bond(api, signer, plancks(options.stake)),
  rotate: ({ api, provider, signer }) => rotate(api, provider, signer),
  async unbond({ api, signer, options }) {
    const amount = plancks(options.stake);
    await submit(api, api.tx.pogcs.unbond(amount), signer, `unbonded ${gcs(amount)}`);
  },
  withdraw: ({ api, signer }) =>
    submit(api, api.tx.pogcs.withdraw(), signer, 'withdrew what was free'),
  away({ api, signer, options }) {
    const [from, epochs] = [whole('from', options.from), whole('epochs', options.epochs)];
    return submit(
      api, api.tx.pogcs.declareMaintenance(from, epochs), signer,
      `away for ${epochs} epochs from epoch ${from} on; in the set again by itself after them`,
    );
  },
  stay: ({ api, signer }) =>
    submit(api, api.tx.pogcs.cancelMaintenance(), signer, 'cancelled what is left of the maintenance'),
  return: ({ api, signer }) =>
    submit(api, api.tx.pogcs.returnToDuty(), signer, 'on duty again; in the set two epochs from now'),
  async bind({ api, signer, options }) {
    if (!/^\d+$/.test(options.device ?? '')) throw new Mistake('name the device by its id with --device');
    if (!options.validator) throw new Mistake("name the validator's account with --validator");
    await submit(
      api, api.tx.devices.bind(options.device, options.validator), signer,
      `bound device ${options.device} to ${options.validator}`,
    );
  },
  status: ({ api, provider, signer, options }) =>
    status(api, provider, options.validator ?? signer.address),
};

const main = async () => {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        node: { type: 'string', default: 'ws://127.0.0.1:9944' },
        'suri-file': { type: 'string' },
        stake: { type: 'string' },
        device: { type: 'string' },
        from: { type: 'string' },
        epochs: { type: 'string' },
        validator: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Mistake(`${error.message}\n\n${usage}`);
  }
  const { values: options, positionals } = parsed;
  if (options.help) {
    say(usage);
    return;
  }
  const command = commands[positionals[0]];
  if (!command || positionals.length !== 1) throw new Mistake(usage);
  // What can be wrong with the words is found before anything is sent.
  const signs = positionals[0] !== 'status' || !options.validator;
  const signer = signs ? account(options['suri-file']) : undefined;
  if (['join', 'bond', 'unbond'].includes(positionals[0])) plancks(options.stake);
  if (positionals[0] === 'away') ['from', 'epochs'].forEach((name) => whole(name, options[name]));
  const api = await connect(options.node);
  try {
    await command({ api, provider: api._rpcCore.provider, signer, options });
  } finally {
    await api.disconnect();
  }
};

try {
  await main();
} catch (error) {
  console.error(error instanceof Mistake ? error.message : `refused: ${error.message}`);
  process.exitCode = 1;
}
