//! Where pallets meet. Each can be built and tested with a mock of these.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

pub use crate::market::{HourContracts, HourFill, HourMarket, HourPrices, MarketError};
use crate::{
	grid::ElectricityPrice,
	records::{ClassRecord, DeviceState},
	units::GramsPerKwh,
	wire::PublicKey,
	CellId, ClassId, Commitment, CredentialKind, DeviceId, Interval, KeyId, MicroGpuHours,
	MilliWattHours, MilligramsCo2, PoolId, TaskId, ZoneId,
};

/// The chain's clock and its randomness, as consensus keeps them.
pub trait IntervalClock {
	/// The interval being delivered now.
	fn current() -> Interval;

	/// Randomness that the blocks of `interval` fixed: nobody knew it before `interval` ended.
	///
	/// `None` while the interval has not ended, or if it is too long ago to be kept.
	fn randomness_of(interval: Interval) -> Option<[u8; 32]>;

	/// Makes `current` the interval being delivered now, and `randomness` what the blocks of the
	/// one before it fixed.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(current: Interval, randomness: [u8; 32]);
}

/// What other pallets may know of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo<AccountId> {
	/// Who is paid for its work.
	pub owner: AccountId,
	/// Who may run it day by day beside its owner, if anybody.
	pub manager: Option<AccountId>,
	/// Its ed25519 key.
	pub key: PublicKey,
	/// Its class.
	pub class: ClassId,
	/// Where it stands.
	pub cell: CellId,
	/// The validator that its work gives weight to.
	pub validator: AccountId,
	/// Poseidon commitment to the secret that its proofs know.
	pub commitment: Commitment,
	/// What devices of its class can do.
	pub record: ClassRecord,
	/// Where it is in its life. Suspended also if its certificate has run out.
	pub state: DeviceState,
	/// When it was registered: the first interval that it can have metered whole is the next.
	pub since: Interval,
}

/// The device registry.
pub trait Devices<AccountId> {
	/// A device, or `None` if there is no such device.
	fn device(id: DeviceId) -> Option<DeviceInfo<AccountId>>;

	/// Whether there is such a class.
	fn has_class(class: ClassId) -> bool;

	/// Makes an online device of class 0 that proofs, reports and tasks accept, registered in
	/// interval 0.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(owner: &AccountId, key: PublicKey, commitment: Commitment) -> DeviceId;
}

/// Who knows what the devices of a class can do.
pub trait DeviceClasses {
	/// What a device of `class` can do, or `None` if there is no such class.
	fn class(class: ClassId) -> Option<ClassRecord>;
}

/// Who keeps a device's state in step with what it does.
pub trait Lifecycle {
	/// The device took a piece of work: with the first, it is Running.
	fn begin(device: DeviceId);

	/// The device is done with a piece of work, however it ended: with the last, it no longer runs.
	fn finish(device: DeviceId);

	/// The device was credited with something that could turn out to be false, such as metered
	/// energy: if it is Leaving, it stays for a whole notice from now on. A piece of work that ends
	/// counts as that by itself.
	fn earned(device: DeviceId) {
		let _ = device;
	}
}

impl Lifecycle for () {
	fn begin(_: DeviceId) {}
	fn finish(_: DeviceId) {}
}

/// Whether a device has said that it is not to be counted on.
pub trait Maintenance {
	/// Whether the device had declared maintenance for `interval`, in time and within its quota.
	fn in_maintenance(device: DeviceId, interval: Interval) -> bool;
}

impl Maintenance for () {
	fn in_maintenance(_: DeviceId, _: Interval) -> bool {
		false
	}
}

/// Randomness of single blocks, for draws that cannot wait for an interval to end. Who authors a
/// block can withhold it, which changes the draw once: not for lotteries with something to win.
pub trait BlockRandomness<BlockNumber> {
	/// What block `number` fixed, or `None` if it is not there yet or not kept any more.
	///
	/// It mixes what the author of this block revealed with what that of every block before did: an
	/// author knows its own share long before, and would know the whole of a block that it is to
	/// author if the others' shares were not in it.
	fn randomness_of_block(number: BlockNumber) -> Option<[u8; 32]>;

