// The last value of each figure: docs/figures.jsonl for programs, docs/figures.md for people.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { figures } from './figures.mjs';

const docs = join(process.env.ROOT, 'docs');
const lines = join(docs, 'figures.jsonl');
const page = join(docs, 'figures.md');

/** In the order of the figures, and without what is no figure any more. */
const inOrder = (found) =>
  figures.flatMap(({ name }) => found.find((line) => line.name === name) ?? []);

/** The lines as they stand. */
export const readRecord = () => {
  const text = existsSync(lines) ? readFileSync(lines, 'utf8') : '';
  return inOrder(text.split('\n').filter(Boolean).map((line) => JSON.parse(line)));
};

/** This machine. Its system keeps a little memory to itself, so that what there is gets rounded up. */
const machine = () => {
  const gib = Math.ceil(totalmem() / 2 ** 30);
  return `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${gib} GiB of memory.`;
};

/** The value of a figure as the page has it. */
const cell = ({ value, unit, peer, peer_value, ratio }) =>
  `${value} ${unit}${peer ? ` (${peer}: ${peer_value} ${unit}; ratio ${ratio})` : ''}`;

/** Puts these lines in the place of older ones, and their values into the page's table. */
export const writeRecord = (made) => {
  const record = inOrder([...made, ...readRecord()]);
  writeFileSync(lines, record.map((line) => `${JSON.stringify(line)}\n`).join(''));

  const text = readFileSync(page, 'utf8')
    .replace(/^Machine: .*$/m, machine())
    .replace(/^\| `(\w+)` \|[^|]*\|/gm, (row, name) => {
      const line = record.find((entry) => entry.name === name);
      return line ? `| \`${name}\` | ${cell(line)} |` : row;
    });
  writeFileSync(page, text);
};
