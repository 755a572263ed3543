//! One file for each behaviour. Proofs of a real circuit are verified in the runtime's tests.

mod keys;
mod verifying;
