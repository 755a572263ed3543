//! One file for each behaviour. Real proofs are verified in the runtime's tests.

pub(crate) mod contracts;
mod delivering;
mod ending;
mod giving;
mod lifecycle;
mod opening;
mod proving;
mod whole;
mod working;