	/// Makes `randomness` what block `number` fixed.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(number: BlockNumber, randomness: [u8; 32]);
}

/// What the asset oracle says of a zone of the grid.
pub trait GridOracle {
	/// Carbon intensity of grid electricity, or `None` without a quorum of fresh values.
	fn carbon(zone: ZoneId, interval: Interval) -> Option<GramsPerKwh>;

	/// Makes `carbon` what the oracle says.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(zone: ZoneId, interval: Interval, carbon: GramsPerKwh);
}

/// What the asset oracle says of the price of electricity.
pub trait GridPrices {
	/// Price of grid electricity, or `None` without a quorum of fresh values.
	fn price(zone: ZoneId, interval: Interval) -> Option<ElectricityPrice>;
}

/// The ledger of hour claims: the right to one µGPU-h of a class in one interval.
pub trait HourClaims<AccountId> {
	/// Makes `amount` of claims for `to`. An error if the interval is not in the future.
	fn mint(
		class: ClassId,
		interval: Interval,
		to: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// Takes `amount` of claims out of the world, because they will not be delivered. An error once
	/// the interval has begun: what is delivered then is redeemed ([`HourLedger::redeem`]).
	fn burn(
		class: ClassId,
		interval: Interval,
		from: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// What an account holds.
	fn balance(class: ClassId, interval: Interval, of: &AccountId) -> MicroGpuHours;
}

/// Why claims could not be made or burnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimsError {
	/// The interval has begun, or is over.
	Closed,
	/// The account holds less.
	Insufficient,
	/// The numbers do not fit.
	Overflow,
	/// The interval is further ahead than claims are made.
	TooFar,
	/// Somebody would be left with less than the least holding.
	Dust,
	/// The holding is locked for as many reasons as it can be.
	Crowded,
	/// Only the interval that runs can be redeemed.
	NotRunning,
}

/// What became of the claims of one product. What still stands is
/// `minted - redeemed - burnt - expired`.
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
pub struct ClaimTotals {
	/// Made.
	pub minted: MicroGpuHours,
	/// Used in their interval.
	pub redeemed: MicroGpuHours,
	/// Taken back before their interval.
	pub burnt: MicroGpuHours,
	/// Not used in their interval, and removed after it.
	pub expired: MicroGpuHours,
}

impl ClaimTotals {
	/// What still stands, or `None` if more is gone than was made.
	pub fn outstanding(&self) -> Option<MicroGpuHours> {
		self.minted.checked_sub(self.redeemed)?.checked_sub(self.burnt)?.checked_sub(self.expired)
	}
}

/// What markets, contracts and lenders do with hour claims, beside making and burning them.
///
/// Claims of a future interval can be moved, locked and burnt; those of the running interval can
/// only be redeemed, and unlocked; those of a past one do nothing but expire. An amount of zero
/// changes nothing.
pub trait HourLedger<AccountId>: HourClaims<AccountId> {
	/// Why claims are locked. Each pallet has its own, so that none opens another's lock.
	type Reason;

