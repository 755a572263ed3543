//! What the device generates, stores and draws. A driver for a real inverter would stand beside
//! the [`Plant`] and fill the same log; this release has the physical simulator.
//!
//! * [`sun`]: where the sun is and how much of it reaches the ground.
//! * [`plant`]: panel, battery and compute load on one bus.

pub mod plant;
pub mod sun;

pub use plant::{Plant, PlantConfig};
