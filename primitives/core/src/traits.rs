//! Where pallets meet. Each can be built and tested with a mock of these.

use crate::{
	records::{ClassRecord, DeviceState},
	units::GramsPerKwh,
	wire::PublicKey,
	CellId, ClassId, Commitment, DeviceId, Interval, KeyId, MicroGpuHours, MilliWattHours, ZoneId,
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

/// The ledger of hour claims: the right to one µGPU-h of a class in one interval.
pub trait HourClaims<AccountId> {
	/// Makes `amount` of claims for `to`. An error if the interval is not in the future.
	fn mint(
		class: ClassId,
		interval: Interval,
		to: &AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError>;

	/// Takes `amount` of claims out of the world: they were delivered, or will not be.
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