	/// Moves claims that are not locked. Dust if one of the two would be left with less than the
	/// least holding, and not with nothing.
	fn transfer(
		class: ClassId,
		interval: Interval,
		from: &AccountId,
		to: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// Moves claims of several intervals that are not locked: all or none of them.
	fn transfer_each(
		class: ClassId,
		from: &AccountId,
		to: &AccountId,
		parts: &[(Interval, MicroGpuHours)],
	) -> Result<(), ClaimsError>;

	/// Sets claims aside: their holder can neither move nor burn nor redeem them.
	fn lock(
		reason: Self::Reason,
		class: ClassId,
		interval: Interval,
		who: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// Gives locked claims back to the use of their holder, in whatever interval.
	fn unlock(
		reason: Self::Reason,
		class: ClassId,
		interval: Interval,
		who: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// Moves claims that are locked for `reason`; they are free with whom they come to.
	fn transfer_locked(
		reason: Self::Reason,
		class: ClassId,
		interval: Interval,
		from: &AccountId,
		to: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// Uses claims of the running interval that are not locked: the hours are being delivered.
	fn redeem(
		class: ClassId,
		interval: Interval,
		from: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// Uses claims of the running interval that are locked for `reason`.
	fn redeem_locked(
		reason: Self::Reason,
		class: ClassId,
		interval: Interval,
		from: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// What of an account's claims is locked for `reason`.
	fn locked(
		reason: Self::Reason,
		class: ClassId,
		interval: Interval,
		of: &AccountId,
	) -> MicroGpuHours;

	/// All that an account holds, free and locked.
	fn held(class: ClassId, interval: Interval, of: &AccountId) -> MicroGpuHours;

	/// What became of a product's claims.
	fn totals(class: ClassId, interval: Interval) -> ClaimTotals;
}

/// What buyers made of the hours that a pool promised.
pub trait HourDemand {
	/// How much of the `promised` hours buyers are owed. The rest was not sold, or nobody asked for
	/// it while it could be delivered. The answer must stand once `interval` is over.
	fn owed(pool: PoolId, interval: Interval, promised: MicroGpuHours) -> MicroGpuHours;
}

/// Everything that was promised is owed.
impl HourDemand for () {
	fn owed(_: PoolId, _: Interval, promised: MicroGpuHours) -> MicroGpuHours {
		promised
	}
}

/// A piece of work that a device did, was verified for, and was paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery<'a, AccountId> {
	/// Who did it.
	pub device: DeviceId,
	/// Who asked for it.
	pub client: &'a AccountId,
	/// The interval in which it was done.
	pub interval: Interval,
	/// What it counts for.
	pub work: MicroGpuHours,
	/// What its energy emits.
	pub carbon: MilligramsCo2,
	/// Whether all of its energy was metered renewable energy, now used up.
	pub green: bool,
	/// Whether the device had it from [`Dispatch::assign`], and did not take it by itself.
	pub assigned: bool,
}

/// Who counts verified work against what was promised.
pub trait DeliveredWork<AccountId> {
	/// Work was delivered. Each piece of work is told once.
	fn delivered(delivery: Delivery<'_, AccountId>);
}

impl<AccountId> DeliveredWork<AccountId> for () {
	fn delivered(_: Delivery<'_, AccountId>) {}
}

/// Who counts metered energy against what was promised.
pub trait DeliveredEnergy {
	/// The device metered `surplus` renewable energy in `interval` that its compute did not use.
	/// Each interval of a device is told once.
	fn metered(device: DeviceId, interval: Interval, surplus: MilliWattHours);
}

impl DeliveredEnergy for () {
	fn metered(_: DeviceId, _: Interval, _: MilliWattHours) {}
}

/// What holders of claims are owed for an interval in which less was delivered than they were owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall<Balance> {
	/// What was owed and not delivered.
	pub missed: MicroGpuHours,
	/// What was taken from members and from the pools' revenue for it, and lies with the insurance.
	pub taken: Balance,
	/// What of that all holders can be paid from alike: for each unit missed no more than the least
	/// that every pool takes for one.
	pub covered: Balance,
	/// Whether this is final: everything promised for the interval is settled.
	pub settled: bool,
}

/// The ledger of shortfalls, for whoever pays holders of claims out of the insurance.
///
/// Claims of a class are alike, whichever pool made them. So to whoever asked for `hours` and did not
/// get them is due `covered * hours / missed`, rounded down, once `settled`: then nobody gains by
/// founding a pool with a low penalty, missing in it, and being paid from what others missed. What
/// is taken beyond that stays with the insurance, for buyers whose price is known.
pub trait Shortfalls<Balance> {
	/// The shortfall of claims of `class`, or `None` if there was none or it was too long ago.
	fn shortfall(class: ClassId, interval: Interval) -> Option<Shortfall<Balance>>;

	/// Makes `missed` hours of a product missed, `covered` what can be paid for them, and all of it
	/// settled.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(
		class: ClassId,
		interval: Interval,
		missed: MicroGpuHours,
		covered: Balance,
	) {
		let _ = (class, interval, missed, covered);
	}
}

/// Who owes the hours that claims stand for.
pub trait PromisedHours {
	/// What `device` promised of claims of `class` for `interval` and has not delivered yet. Nothing
	/// once that is settled.
	fn owes(device: DeviceId, class: ClassId, interval: Interval) -> MicroGpuHours;

	/// The pool that a device is a member of.
	fn pool_of(device: DeviceId) -> Option<PoolId>;

	/// Makes `device` owe `hours` more, as a member of a pool that sells claims of `class`.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(
		device: DeviceId,
		class: ClassId,
		interval: Interval,
		hours: MicroGpuHours,
	);
}

/// Nobody promised anything.
impl PromisedHours for () {
	fn owes(_: DeviceId, _: ClassId, _: Interval) -> MicroGpuHours {
		MicroGpuHours::ZERO
	}

	fn pool_of(_: DeviceId) -> Option<PoolId> {
		None
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(_: DeviceId, _: ClassId, _: Interval, _: MicroGpuHours) {}
}

/// Why a pool did not take money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevenueError {
	/// No such pool, or it promised nothing for the interval.
	NothingPromised,
	/// The interval is settled.
	Closed,
	/// The payer does not have it.
	Funds,
}

/// What sells the hours of pools sees of them.
pub trait Pools<AccountId, Balance> {
	/// The class of the claims that the pool sells. `None` if there is no such pool, or it sells
	/// none.
	fn claims(pool: PoolId) -> Option<ClassId>;

	/// The account that holds the pool's claims and its money.
	fn account(pool: PoolId) -> AccountId;

	/// The least that the pool takes for a GPU-hour, fees taken off. `None` if it does not let others
	/// sell its hours.
	fn reserve_price(pool: PoolId) -> Option<Balance> {
		let _ = pool;
		None
	}

	/// Pays what was sold of `interval` to the pool: its members share it as they deliver.
	fn pay_in(
		pool: PoolId,
		interval: Interval,
		from: &AccountId,
		amount: Balance,
	) -> Result<(), RevenueError>;

	/// Makes a pool that holds `amount` of claims of `class` and lets others sell them at any price.
	/// `None` if the pools cannot make one.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
	) -> Option<PoolId> {
		let _ = (class, interval, amount);
		None
	}
}

/// The grid of location cells.
pub trait Places {
	/// How fine a cell is, or `None` if there is no such cell.
	fn resolution(cell: CellId) -> Option<u8>;

	/// The cell of `resolution` that `cell` lies in, or `None` if `cell` is coarser or no cell.
	fn ancestor(cell: CellId, resolution: u8) -> Option<CellId>;
}

/// Who knows what devices have shown that they can do.
pub trait Benchmarks {
	/// The last interval in which the device proved its class's throughput, if ever.
	fn last_passed(device: DeviceId) -> Option<Interval>;

	/// Makes `interval` the one in which the device passed.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(device: DeviceId, interval: Interval);
}

impl Benchmarks for () {
	fn last_passed(_: DeviceId) -> Option<Interval> {
		None
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(_: DeviceId, _: Interval) {}
}

/// Who knows what accounts say of each other.
pub trait Credentials<AccountId> {
	/// Whether `issuer` stands by a credential of `kind` for `who` now.
	fn has(who: &AccountId, issuer: &AccountId, kind: CredentialKind) -> bool;

	/// Makes `issuer` stand by it.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(who: &AccountId, issuer: &AccountId, kind: CredentialKind);
}

impl<AccountId> Credentials<AccountId> for () {
	fn has(_: &AccountId, _: &AccountId, _: CredentialKind) -> bool {
		false
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(_: &AccountId, _: &AccountId, _: CredentialKind) {}
}

/// Why a chunk could not be given to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DispatchRefusal {
	/// No such task, or no such chunk of it, or it is over.
	Unknown,
	/// Another device has it.
	Taken,
	/// The device is of another class, not online, or has as much as it may have.
	Unable,
}

/// Who can give a task's chunks to devices, for the one that leads them.
pub trait Dispatch {
	/// Gives a chunk to `device` as though the device had accepted it. What the chunk counts for.
	///
	/// The device did not ask for it, so letting it go must cost the device nothing; and when it is
	/// delivered, [`Delivery::assigned`] says that it was given.
	fn assign(device: DeviceId, task: TaskId, chunk: u32)
		-> Result<MicroGpuHours, DispatchRefusal>;

	/// Makes an open task for devices of `class` with so many chunks.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(class: ClassId, chunks: u32) -> TaskId;
}

/// Who knows what a device still owes.
pub trait Obligations {
	/// Whether the device has accepted work that it has not finished.
	fn has_obligations(device: DeviceId) -> bool;
}

impl Obligations for () {
	fn has_obligations(_: DeviceId) -> bool {
		false
	}
}

impl<A: Obligations, B: Obligations> Obligations for (A, B) {
	fn has_obligations(device: DeviceId) -> bool {
		A::has_obligations(device) || B::has_obligations(device)
	}
}

/// One interval of one device's energy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntervalEnergy {
	/// Renewable energy that was there for compute: the sum of the supply readings.
	pub green_supply: MilliWattHours,
	/// What of it compute drew: the sum of the draw readings.
	pub green_draw: MilliWattHours,
	/// Commitment to the readings.
	pub root: Commitment,
	/// Green energy that no proof has used yet.
	pub available: MilliWattHours,
	/// All that compute drew, from whatever source.
	pub compute_draw: MilliWattHours,
	/// Carbon of all that compute drew.
	pub carbon: MilligramsCo2,
}

impl IntervalEnergy {
	/// Carbon of `energy` out of what compute drew, rounded up. Which part of it fed which piece of
	/// work cannot be metered, so all work of the interval has the same mean. `None` if compute drew
	/// nothing.
	pub fn carbon_of(&self, energy: MilliWattHours) -> Option<MilligramsCo2> {
		self.mean(u128::from(energy.0))
			.map(|mg| MilligramsCo2(u64::try_from(mg).unwrap_or(u64::MAX)))
	}

	/// That mean, rounded up. `None` if compute drew nothing.
	pub fn intensity(&self) -> Option<GramsPerKwh> {
		// 1 g/kWh is 1 mg for 1,000 mWh.
		self.mean(1_000).map(|mg| GramsPerKwh(u32::try_from(mg).unwrap_or(u32::MAX)))
	}

	/// Milligrams of so many mWh, rounded up.
	fn mean(&self, mwh: u128) -> Option<u128> {
		if self.compute_draw == MilliWattHours::ZERO {
			return None;
		}
		// Both are below 2^64.
		let product = u128::from(self.carbon.0).saturating_mul(mwh);
		Some(product.div_ceil(u128::from(self.compute_draw.0)))
	}
}

/// Why energy could not be drawn down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnergyError {
	/// The device has not reported that interval.
	NotReported,
	/// More than the interval's green energy that is left.
	Insufficient,
}

/// The ledger of metered energy.
pub trait Energy {
	/// What the device metered in `interval`, or `None` if it has not reported it.
	fn interval(device: DeviceId, interval: Interval) -> Option<IntervalEnergy>;

	/// Uses up green energy of that interval; all of it or none.
	fn draw_down(
		device: DeviceId,
		interval: Interval,
		amount: MilliWattHours,
	) -> Result<(), EnergyError>;

	/// Makes a report stand, as though the device had sent it.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		device: DeviceId,
		interval: Interval,
		green_supply: MilliWattHours,
		green_draw: MilliWattHours,
		root: Commitment,
	);
}

/// Who turns verified work into consensus weight.
pub trait WorkCredit<AccountId> {
	/// Credits verified work to `validator`; `carbon` is what its energy emits.
	fn credit(validator: &AccountId, work: MicroGpuHours, carbon: GramsPerKwh);
}

impl<AccountId> WorkCredit<AccountId> for () {
	fn credit(_: &AccountId, _: MicroGpuHours, _: GramsPerKwh) {}
}

/// Who says which accounts are validators that a device can be bound to.
pub trait Validators<AccountId> {
	/// Whether `account` has bonded stake as a validator.
	fn is_validator(account: &AccountId) -> bool;

