#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod bounds;
mod decay;
mod exp;
mod fixed;
mod fraction;
mod int;
mod kernel;
mod ln;
mod pow;
mod tables;
mod unit;

pub use bounds::Bounds;
pub use decay::half_life_decay;
pub use exp::{exp, exp_neg, expm1, one_minus_exp_neg};
pub use fixed::{Fixed, SignedFixed};
pub use int::mul_div;
pub use ln::{ln, ln1p};
pub use pow::pow;
pub use unit::{one_minus_pow, Ratio, UnitInterval};
