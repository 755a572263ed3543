// Runs scenarios, each in a sandbox of its own, and shows how often each passed.
//   main.mjs [--times N] [--jobs N] [--results FILE] [SCENARIO ...]
//   main.mjs --soak MINUTES [--seed N]
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { program, scratch, target } from '../process.mjs';
import * as sandbox from './sandbox.mjs';
import { table } from './table.mjs';

const SCENARIOS = new URL('../../../../tests/faults', import.meta.url).pathname;
const SOAK = new URL('soak.mjs', import.meta.url).pathname;
const SUFFIX = '.test.mjs';

const started = Date.now();
const say = (words) => {
  const seconds = Math.round((Date.now() - started) / 1000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  console.error(`[${clock.padStart(6)}] ${words}`);
};
const fail = (words) => {
  console.error(`error: ${words}`);
  process.exit(1);
};

const whole = (words, option) =>
  (/^[1-9]\d*$/.test(words) ? Number(words) : fail(`${option} takes a whole number above 0, not ${words}`));

const options = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        times: { type: 'string', default: '1' },
        jobs: { type: 'string', default: '1' },
        results: { type: 'string' },
        soak: { type: 'string' },
        seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
      },
    });
  } catch (error) {
    return fail(`${error.message}; docs/faults.md shows what scripts/faults takes`);
  }
};

const known = () =>
  readdirSync(SCENARIOS).filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));

const { values, positionals } = options();
const scenarios = positionals.length ? positionals : known();
for (const name of scenarios) {
  if (!known().includes(name)) fail(`there is no scenario ${name}; there are ${known().join(', ')}`);
}
if (!existsSync(program('pogcs-node'))) fail(`${program('pogcs-node')} is missing; run scripts/faults`);

const obstacle = sandbox.impossible();
if (obstacle) say(`without sandboxes, some scenarios are skipped: ${obstacle}`);

const work = scratch('faults');
const results = values.results ? resolve(values.results) : join(work.path, 'results.jsonl');
const logs = join(target, 'faults');
mkdirSync(target, { recursive: true });

const running = new Set();
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
  process.once(signal, () => {
    for (const child of running) child.kill('SIGKILL');
    process.exit(code);
  });
}
// The nodes of a run that was stopped may still be at it for a moment.
const remove = (path) => rmSync(path, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
process.once('exit', () => remove(work.path));

let runs = 0;

/** Runs a command in a sandbox; the code it ended with. */
const run = async (command) => {
  runs += 1;
  const data = join(work.path, `data-${runs}`);
  mkdirSync(data);
  const env = { TMPDIR: data, POGCS_FAULTS_RESULTS: results, POGCS_FAULTS_LOGS: logs };
  const child = sandbox.run(command, { isolated: !obstacle, env });
  running.add(child);
  const code = await new Promise((done) => {
    child.once('error', () => done(-1));
    child.once('exit', (status) => done(status ?? -1));
  });
  running.delete(child);
  remove(data);
  return code;
};

const soak = async (minutes, seed) => {
  say(`faults at random for ${minutes} minutes; the same again: --soak ${minutes} --seed ${seed}`);
  const code = await run([process.execPath, SOAK, `${minutes}`, `${seed}`]);
  say(code === 0 ? 'everything held' : `something has failed; what nodes said is in ${logs}`);
  return code === 0;
};

/** Every scenario `times` times, `jobs` of them at any time. */
const all = async (times, jobs) => {
  if (!values.results) writeFileSync(results, '');
  const before = existsSync(results) ? readFileSync(results, 'utf8').length : 0;
  const codes = new Map(scenarios.map((name) => [name, []]));
  const left = Array.from({ length: times }, (_, round) => scenarios.map((name) => ({ name, round }))).flat();
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { name, round } = next;
      say(`${name}, ${round + 1} of ${times}`);
      const code = await run([process.execPath, '--test', '--test-reporter=spec', join(SCENARIOS, name + SUFFIX)]);
      codes.get(name).push(code);
      if (code !== 0) say(`${name} has failed; what its nodes said is in ${logs}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  const text = existsSync(results) ? readFileSync(results, 'utf8').slice(before) : '';
  const lines = text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  console.log(table(codes, lines));
  return [...codes.values()].flat().every((code) => code === 0);
};

const held = values.soak
  ? await soak(whole(values.soak, '--soak'), whole(values.seed, '--seed'))
  : await all(whole(values.times, '--times'), whole(values.jobs, '--jobs'));
process.exit(held ? 0 : 1);
