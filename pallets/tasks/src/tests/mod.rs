//! One file for each behaviour. Real proofs are verified in the runtime's tests.

mod opening;
mod ending;
mod proving;
mod working;
