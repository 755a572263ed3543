// Chain specifications for tests: a preset of the node's with another genesis.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { program } from './process.mjs';

const exportSpec = async (...args) => {
  const { stdout } = await promisify(execFile)(
    program('pogcs-node'), ['export-chain-spec', ...args], { maxBuffer: 1 << 26 },
  );
  return stdout;
};

/** Whole numbers that a double cannot tell apart, such as places, as text of which nothing is lost. */
const exact = (text) => text.replace(/(?<=[:,[]\s*)\d{16,}(?=\s*[,\]}])/g, '"#$&"');
/** The same as numbers again. */
const numbers = (text) => text.replace(/"#(\d+)"/g, '$1');

/**
 * Writes the raw specification of `preset` to `path` after `change` was made to the patch that
 * `runtime/src/genesis.rs` makes. Whole numbers of 16 digits and more are text there, with a `#` before.
 * @returns `path`, which `--chain` takes
 */
export const writeSpec = async (path, preset, change) => {
  const spec = JSON.parse(exact(await exportSpec('--chain', preset)));
  change(spec.genesis.runtimeGenesis.patch);
  writeFileSync(path, numbers(JSON.stringify(spec)));
  // Raw, so that no node has to build the genesis again.
  writeFileSync(path, await exportSpec('--chain', path, '--raw'));
  return path;
};
