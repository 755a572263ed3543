//! One file for each behaviour.

mod epochs;
mod staking;
mod weights;
