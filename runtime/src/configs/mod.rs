//! One file for each pallet.

mod accountability;
mod assets;
mod authorship;
mod balances;
mod devices;
mod energy;
mod grandpa;
mod multisig;
mod nfts;
mod pogcs;
mod preimage;
mod proofs;
mod proxy;
mod scheduler;
mod session;
mod sudo;
pub mod system;
mod tasks;
mod timestamp;
mod transaction_payment;
mod utility;

pub use devices::DeviceParameters;
pub use proxy::ProxyType;
