//! What calls cost, as `scripts/weights` measured it: a file for each pallet, whose head says on what
//! machine and when. `host_verification` is the verification of a proof by the node's host function,
//! which the benchmarking tool does not know.

pub mod frame_system;
pub mod frame_system_extensions;
pub mod host_verification;
pub mod pallet_accountability;
pub mod pallet_assets;
pub mod pallet_balances;
pub mod pallet_credentials;
pub mod pallet_devices;
pub mod pallet_energy;
pub mod pallet_hours;
pub mod pallet_multisig;
pub mod pallet_nfts;
pub mod pallet_oracle;
pub mod pallet_pogcs;
pub mod pallet_pools;
pub mod pallet_preimage;
pub mod pallet_proofs;
pub mod pallet_proxy;
pub mod pallet_scheduler;
pub mod pallet_sudo;
pub mod pallet_tasks;
pub mod pallet_timestamp;
pub mod pallet_transaction_payment;
pub mod pallet_utility;
