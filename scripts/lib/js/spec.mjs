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

/**
 * Writes the raw specification of `preset` to `path` after `change` was made to the patch that
 * `runtime/src/genesis.rs` makes.
 * @returns `path`, which `--chain` takes
 */
export const writeSpec = async (path, preset, change) => {
  const spec = JSON.parse(await exportSpec('--chain', preset));
  change(spec.genesis.runtimeGenesis.patch);
  writeFileSync(path, JSON.stringify(spec));
  // Raw, so that no node has to build the genesis again.
  writeFileSync(path, await exportSpec('--chain', path, '--raw'));
  return path;
};
