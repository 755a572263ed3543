// Turns the verifier's figure, one JSON object a line on standard input, into the runtime's weight
// for a verification by its host.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

const lines = readFileSync(0, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const figure = lines.find(({ name }) => name === 'groth16_verify_host_ms');
if (!figure) throw new Error('pogcs-zk bench printed no groth16_verify_host_ms');
const picoseconds = String(Math.round(figure.value * 1e9)).replace(/\B(?=(\d{3})+$)/g, '_');
console.log(`//! What one verification of a proof costs when the host does it.
//!
//! Written by \`scripts/weights\` from the median that \`pogcs-zk bench\` measured.
//! DATE: ${new Date().toISOString().slice(0, 10)}, CPU: \`${cpus()[0].model}\`

use frame_support::weights::Weight;

/// The weight of \`pogcs_proof::host::verify\`.
pub const VERIFICATION: Weight = Weight::from_parts(${picoseconds}, 0);`);
