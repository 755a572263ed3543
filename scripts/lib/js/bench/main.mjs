// Measures figures and records them. Progress goes to stderr, figures to stdout.
//   main.mjs [NAME ...] [--json]    measures
//   main.mjs --needs [NAME ...]     prints what must be built for that
import { cpus, loadavg } from 'node:os';
import { cleanUp } from './cleanup.mjs';
import { figures, only } from './figures.mjs';
import { readRecord, writeRecord } from './record.mjs';

const started = Date.now();
const say = (words) => {
  const seconds = Math.round((Date.now() - started) / 1000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  console.error(`[${clock.padStart(6)}] ${words}`);
};

/** Four digits are more than any of these figures is good for. */
const rounded = (value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value ?? null);

/** A measured figure with exactly the keys of the record. */
const line = ({ name, value, unit, peer, peer_value, ratio }) => ({
  name,
  value: rounded(value),
  unit,
  peer: peer ?? null,
  peer_value: rounded(peer_value),
  ratio: rounded(ratio),
  command: `scripts/bench ${name}`,
});

const table = (lines) => {
  const heads = ['figure', 'value', 'unit', 'compared with', 'its value', 'ratio'];
  const rows = lines.map(({ name, value, unit, peer, peer_value, ratio }) =>
    [name, value, unit, peer ?? '', peer_value ?? '', ratio ?? ''].map(String));
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at].length)));
  const isNumber = [false, true, false, false, true, true];
  return [heads, ...rows]
    .map((row) => row
      .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
      .join('  ')
      .trimEnd())
    .join('\n');
};

/** Measures `wanted`; figures that come from one program, in one run of it. */
const measure = async (wanted) => {
  const lines = [];
  for (const maker of new Set(wanted.map(({ maker }) => maker))) {
    const names = wanted.filter((figure) => figure.maker === maker).map(({ name }) => name);
    say(`measuring ${names.join(', ')}`);
    const made = (await maker.measure(names, say)).map(line);
    const missing = names.filter((name) => !made.some((figure) => figure.name === name));
    if (missing.length) throw new Error(`no value came for ${missing.join(', ')}`);
    // Written at once, so that what fails later costs nothing of it.
    writeRecord(made);
    lines.push(...made);
  }
  return lines;
};

const options = process.argv.slice(2);
const names = options.filter((option) => !option.startsWith('--'));
const flags = options.filter((option) => option.startsWith('--'));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => cleanUp().then(() => process.exit(130)));
}
let code = 0;
try {
  const unknown = flags.filter((flag) => !['--json', '--needs'].includes(flag));
  if (unknown.length) throw new Error(`unknown option ${unknown[0]}; usage: scripts/bench [NAME ...] [--json]`);
  const wanted = names.length ? only(names) : figures.filter(({ unasked }) => unasked);
  if (flags.includes('--needs')) {
    console.log([...new Set(wanted.flatMap(({ maker }) => maker.needs))].join(' '));
  } else {
    const [load] = loadavg();
    if (load > cpus().length / 2) {
      say(`this machine was busy in the last minute (load ${load.toFixed(1)}); while it is, times come out too long`);
    }
    const made = await measure(wanted);
    // Without names, what was not measured now is shown as it was measured last.
    const shown = readRecord().filter(({ name }) => !names.length || made.some((line) => line.name === name));
    if (flags.includes('--json')) shown.forEach((line) => console.log(JSON.stringify(line)));
    else console.log(table(shown));
  }
} catch (error) {
  console.error(`\x1b[31merror:\x1b[0m ${error.message}`);
  code = 1;
}
await cleanUp();
process.exitCode = code;
