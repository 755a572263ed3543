//! Builders of chains, proofs and reports whose keys are known. Only for tests: they panic where
//! their caller is wrong.

pub mod chain;
pub mod reports;
pub mod trie;
