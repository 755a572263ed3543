//! Batches of reports: what the chain stores of them, what a leader and a device say to each other,
//! and which reports an honest leader takes.
//!
//! The pallet's own types need FRAME. These decode the same bytes; a test of the daemon compares
//! them with the pallet's source, field by field.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use pogcs_primitives::{
	batch::{climb, Node, Shown, Step},
	ledger::{Battery, Flows},
	records::{ClassRecord, DeviceState},
	wire::{ChainId, EnergyReport, PublicKey, Signature, READINGS},
	DeviceId, Interval, MilliWattHours,
};

use crate::{
	crypto::{blake2_256, verify, DeviceKey},
	tasks::Device,
	AccountId, Balance, BlockNumber, Hash,
};

/// The largest sum of an interval's readings of one kind, each of which is below 2^32 mWh.
pub const LARGEST_SUM: MilliWattHours = MilliWattHours(0xffff_ffff * 32);
const _: () = assert!(READINGS == 32, "the largest sum is that of 32 readings");

/// The most reports of a batch.
pub const MOST_REPORTS: u32 = 131_072;
/// How many reports of a batch are drawn.
pub const CHECKS: u32 = 16;
/// What a leader has on hold for a batch, in plancks.
pub const BATCH_DEPOSIT: Balance = 10_000_000_000_000;
/// And for each report in it.
pub const REPORT_DEPOSIT: Balance = 10_000_000_000;
/// For how many intervals after its own a report can be opened.
pub const RETENTION: u32 = 168;
/// How many intervals without a block are passed by in the search for one that draws.
pub const MOST_SKIPPED: u32 = 24;

const RECEIPT_CONTEXT: &[u8] = b"pogcs/receipt/1";
const REQUEST_CONTEXT: &[u8] = b"pogcs/leader-request/1";

/// Storage `Energy::Quotas`: reports of a device that are paid for ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Quota {
	/// How many are left.
	pub left: u32,
	/// The account of the device's key when it was bought.
	pub account: AccountId,
	/// Who has the deposit on hold.
	pub payer: AccountId,
	/// That deposit.
	pub deposit: Balance,
}

impl Quota {
	/// How many reports the account of `key` can send without a fee: none under another key.
	pub fn of(&self, key: &PublicKey) -> u32 {
		if self.account == *key {
			self.left
		} else {
			0
		}
	}
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum BatchState {
	/// The leader has to show the reports that are drawn.
	Pending,
	/// It has shown them.
	Sound,
}

/// Storage `Energy::Batches`: reports of one interval under one root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Batch {
	/// Who answers for it.
	pub leader: AccountId,
	/// The interval that its reports are of.
	pub interval: Interval,
	/// The root, with the number and the sums of its reports.
	pub root: Node,
	/// The interval whose randomness draws, or the next one that has a block.
	pub drawn_by: Interval,
	/// The last block in which what was drawn can be shown.
	pub due: BlockNumber,
	/// What the leader has on hold for it until then.
	pub deposit: Balance,
	/// How far it is.
	pub state: BatchState,
}

impl Batch {
	/// Whether no block after `head` takes anything of it any more.
	pub fn is_void(&self, head: BlockNumber) -> bool {
		self.state == BatchState::Pending && head >= self.due
	}

	/// The intervals whose randomness may draw from it, once `current` runs: the first of them that
	/// has any does.
	pub fn drawing(&self, current: Interval) -> impl Iterator<Item = Interval> {
		let end = current.0.min(self.drawn_by.0.saturating_add(MOST_SKIPPED));
		(self.drawn_by.0..end).map(Interval)
	}
}

/// A report out of a batch, and the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Opening {
	/// What the device said.
	pub report: EnergyReport,
	/// By the device's key, over `EnergyReport::signing_payload`.
	pub signature: Signature,
	/// From the report up to the root.
	pub path: Vec<Step>,
}

impl Opening {
	/// Where its path leads.
	pub fn shown(&self) -> Option<Shown> {
		climb(leaf(&self.report, &self.signature), &self.path, blake2_256)
	}

	/// Whether `batch` has the report.
	pub fn is_in(&self, batch: &Batch) -> bool {
		self.report.interval == batch.interval
			&& self.shown().is_some_and(|shown| shown.root == batch.root)
	}
}

/// A report as it stands in a batch.
pub fn leaf(report: &EnergyReport, signature: &Signature) -> Node {
	Node::leaf(report, signature, blake2_256)
}

/// A leader's signed word that a report is going to be in its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
	/// Whose word: the account that submits the batch.
	pub leader: PublicKey,
	/// Commits to report and signature: the hash of [`leaf`].
	pub leaf: Hash,
	/// By the leader's key.
	pub signature: Signature,
}

impl Receipt {
	/// Signs one.
	pub fn sign(leader: &DeviceKey, chain: &ChainId, leaf: Hash) -> Self {
		let signature = leader.sign(&Self::payload(chain, &leaf));
		Self { leader: leader.public(), leaf, signature }
	}

