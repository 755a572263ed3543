//! One file for each pallet.

mod accountability;
mod assets;
mod authorship;
mod balances;
pub mod committee;
mod credentials;
mod devices;
mod energy;
mod grandpa;
mod hours;
mod insurance;
mod market;
mod multisig;
mod nfts;
mod oracle;
mod pogcs;
mod pools;
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
pub use insurance::InsuranceAccount;
pub use market::MarketAccount;
pub use pools::ClaimClass;
pub use proxy::ProxyType;
