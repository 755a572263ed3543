//! Fixed-point mathematics with directed rounding.
//!
//! Every function states its error bound. Where a caller must round one way, the function returns
//! both ends: `(down, up)` with `down <= exact <= up`. No floats, no panics, no allocation.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod decay;
mod unit;

pub use decay::half_life_decay;
pub use unit::{one_minus_pow, Ratio, UnitInterval};