	/// Whether it is for this report, on this chain, and signed by the leader that it names.
	pub fn is_for(&self, chain: &ChainId, report: &EnergyReport, signature: &Signature) -> bool {
		self.leaf == leaf(report, signature).hash
			&& verify(&self.leader, &Self::payload(chain, &self.leaf), &self.signature)
	}

	fn payload(chain: &ChainId, leaf: &Hash) -> Vec<u8> {
		(RECEIPT_CONTEXT, chain, leaf).encode()
	}
}

/// What a device asks its leader for, of a report that it handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Wish {
	/// To be told where it stands.
	Path,
	/// To put it on record.
	Open,
}

impl Wish {
	/// The bytes that the device's key signs for it: neighbours' sums are not for everybody.
	pub fn payload(&self, chain: &ChainId, device: DeviceId, interval: Interval) -> Vec<u8> {
		(REQUEST_CONTEXT, chain, self, device, interval).encode()
	}
}

/// Why the chain would not believe a report, by the names that its errors have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
	/// A sum is more than 32 readings can add up to.
	TooLarge,
	/// The root is no field element.
	NonCanonicalRoot,
	/// Compute drew more green energy than there was.
	DrawAboveSupply,
	/// More energy went than came.
	NotConserved,
	/// Compute of this class cannot draw so much.
	ImplausibleDraw,
	/// A battery of this class cannot take or give so much.
	ImplausibleStorage,
	/// A panel of this class cannot generate so much.
	Implausible,
	/// The device is stopped.
	Suspended,
	/// The device came, moved or changed its key in this interval or after it.
	BeforeRegistration,
	/// The device's key did not sign it for this chain.
	BadSignature,
}

impl Fault {
	/// The name of the pallet's error.
	pub fn name(&self) -> &'static str {
		match self {
			Self::TooLarge => "TooLarge",
			Self::NonCanonicalRoot => "NonCanonicalRoot",
			Self::DrawAboveSupply => "DrawAboveSupply",
			Self::NotConserved => "NotConserved",
			Self::ImplausibleDraw => "ImplausibleDraw",
			Self::ImplausibleStorage => "ImplausibleStorage",
			Self::Implausible => "Implausible",
			Self::Suspended => "Suspended",
			Self::BeforeRegistration => "BeforeRegistration",
			Self::BadSignature => "BadSignature",
		}
	}
}

/// Whether a device of this class can have metered this, as the chain judges it. What the sun gives
/// is left out: that takes the chain's map of the sky.
pub fn ensure_plausible(report: &EnergyReport, class: &ClassRecord) -> Result<(), Fault> {
	for sum in [
		report.generation,
		report.storage_in,
		report.storage_out,
		report.grid_import,
		report.grid_export,
		report.compute_draw,
		report.green_supply,
		report.green_draw,
	] {
		if sum > LARGEST_SUM {
			return Err(Fault::TooLarge);
		}
	}
	if !report.root.is_canonical() {
		return Err(Fault::NonCanonicalRoot);
	}
	if report.green_draw > report.green_supply {
		return Err(Fault::DrawAboveSupply);
	}
	if Flows::from(report).rest().is_none() {
		return Err(Fault::NotConserved);
	}
	if report.compute_draw > class.max_draw {
		return Err(Fault::ImplausibleDraw);
	}
	let battery = Battery::from(class);
	let possible = report.storage_out <= battery.most_out(report.storage_in)
		&& battery.takes(report.storage_in, report.storage_out);
	if !possible {
		return Err(Fault::ImplausibleStorage);
	}
	if report.generation > class.max_generation {
		return Err(Fault::Implausible);
	}
	Ok(())
}

