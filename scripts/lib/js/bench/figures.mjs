// All figures, in the order of the record, and what measures each.
import { cold } from './cold.mjs';
import { memory } from './memory.mjs';
import { node, prover, verifier } from './programs.mjs';

/** `unasked`: measured when no names are given. */
const figure = (name, maker, unasked = true) => ({ name, maker, unasked });

export const figures = [
  figure('cold_test_minutes', cold, false),
  figure('empty_block_import_ms', node),
  figure('transfers500_block_import_ms', node),
  figure('groth16_verify_host_ms', prover),
  figure('groth16_batch64_per_proof_ms', prover),
  figure('groth16_verify_wasm_ms', verifier),
  figure('prove_s', prover),
  figure('prove_peak_mb', prover),
  figure('node_rss_mb', memory),
  figure('runtime_wasm_kb', node),
];

/**
 * The figures with these names.
 * @throws if there is none with one of them, and tells which there are
 */
export const only = (names) => {
  for (const name of names) {
    if (!figures.some((entry) => entry.name === name)) {
      throw new Error(`there is no figure ${name}; there are: ${figures.map((entry) => entry.name).join(', ')}`);
    }
  }
  return figures.filter(({ name }) => names.includes(name));
};
