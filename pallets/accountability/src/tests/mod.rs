//! One file for each behaviour.

mod blocks;
mod forgetting;
mod fraction;
mod pool;
mod sequences;
mod sharing;
mod votes;
