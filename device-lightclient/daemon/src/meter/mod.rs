//! What the device generates, stores and draws. A driver for a real inverter would stand beside
//! the [`Plant`] and fill the same log; this release has the physical simulator.
//!
//! * [`plant`]: panel, battery and compute load on one bus. Where the sun is and how much of it reaches
//!   the panel is [`pogcs_home_energy`]'s.

pub mod plant;

pub use plant::{Orders, Plant, PlantConfig};