	/// Makes `account` a validator.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(account: &AccountId);
}

/// Why a proof was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal<Reason> {
	/// There is no such key.
	UnknownKey,
	/// The key is not, or no longer, in use.
	InactiveKey,
	/// The key is one whose secrets everybody knows.
	DevelopmentKey,
	/// The nullifier has been used before.
	Spent,
	/// The verifier does not accept it.
	Invalid(Reason),
}

/// The registry of verifying keys and of what has been proven. `Statement` is what a proof says and
/// `Reason` is the verifier's; both come from the proof system, which this crate does not know.
pub trait TaskProofs<Statement, Reason> {
	/// Whether proofs under `key` are accepted now.
	fn is_usable(key: KeyId) -> bool;

	/// Accepts `proof` of `statement` once: verifies it and marks its nullifier as used by this
	/// task and chunk. Nothing is marked if it is refused.
	fn verify_and_consume(
		key: KeyId,
		proof: &[u8],
		statement: &Statement,
	) -> Result<(), Refusal<Reason>>;

	/// Makes a well-formed key that is in use.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark() -> KeyId;
}

#[cfg(test)]
mod tests {
	use super::*;

	fn energy(compute_draw: u64, carbon: u64) -> IntervalEnergy {
		IntervalEnergy {
			green_supply: MilliWattHours(0),
			green_draw: MilliWattHours(0),
			root: Commitment([0; 32]),
			available: MilliWattHours(0),
			compute_draw: MilliWattHours(compute_draw),
			carbon: MilligramsCo2(carbon),
		}
	}

	#[test]
	fn work_should_have_the_mean_carbon_of_its_interval() {
		// Half from the sun at 40 g/kWh, half from the grid at 500.
		let half = energy(1_000, 20 + 250);
		assert_eq!(half.intensity(), Some(GramsPerKwh(270)));
		assert_eq!(half.carbon_of(MilliWattHours(400)), Some(MilligramsCo2(108)));
		// Up: it never looks cleaner than it is.
		assert_eq!(half.carbon_of(MilliWattHours(1)), Some(MilligramsCo2(1)));
		assert_eq!(energy(901, 37).intensity(), Some(GramsPerKwh(42)));
	}

	#[test]
	fn mean_should_be_unknown_when_compute_drew_nothing_and_hold_when_it_is_huge() {
		assert_eq!(energy(0, 5).intensity(), None);
		assert_eq!(energy(0, 5).carbon_of(MilliWattHours(1)), None);
		let huge = energy(1, u64::MAX);
		assert_eq!(huge.intensity(), Some(GramsPerKwh(u32::MAX)));
		assert_eq!(huge.carbon_of(MilliWattHours(u64::MAX)), Some(MilligramsCo2(u64::MAX)));
	}
}
