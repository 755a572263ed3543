//! What every floor of the house shares: units, ids, the delivery interval, the wire formats that
//! a device signs, and the traits at which pallets meet. No FRAME, no I/O, no allocation beyond
//! what the wire formats need.
//!
//! * [`interval`]: the one clock. A delivery interval is a consensus epoch.
//! * [`units`]: energy in mWh, power in mW, compute in µGPU-h, carbon in mg CO2e, each its own type.
//! * [`grid`]: what the asset oracle knows of a zone of the electricity grid.
//! * [`ids`]: devices, tasks, cells, commitments.
//! * [`wire`]: the interval report and the maker's certificate, and the bytes that are signed.
//! * [`market`]: what other pallets see of the hour market.
//! * [`contracts`]: demand contracts that buy their hours, and work that is done more than once.
//! * [`records`]: what stands in storage and is read by the device.
//! * [`ledger`]: how one interval's energy is shared out between compute, battery and household.
//! * [`batch`]: many reports under one root, each of which can be shown to be there.
//! * [`challenge`]: the timed challenge that proves a device's throughput.
//! * [`workload`]: the shape of the proven work.
//! * [`jobs`]: what a client can ask for, what it counts for, and how a result is named.
//! * [`traits`]: what one pallet asks of another.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

pub mod batch;
pub mod challenge;
pub mod contracts;
pub mod grid;
pub mod ids;
pub mod interval;
pub mod jobs;
pub mod ledger;
pub mod market;
pub mod records;
pub mod traits;
pub mod units;
pub mod wire;
pub mod workload;

pub use ids::{
	CellId, ClassId, Commitment, CredentialKind, DeviceId, KeyId, PoolId, TaskId, ZoneId,
};
pub use interval::Interval;
pub use units::{MicroGpuHours, MilliWattHours, MilliWatts, MilligramsCo2, WattHours};
