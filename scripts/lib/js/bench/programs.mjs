// Figures that programs of the workspace print, one JSON object a line.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { program, target } from '../process.mjs';
import { later } from './cleanup.mjs';

/** Runs a program and returns the objects that it printed. */
export const run = async (name, args) => {
  const child = spawn(program(name), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const done = later(() => child.kill());
  let text = '';
  child.stdout.on('data', (data) => { text += data; });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  done();
  if (code !== 0) throw new Error(`${name} failed`);
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
};

/** The prover and the verifier as they are compiled for this machine. */
export const prover = {
  needs: ['programs'],
  measure: (names) => run('pogcs-zk', ['bench', '--json', ...names]),
};

/** A home's year, simulated. */
export const home = {
  needs: ['programs'],
  measure: (names) => run('pogcs-home-energy', ['bench', '--json', ...names]),
};

/** Block import, in turns with the peer. */
export const blocks = {
  needs: ['programs', 'peer'],
  measure: (names) => run('pogcs-bench', ['--json', ...names]),
};

/** The engine, and the runtime. */
export const node = {
  needs: ['programs'],
  measure: (names) => run('pogcs-bench', ['--json', ...names]),
};

/** The verifier inside a runtime. */
export const verifier = {
  needs: ['programs', 'verifier'],
  measure: (names) => {
    const wasm = join(target, 'bench-verifier', 'wasm32v1-none', 'release', 'pogcs_bench_verifier.wasm');
    return run('pogcs-bench', ['--json', '--verifier-wasm', wasm, ...names]);
  },
};
