// All figures, in the order of the record, and what measures each.
import { cold } from './cold.mjs';
import { finality } from './finality.mjs';
import { memory } from './memory.mjs';
import { blocks, home, node, prover, verifier } from './programs.mjs';
import { resume } from './resume.mjs';
import { throughput } from './throughput.mjs';

/** `unasked`: measured when no names are given. */
const figure = (name, maker, unasked = true) => ({ name, maker, unasked });

export const figures = [
  figure('cold_test_minutes', cold, false),
  figure('empty_block_import_ms', blocks),
  figure('transfers500_block_import_ms', blocks),
  figure('full_block_import_ms', blocks),
  figure('header_check_us_4', node),
  figure('header_check_us_1000', node),
  figure('sustained_tps', throughput),
  figure('finality_latency_s', finality),
  figure('finality_resume_s', resume),
  figure('groth16_verify_host_ms', prover),
  figure('groth16_batch64_per_proof_ms', prover),
  figure('groth16_verify_wasm_ms', verifier),
  figure('prove_s', prover),
  figure('prove_peak_mb', prover),
  figure('node_rss_mb', memory),
  figure('runtime_wasm_kb', node),
  figure('device_interval_weight_us', node),
  figure('device_interval_bytes', node),
  figure('rollover_100k_ms', node),
  figure('home_energy_saving_pct', home),
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
