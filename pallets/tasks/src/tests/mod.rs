//! One file for each behaviour. Real proofs are verified in the runtime's tests.

mod delivering;
mod ending;
mod giving;
mod lifecycle;
mod opening;
mod proving;
mod working;
