//! Where on chain the records stand that a device reads.

use alloc::vec::Vec;
use pogcs_primitives::{wire::PublicKey, ClassId, DeviceId, Interval, PoolId, TaskId};
use sp_crypto_hashing::{blake2_128, twox_128, twox_64};

use codec::Encode;

use crate::{AccountId, BlockNumber};

/// The key of a value, or the prefix of a map.
pub fn prefix(pallet: &str, item: &str) -> Vec<u8> {
	[twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

fn twox_64_concat(key: &mut Vec<u8>, part: &impl Encode) {
	part.using_encoded(|bytes| {
		key.extend_from_slice(&twox_64(bytes));
		key.extend_from_slice(bytes);
	});
}

fn blake2_128_concat(key: &mut Vec<u8>, part: &impl Encode) {
	part.using_encoded(|bytes| {
		key.extend_from_slice(&blake2_128(bytes));
		key.extend_from_slice(bytes);
	});
}

fn twox_map(pallet: &str, item: &str, part: &impl Encode) -> Vec<u8> {
	let mut key = prefix(pallet, item);
	twox_64_concat(&mut key, part);
	key
}

/// `System::Account`: starts with the nonce, a `u32`.
pub fn account(account: &AccountId) -> Vec<u8> {
	let mut key = prefix("System", "Account");
	blake2_128_concat(&mut key, account);
	key
}

/// `System::LastRuntimeUpgrade`: compact spec version, spec name.
pub fn last_runtime_upgrade() -> Vec<u8> {
	prefix("System", "LastRuntimeUpgrade")
}

/// `Grandpa::Authorities`: the finality set.
pub fn finality_authorities() -> Vec<u8> {
	prefix("Grandpa", "Authorities")
}

/// `Grandpa::CurrentSetId`: `u64`.
pub fn finality_set_id() -> Vec<u8> {
	prefix("Grandpa", "CurrentSetId")
}

/// `Pogcs::CurrentInterval`: [`Interval`].
pub fn current_interval() -> Vec<u8> {
	prefix("Pogcs", "CurrentInterval")
}

/// `Pogcs::GenesisSlot`: `u64`, the slot of block 1.
pub fn genesis_slot() -> Vec<u8> {
	prefix("Pogcs", "GenesisSlot")
}

/// `Pogcs::CurrentSlot`: `u64`, the block's own.
pub fn current_slot() -> Vec<u8> {
	prefix("Pogcs", "CurrentSlot")
}

/// `Pogcs::Parameters`: starts with the slots of an interval, a `u64`.
pub fn chain_parameters() -> Vec<u8> {
	prefix("Pogcs", "Parameters")
}

/// `Pogcs::IntervalRandomness`: 32 bytes, once the interval has ended.
pub fn interval_randomness(interval: Interval) -> Vec<u8> {
	twox_map("Pogcs", "IntervalRandomness", &interval)
}

/// `Pogcs::BlockMixes`: what the authors of all blocks up to this one revealed, 32 bytes.
pub fn block_randomness(block: BlockNumber) -> Vec<u8> {
	twox_map("Pogcs", "BlockMixes", &block)
}

/// `Devices::Devices`: `pogcs_primitives::records::DeviceRecord`.
pub fn device(device: DeviceId) -> Vec<u8> {
	twox_map("Devices", "Devices", &device)
}

/// `Devices::ByKey`: the [`DeviceId`] that a key is registered under.
pub fn device_by_key(key: &PublicKey) -> Vec<u8> {
	let mut out = prefix("Devices", "ByKey");
	blake2_128_concat(&mut out, key);
	out
}

/// `Devices::Classes`: `pogcs_primitives::records::ClassRecord`.
pub fn class(class: ClassId) -> Vec<u8> {
	twox_map("Devices", "Classes", &class)
}

/// `Devices::Parameters`: [`crate::registry::Parameters`]; nothing while the runtime's are in force.
pub fn registry_parameters() -> Vec<u8> {
	prefix("Devices", "Parameters")
}

/// `Devices::Makers`: [`crate::registry::Maker`].
pub fn maker(maker: &PublicKey) -> Vec<u8> {
	let mut out = prefix("Devices", "Makers");
	blake2_128_concat(&mut out, maker);
	out
}

/// `Devices::Standings`: [`crate::registry::Standing`].
pub fn standing(device: DeviceId) -> Vec<u8> {
	twox_map("Devices", "Standings", &device)
}

/// `Devices::Suspensions`: [`crate::registry::Suspension`].
pub fn suspension(device: DeviceId) -> Vec<u8> {
	twox_map("Devices", "Suspensions", &device)
}

/// `Devices::Rescues`: [`crate::registry::Rescue`].
pub fn rescue(device: DeviceId) -> Vec<u8> {
	twox_map("Devices", "Rescues", &device)
}

/// `Devices::Offers`: [`crate::registry::HandOver`].
pub fn hand_over(device: DeviceId) -> Vec<u8> {
	twox_map("Devices", "Offers", &device)
}

/// `Devices::Challenges`: [`crate::registry::Challenge`].
pub fn challenge(device: DeviceId) -> Vec<u8> {
	twox_map("Devices", "Challenges", &device)
}

/// `Devices::Maintenances`: a list of [`crate::registry::Window`].
pub fn maintenances(device: DeviceId) -> Vec<u8> {
	twox_map("Devices", "Maintenances", &device)
}

/// `Pools::PoolOf`: the pool that a device is a member of.
pub fn pool_of(device: DeviceId) -> Vec<u8> {
	twox_map("Pools", "PoolOf", &device)
}

/// `Pools::Pools`: starts with the founder's account, the deposit, the pool's kind and class, and the
/// class of the claims that it sells, if it sells any.
pub fn pool(pool: PoolId) -> Vec<u8> {
	twox_map("Pools", "Pools", &pool)
}

/// `Pools::Promises`: starts with whose money is on hold and how much, what is promised, and what of
/// it is delivered, both `u64`.
pub fn promise(device: DeviceId, interval: Interval) -> Vec<u8> {
	let mut key = twox_map("Pools", "Promises", &device);
	twox_64_concat(&mut key, &interval);
	key
}

/// `Energy::Reports`: `pogcs_primitives::records::EnergyRecord`.
pub fn energy_report(device: DeviceId, interval: Interval) -> Vec<u8> {
	let mut key = twox_map("Energy", "Reports", &device);
	twox_64_concat(&mut key, &interval);
	key
}

/// `Energy::Batteries`: `pogcs_primitives::records::BatteryRecord`.
pub fn battery(device: DeviceId) -> Vec<u8> {
	twox_map("Energy", "Batteries", &device)
}

/// `Energy::Quotas`: [`crate::batch::Quota`].
pub fn quota(device: DeviceId) -> Vec<u8> {
	twox_map("Energy", "Quotas", &device)
}

/// `Energy::Batches`: [`crate::batch::Batch`].
pub fn batch(batch: u64) -> Vec<u8> {
	twox_map("Energy", "Batches", &batch)
}

/// `Energy::NextBatch`: `u64`, the number that the next batch gets.
pub fn next_batch() -> Vec<u8> {
	prefix("Energy", "NextBatch")
}

/// `Tasks::Models`: `pogcs_primitives::records::ModelRecord`.
pub fn model(model: u32) -> Vec<u8> {
	twox_map("Tasks", "Models", &model)
}

/// `Tasks::NextTask`: the id that the next task gets.
pub fn next_task() -> Vec<u8> {
	prefix("Tasks", "NextTask")
}

/// `Tasks::Tasks`: `pogcs_primitives::records::TaskRecord`.
pub fn task(task: TaskId) -> Vec<u8> {
	twox_map("Tasks", "Tasks", &task)
}

/// `Tasks::Chunks`: `pogcs_primitives::records::ChunkRecord`.
pub fn chunk(task: TaskId, chunk: u32) -> Vec<u8> {
	let mut key = twox_map("Tasks", "Chunks", &task);
	twox_64_concat(&mut key, &chunk);
	key
}

/// `Tasks::Assignments`: a list of `pogcs_primitives::records::Assignment`.
pub fn assignments(device: DeviceId) -> Vec<u8> {
	twox_map("Tasks", "Assignments", &device)
}

/// `Tasks::Contracts`: [`crate::tasks::Contract`].
pub fn contract(task: TaskId) -> Vec<u8> {
	twox_map("Tasks", "Contracts", &task)
}

/// `Tasks::Replicated`: [`crate::tasks::Replicated`]; nothing until the first device enters.
pub fn replicated(task: TaskId, chunk: u32) -> Vec<u8> {
	let mut key = twox_map("Tasks", "Replicated", &task);
	twox_64_concat(&mut key, &chunk);
	key
}

/// `Tasks::Engagements`: a list of `pogcs_primitives::records::Assignment`, the chunks that the device is
/// bound to an answer of.
pub fn engagements(device: DeviceId) -> Vec<u8> {
	twox_map("Tasks", "Engagements", &device)
}

/// `Tasks::Underway`: `pogcs_primitives::MicroGpuHours` that the device took on in an interval.
pub fn underway(device: DeviceId, interval: Interval) -> Vec<u8> {
	let mut key = twox_map("Tasks", "Underway", &device);
	twox_64_concat(&mut key, &interval);
	key
}

#[cfg(test)]
mod tests {
	use super::*;
	use hex_literal::hex;

	/// The keys that every Substrate explorer shows.
	#[test]
	fn key_should_match_the_published_one_when_it_is_of_system() {
		assert_eq!(
			prefix("System", "Account"),
			hex!("26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9")
		);
		// Alice's account on any development chain.
		let alice = hex!("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
		let mut expected =
			hex!("26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9").to_vec();
		expected.extend(hex!("de1e86a9a8c739864cf3cc5ec2bea59f"));
		expected.extend(alice);
		assert_eq!(account(&alice), expected);
	}

	#[test]
	fn key_should_hold_both_parts_when_the_map_is_double() {
		let key = chunk(TaskId(7), 3);
		assert_eq!(&key[..32], &prefix("Tasks", "Chunks")[..]);
		assert_eq!(&key[40..48], &7u64.to_le_bytes());
		assert_eq!(&key[56..], &3u32.to_le_bytes());
		assert_ne!(key, chunk(TaskId(3), 7));
	}
}
