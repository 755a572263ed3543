//! What one verification of a proof costs when the host does it.
//!
//! Written by `scripts/weights` from the median that `pogcs-zk bench` measured.
//! DATE: 2026-11-21, CPU: `AMD EPYC`

use frame_support::weights::Weight;

/// The weight of `pogcs_proof::host::verify`.
pub const VERIFICATION: Weight = Weight::from_parts(1_806_199_000, 0);
