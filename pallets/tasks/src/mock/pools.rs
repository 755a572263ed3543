//! What pools do for contracts, in a few lines: devices promise hours, which the market sells; what is
//! delivered counts as far as it was promised; what was owed and not delivered is missed. A test says
//! when an interval is settled, and what pools take for a unit.

use codec::Encode;
use frame_support::storage::unhashed;
use pogcs_primitives::{
	traits::{DeliveredWork, Delivery, PromisedHours, Shortfall, Shortfalls},
	ClassId, DeviceId, Interval, MicroGpuHours, PoolId,
};

use super::*;

/// What is covered of a unit that was missed, in plancks.
pub const COVERED: u128 = 3;

pub struct Pools;

type Key = (DeviceId, ClassId, Interval);

fn key(of: &Key) -> Vec<u8> {
	(b"promise", of).encode()
}

/// What a device promised, and delivered of it.
fn promise_of(of: &Key) -> (u64, u64) {
	unhashed::get_or_default(&key(of))
}

/// Lets a device promise hours, and puts as many on the market.
pub fn promise(device: DeviceId, class: ClassId, interval: u32, hours: u64, price: u128) {
	owe(device, class, Interval(interval), hours);
	list(class, interval, hours, price);
}

/// Lets a device promise hours.
pub fn owe(device: DeviceId, class: ClassId, interval: Interval, hours: u64) {
	let of = (device, class, interval);
	let (promised, delivered) = promise_of(&of);
	unhashed::put(&key(&of), &(promised + hours, delivered));
}

/// What all devices delivered of what they had promised.
pub fn counted(class: ClassId, interval: Interval) -> u64 {
	devices().map(|device| promise_of(&(device, class, interval)).1).sum()
}

fn settled_key(class: ClassId, interval: Interval) -> Vec<u8> {
	(b"settled", class, interval).encode()
}

/// Settles all promises of an interval: what was asked for and not delivered is missed.
pub fn settle(class: ClassId, interval: u32) {
	let interval = Interval(interval);
	let missed = Tasks::asked(class, interval).0.saturating_sub(counted(class, interval));
	unhashed::put(&settled_key(class, interval), &missed);
}

impl PromisedHours for Pools {
	fn owes(device: DeviceId, class: ClassId, interval: Interval) -> MicroGpuHours {
		let (promised, delivered) = promise_of(&(device, class, interval));
		MicroGpuHours(promised - delivered)
	}

	fn pool_of(device: DeviceId) -> Option<PoolId> {
		device.0.checked_sub(FLEET).map(|n| PoolId(n % 3))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(
		device: DeviceId,
		class: ClassId,
		interval: Interval,
		hours: MicroGpuHours,
	) {
		owe(device, class, interval, hours.0);
	}
}

impl DeliveredWork<u64> for Pools {
	fn delivered(delivery: Delivery<'_, u64>) {
		let interval = delivery.interval;
		let classes = [CLASS, OTHER_CLASS, ClassId(CLASS.0 + ANY), ClassId(0)];
		// As the real ones: whatever claims its pool sells, for which class it is does not matter.
		let of = classes.map(|class| (delivery.device, class, interval));
		if let Some(of) = of.iter().find(|of| promise_of(of).0 > 0) {
			let (promised, delivered) = promise_of(of);
			let counted = (delivered + delivery.work.0).min(promised);
			unhashed::put(&key(of), &(promised, counted));
		}
		World::delivered(delivery);
	}
}

impl Shortfalls<u128> for Pools {
	fn shortfall(class: ClassId, interval: Interval) -> Option<Shortfall<u128>> {
		let missed: u64 = unhashed::get(&settled_key(class, interval))?;
		let covered = u128::from(missed) * COVERED;
		(missed > 0).then_some(Shortfall {
			missed: MicroGpuHours(missed),
			taken: covered * 2,
			covered,
			settled: true,
		})
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(class: ClassId, interval: Interval, missed: MicroGpuHours, _: u128) {
		unhashed::put(&settled_key(class, interval), &missed.0);
	}
}
