//! One file for each behaviour. Real proofs are verified in the runtime's tests.

mod ending;
mod opening;
mod proving;
mod working;
