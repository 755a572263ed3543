//! What only this pallet stores.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{
		fungible::{Credit, Inspect},
		ConstU32,
	},
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{
	batch::{Node, Step, MAX_DEPTH},
	units::GramsPerKwh,
	wire::{EnergyReport, Signature},
	CellId, ClassId, DeviceId, Interval, MilliWattHours, MilligramsCo2, WattHours,
};
use scale_info::TypeInfo;

use crate::Config;

/// What the chain's currency counts in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Money on its way from who paid it to where it goes.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// Certificates that an account of this chain holds.
pub type HoldingOf<T> = Holding<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A retirement on this chain.
pub type RetirementOf<T> = Retirement<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// Prepaid reports of a device on this chain.
pub type QuotaOf<T> = Quota<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A batch on this chain.
pub type BatchOf<T> =
	Batch<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// The way from a report to its batch's root.
pub type Path = BoundedVec<Step, ConstU32<MAX_DEPTH>>;

/// Sums over many reports. In each of them, and so in all:
///
/// - `generation + released = green + charged + surplus`: green energy that came to the bus went to
///   compute, into the battery or to the owner;
/// - `kept <= charged`: a battery loses some of what goes in;
/// - `retired + unlocked <= green`: what compute drew was used by proofs, given back to the owner, or
///   is left;
/// - `claimed <= surplus + unlocked`: no certificate without energy.
///
/// Over all intervals, `kept - released - lost` is what is in all batteries.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Totals {
	/// How many reports.
	pub reports: u64,
	/// What panels generated.
	pub generation: MilliWattHours,
	/// What compute drew, from whatever source.
	pub compute_draw: MilliWattHours,
	/// Green energy that compute drew.
	pub green: MilliWattHours,
	/// What of it proofs used up.
	pub retired: MilliWattHours,
	/// What of it went back to owners, because no proof can come for it any more.
	pub unlocked: MilliWattHours,
	/// Generation that went into batteries.
	pub charged: MilliWattHours,
	/// What of it they kept.
	pub kept: MilliWattHours,
	/// Green energy that came out of batteries.
	pub released: MilliWattHours,
	/// Green energy that batteries cannot have held, and that was struck off.
	pub lost: MilliWattHours,
	/// Green energy that compute did not draw: the owners'.
	pub surplus: MilliWattHours,
	/// What owners have certificates for.
	pub claimed: MilliWattHours,
	/// Carbon of all that compute drew.
	pub carbon: MilligramsCo2,
}

impl Totals {
	/// The sum, or `None` if any part of it overflows.
	pub fn checked_add(&self, other: &Self) -> Option<Self> {
		Some(Self {
			reports: self.reports.checked_add(other.reports)?,
			generation: self.generation.checked_add(other.generation)?,
			compute_draw: self.compute_draw.checked_add(other.compute_draw)?,
			green: self.green.checked_add(other.green)?,
			retired: self.retired.checked_add(other.retired)?,
			unlocked: self.unlocked.checked_add(other.unlocked)?,
			charged: self.charged.checked_add(other.charged)?,
			kept: self.kept.checked_add(other.kept)?,
			released: self.released.checked_add(other.released)?,
			lost: self.lost.checked_add(other.lost)?,
			surplus: self.surplus.checked_add(other.surplus)?,
			claimed: self.claimed.checked_add(other.claimed)?,
			carbon: self.carbon.checked_add(other.carbon)?,
		})
	}
}

/// Green energy of one device and interval that its owner may have certificates for.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Surplus {
	/// From the panel.
	pub production: MilliWattHours,
	/// Out of the battery.
	pub storage: MilliWattHours,
}

impl Surplus {
	/// Nothing of either.
	pub fn is_empty(&self) -> bool {
		*self == Self::default()
	}
}

/// Whether certified energy came from the panel, or out of the battery later.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Source {
	/// Generated in the certificate's interval.
	#[codec(index = 0)]
	Production,
	/// Released from storage in the certificate's interval, generated before.
	#[codec(index = 1)]
	Storage,
}

/// The name of a certificate: all watt-hours of one device, interval and source are alike.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct CertificateId {
	/// Whose meter.
	pub device: DeviceId,
	/// When.
	pub interval: Interval,
	/// From where.
	pub source: Source,
}

/// A certificate, as long as somebody holds some of it. `issued = held + retired + expired`.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct CertificateRecord {
	/// What the device is.
	pub class: ClassId,
	/// Where it stands.
	pub cell: CellId,
	/// Carbon intensity of the energy, with what the battery lost of it.
	pub carbon: GramsPerKwh,
	/// The last interval in which it can change hands or be retired.
	pub expires: Interval,
	/// How much there ever was.
	pub issued: WattHours,
	/// How much is held.
	pub held: WattHours,
	/// How much was retired.
	pub retired: WattHours,
	/// How much ran out.
	pub expired: WattHours,
}

/// All certificates of all time. `issued = held + retired + expired`.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct CertificateTotals {
	/// How much there ever was.
	pub issued: WattHours,
	/// How much is held.
	pub held: WattHours,
	/// How much was retired.
	pub retired: WattHours,
	/// How much ran out.
	pub expired: WattHours,
}

/// What an account holds of one certificate.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Holding<AccountId, Balance> {
	/// How much.
	pub amount: WattHours,
	/// Whose deposit stands for the entry: who brought it here.
	pub payer: AccountId,
	/// That deposit.
	pub deposit: Balance,
}

/// Certificates that were used up, for somebody and for a reason.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Retirement<AccountId, Balance> {
	/// Of which certificate.
	pub certificate: CertificateId,
	/// How much.
	pub amount: WattHours,
	/// Who held it.
	pub by: AccountId,
	/// Hash of the text that says what for.
	pub reason: [u8; 32],
	/// When.
	pub at: Interval,
	/// What `by` has on hold for this entry.
	pub deposit: Balance,
}

/// Reports of a device that are paid for ahead.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Quota<AccountId, Balance> {
	/// How many are left.
	pub left: u32,
	/// The account of the device's key, which this entry keeps alive without money.
	pub account: AccountId,
	/// Who has the deposit on hold.
	pub payer: AccountId,
	/// That deposit.
	pub deposit: Balance,
}

/// How far a batch is.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum BatchState {
	/// The leader has to show the reports that are drawn.
	Pending,
	/// It has shown them.
	Sound,
}

/// Reports of one interval under one root.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Batch<AccountId, Balance, BlockNumber> {
	/// Who answers for it.
	pub leader: AccountId,
	/// The interval that its reports are of.
	pub interval: Interval,
	/// The root, with the number and the sums of its reports.
	pub root: Node,
	/// The interval whose randomness draws the reports to be shown: the first one that begins after
	/// the batch was submitted. If it has no block, the next one that has.
	pub drawn_by: Interval,
	/// The last block in which they can be shown.
	pub due: BlockNumber,
	/// What the leader has on hold for it until then.
	pub deposit: Balance,
	/// How far it is.
	pub state: BatchState,
}

/// A report out of a batch, and the way to it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Opening {
	/// What the device said.
	pub report: EnergyReport,
	/// By the device's key, over `EnergyReport::signing_payload`.
	pub signature: Signature,
	/// From the report up to the root.
	pub path: Path,
}
