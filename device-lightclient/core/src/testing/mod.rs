//! Builders of chains and proofs whose keys are known. Only for tests: they panic where their
//! caller is wrong.

pub mod chain;
pub mod trie;
