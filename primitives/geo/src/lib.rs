#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
// Nothing here may panic, wrap unnoticed or depend on a float: clippy holds us to it.
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::as_conversions,
		clippy::expect_used,
		clippy::float_arithmetic,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unwrap_used
	)
)]

pub mod cell;
pub mod distance;
pub mod fixed;
pub mod place;
pub mod sun;
pub mod trig;

pub use cell::{Cell, Resolution};
pub use distance::Metres;
pub use fixed::Fixed;
pub use place::Place;
pub use sun::{Moment, PartsPerMillion, Span};
pub use trig::Angle;