/// Whether the chain, as it stands, would take `report` out of a batch; again without the sun.
pub fn ensure_opens(
	chain: &ChainId,
	report: &EnergyReport,
	signature: &Signature,
	device: &Device,
	class: &ClassRecord,
) -> Result<(), Fault> {
	if matches!(device.state, DeviceState::Suspended | DeviceState::Retired) {
		return Err(Fault::Suspended);
	}
	if report.interval <= device.since {
		return Err(Fault::BeforeRegistration);
	}
	ensure_plausible(report, class)?;
	if !verify(&device.key, &report.signing_payload(chain), signature) {
		return Err(Fault::BadSignature);
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{energy::sign_report, testing::reports::*};
	use pogcs_primitives::{batch::Tree, Commitment};

	const CHAIN: ChainId = [7; 32];

	fn mwh(value: u64) -> MilliWattHours {
		MilliWattHours(value)
	}

	#[test]
	fn opening_should_be_in_the_batch_whose_root_it_leads_to() {
		let reports: Vec<_> = (1..=5).map(|id| signed(&CHAIN, id, 9)).collect();
		let leaves = reports.iter().map(|(report, signature)| leaf(report, signature)).collect();
		let tree = Tree::new(leaves, blake2_256).unwrap();
		let batch = batch([1; 32], 9, *tree.root().unwrap());
		for (index, (report, signature)) in reports.iter().enumerate() {
			let path = tree.path(index).unwrap();
			let opening = Opening { report: *report, signature: *signature, path };
			assert!(opening.is_in(&batch));
			assert!(!opening.is_in(&Batch { interval: Interval(8), ..batch }));
			let other = Opening { signature: [0; 64], ..opening.clone() };
			assert!(!other.is_in(&batch));
			let short = Opening { path: opening.path[1..].to_vec(), ..opening };
			assert!(!short.is_in(&batch));
		}
	}

	#[test]
	fn batch_should_be_void_when_it_was_not_shown_in_time() {
		let root = leaf(&report(1, 9), &[0; 64]);
		let pending = Batch { due: 50, ..batch([1; 32], 9, root) };
		assert!(!pending.is_void(49) && pending.is_void(50));
		assert!(!Batch { state: BatchState::Sound, ..pending }.is_void(50));
		// Submitted in interval 10: the one after it draws.
		let drawing = |current| pending.drawing(Interval(current)).collect::<Vec<_>>();
		assert_eq!(drawing(11), []);
		assert_eq!(drawing(13), [Interval(11), Interval(12)]);
		assert_eq!(drawing(1_000).len(), 24);
	}

	#[test]
	fn receipt_should_bind_leader_report_and_chain() {
		let leader = DeviceKey::from_seed([5; 32]);
		let (report, signature) = signed(&CHAIN, 3, 9);
		let receipt = Receipt::sign(&leader, &CHAIN, leaf(&report, &signature).hash);
		assert!(receipt.is_for(&CHAIN, &report, &signature));
		assert!(!receipt.is_for(&[8; 32], &report, &signature));
		let (other, its) = signed(&CHAIN, 4, 9);
		assert!(!receipt.is_for(&CHAIN, &other, &its));
		let stranger = DeviceKey::from_seed([6; 32]).public();
		assert!(!Receipt { leader: stranger, ..receipt }.is_for(&CHAIN, &report, &signature));
	}

	#[test]
	fn quota_should_count_for_the_key_that_it_was_bought_for() {
		let quota = Quota { left: 3, account: [1; 32], payer: [2; 32], deposit: 5 };
		assert_eq!((quota.of(&[1; 32]), quota.of(&[3; 32])), (3, 0));
		let bytes = (3u32, [1u8; 32], [2u8; 32], 5u128).encode();
		assert_eq!(Quota::decode(&mut &bytes[..]), Ok(quota));
	}

	/// One case for each of the pallet's bounds, in its order.
	#[test]
	fn report_should_be_implausible_when_it_is_past_any_bound() {
		let class = class();
		let fine = report(1, 9);
		assert_eq!(ensure_plausible(&fine, &class), Ok(()));
		let (huge, max) = (mwh(LARGEST_SUM.0 + 1), class.max_generation.0);
		let cases = [
			(EnergyReport { grid_import: huge, ..fine }, Fault::TooLarge),
			(EnergyReport { root: Commitment([0xff; 32]), ..fine }, Fault::NonCanonicalRoot),
			(
				EnergyReport { green_draw: mwh(fine.green_supply.0 + 1), ..fine },
				Fault::DrawAboveSupply,
			),
			(EnergyReport { grid_export: mwh(fine.generation.0), ..fine }, Fault::NotConserved),
			(
				EnergyReport {
					grid_import: mwh(max),
					compute_draw: mwh(class.max_draw.0 + 1),
					..fine
				},
				Fault::ImplausibleDraw,
			),
			(
				EnergyReport { storage_out: mwh(class.storage.0 + 1), ..fine },
				Fault::ImplausibleStorage,
			),
			(
				EnergyReport { grid_import: mwh(max), storage_in: mwh(max), ..fine },
				Fault::ImplausibleStorage,
			),
			(EnergyReport { generation: mwh(max + 1), ..fine }, Fault::Implausible),
		];
		for (report, fault) in cases {
			assert_eq!(ensure_plausible(&report, &class), Err(fault), "{}", fault.name());
		}
	}

	#[test]
	fn report_should_be_refused_when_the_chain_would_not_open_it() {
		let class = class();
		let (report, signature) = signed(&CHAIN, 3, 9);
		let device = device(3);
		let judge = |device: &Device| ensure_opens(&CHAIN, &report, &signature, device, &class);
		assert_eq!(judge(&device), Ok(()));
		for (state, expected) in [
			(DeviceState::Pending, Ok(())),
			(DeviceState::Suspended, Err(Fault::Suspended)),
			(DeviceState::Retired, Err(Fault::Suspended)),
		] {
			assert_eq!(judge(&Device { state, ..device.clone() }), expected);
		}
		let fresh = Device { since: Interval(9), ..device.clone() };
		assert_eq!(judge(&fresh), Err(Fault::BeforeRegistration));
		assert_eq!(judge(&Device { key: [1; 32], ..device.clone() }), Err(Fault::BadSignature));
		let elsewhere = ensure_opens(&[9; 32], &report, &signature, &device, &class);
		assert_eq!(elsewhere, Err(Fault::BadSignature));
		// It is the signature of this very report.
		let (other, _) = signed(&CHAIN, 3, 8);
		let theirs = sign_report(&key(3), &CHAIN, &other);
		let mixed = ensure_opens(&CHAIN, &report, &theirs, &device, &class);
		assert_eq!(mixed, Err(Fault::BadSignature));
	}
}
