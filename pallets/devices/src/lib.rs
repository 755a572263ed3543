#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

mod answer_impls;
mod appeal_impls;
mod benchmark_impls;
mod certificate_impls;
mod key_impls;
mod location_impls;
mod maintenance_impls;
mod maker_impls;
pub mod math;
mod money_impls;
pub mod parameters;
mod registration_impls;
mod registry_impls;
mod rescue_impls;
mod state_impls;
mod sweep_impls;
mod transfer_impls;
mod types;
pub mod weights;

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, BalancedHold, Mutate, MutateHold},
			OnUnbalanced, StorageVersion,
		},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		challenge::Hash,
		records::{ClassRecord, DeviceState, StateReason},
		traits::{BlockRandomness, IntervalClock, Obligations, Validators},
		wire::{Consent, MakerCertificate, PublicKey, Signature},
		CellId, ClassId, Commitment, DeviceId, Interval,
	};
	use sp_runtime::traits::Convert;

	use crate::{parameters::OutOfBounds, types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the registry needs.
	#[pallet::config]
	pub trait Config: frame_system::Config<Hash: Into<[u8; 32]>> {
		/// The currency of deposits.
		type Currency: Mutate<Self::AccountId>
			+ Balanced<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ BalancedHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// Where money goes that was taken for cause.
		type Slashed: OnUnbalanced<CreditOf<Self>>;

		/// Who admits makers, and sets classes and parameters.
		type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Who suspends devices and decides appeals and rescues.
		type CommitteeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The chain's clock.
		type Clock: IntervalClock;

		/// Randomness of single blocks.
		type BlockRandomness: BlockRandomness<BlockNumberFor<Self>>;

		/// Who is a validator.
		type Validators: Validators<Self::AccountId>;

		/// Who knows what a device still owes.
		type Obligations: Obligations;

		/// The account of a device's key.
		type DeviceAccount: Convert<PublicKey, Self::AccountId>;

		/// The parameters until governance sets others.
		type DefaultParameters: Get<ParametersOf<Self>>;

		/// The longest name of a maker, in bytes.
		#[pallet::constant]
		type MaxNameLength: Get<u32>;

		/// The most windows of maintenance that are remembered of a device.
		#[pallet::constant]
		type MaxWindows: Get<u32>;

		/// For how many intervals after a window of maintenance it is remembered at least. As long as
		/// promises that it excuses can be open.
		#[pallet::constant]
		type MaintenanceMemory: Get<u32>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// An owner's deposit for a registered device.
		#[codec(index = 0)]
		Registration,
		/// An owner's bond for an appeal.
		#[codec(index = 1)]
		Appeal,
		/// An owner's bond for a device that vouches for itself.
		#[codec(index = 2)]
		Rescue,
		/// A maker's deposit for a certificate that it took back.
		#[codec(index = 3)]
		Revocation,
		/// A maker's bond for an objection to a rescue.
		#[codec(index = 4)]
		Objection,
	}

	/// The parameters in force.
	#[pallet::storage]
	pub type Parameters<T: Config> =
		StorageValue<_, ParametersOf<T>, ValueQuery, T::DefaultParameters>;

	/// Makers by their ed25519 key.
	#[pallet::storage]
	pub type Makers<T: Config> = StorageMap<_, Blake2_128Concat, PublicKey, MakerRecord<T>>;

	/// Certificates that makers took back, by the maker's key and the device's.
	#[pallet::storage]
	pub type Revocations<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		PublicKey,
		Blake2_128Concat,
		PublicKey,
		RevocationOf<T>,
	>;

	/// Classes of devices.
	#[pallet::storage]
	pub type Classes<T: Config> = StorageMap<_, Twox64Concat, ClassId, ClassRecord>;

	/// The registry.
	#[pallet::storage]
	pub type Devices<T: Config> = StorageMap<_, Twox64Concat, DeviceId, DeviceRecordOf<T>>;

	/// What each device's state follows from.
	#[pallet::storage]
	pub type Standings<T: Config> = StorageMap<_, Twox64Concat, DeviceId, Standing>;

	/// The id that the next device gets.
	#[pallet::storage]
	pub type NextDevice<T: Config> = StorageValue<_, DeviceId, ValueQuery>;

	/// Devices by owner.
	#[pallet::storage]
	pub type Owned<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		DeviceId,
		(),
		OptionQuery,
	>;

	/// Which device has a key.
	#[pallet::storage]
	pub type ByKey<T: Config> = StorageMap<_, Blake2_128Concat, PublicKey, DeviceId>;

	/// Keys that must not be registered again, and the device that had each.
	#[pallet::storage]
	pub type BarredKeys<T: Config> = StorageMap<_, Blake2_128Concat, PublicKey, DeviceId>;

	/// Which device stands on a site, a cell of resolution 12.
	#[pallet::storage]
	pub type BySite<T: Config> = StorageMap<_, Blake2_128Concat, CellId, DeviceId>;

	/// How many devices stand in a cell of resolution 9 or 7.
	#[pallet::storage]
	pub type Density<T: Config> = StorageMap<_, Blake2_128Concat, CellId, u32, ValueQuery>;

	/// Which device has a commitment.
	#[pallet::storage]
	pub type ByCommitment<T: Config> = StorageMap<_, Blake2_128Concat, Commitment, DeviceId>;

	/// Devices by the last interval of their certificate, unless it is known to have run out.
	#[pallet::storage]
	pub type Expiring<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Interval, Twox64Concat, DeviceId, (), OptionQuery>;

	/// The first interval whose certificates have not been looked through for those that ran out.
	#[pallet::storage]
	pub type SweptUntil<T: Config> = StorageValue<_, Interval, ValueQuery>;

	/// Devices that were stopped.
	#[pallet::storage]
	pub type Suspensions<T: Config> = StorageMap<_, Twox64Concat, DeviceId, SuspensionOf<T>>;

	/// Devices that are to vouch for themselves, or do.
	#[pallet::storage]
	pub type Rescues<T: Config> = StorageMap<_, Twox64Concat, DeviceId, RescueOf<T>>;

	/// Offers to hand devices over.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageMap<_, Twox64Concat, DeviceId, OfferOf<T>>;

	/// Timed challenges.
	#[pallet::storage]
	pub type Challenges<T: Config> = StorageMap<_, Twox64Concat, DeviceId, ChallengeOf<T>>;

	/// Declared maintenance.
	#[pallet::storage]
	pub type Maintenances<T: Config> =
		StorageMap<_, Twox64Concat, DeviceId, WindowsOf<T>, ValueQuery>;

	/// Makers, classes and parameters that stand from the first block.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Key, name and account of each maker.
		pub makers: Vec<(PublicKey, Vec<u8>, T::AccountId)>,
		/// Each class and what its devices can do.
		pub classes: Vec<(ClassId, ClassRecord)>,
		/// Other parameters than the runtime's.
		pub parameters: Option<ParametersOf<T>>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			if let Some(parameters) = self.parameters {
				parameters.check().expect("the parameters are within their bounds");
				Parameters::<T>::put(parameters);
			}
			for (key, name, account) in &self.makers {
				let name = NameOf::<T>::try_from(name.clone()).expect("a maker's name fits");
				let account = account.clone();
				Makers::<T>::insert(key, MakerRecord { name, account, revoked: None });
			}
			for (class, record) in &self.classes {
				Pallet::<T>::check_class(record).expect("a class is within its bounds");
				Classes::<T>::insert(class, record);
			}
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Governance set the parameters.
		ParametersSet {
			/// All of them, as they are now.
			parameters: ParametersOf<T>,
		},
		/// A maker's certificates count from now on.
		MakerRegistered {
			/// Its ed25519 key.
			maker: PublicKey,
			/// Its name.
			name: NameOf<T>,
			/// The account that speaks for it.
			account: T::AccountId,
		},
		/// A maker can certify nothing more.
		MakerRevoked {
			/// Its ed25519 key.
			maker: PublicKey,
			/// Why.
			reason: MakerReason,
			/// The last interval in which the certificates of registered devices count.
			honoured_until: Interval,
		},
		/// A maker took a certificate back.
		CertificateRevoked {
			/// The maker's ed25519 key.
			maker: PublicKey,
			/// The device's ed25519 key.
			key: PublicKey,
			/// What the maker's account has on hold for it.
			deposit: BalanceOf<T>,
		},
		/// A maker gave a certificate back.
		CertificateRestored {
			/// The maker's ed25519 key.
			maker: PublicKey,
			/// The device's ed25519 key.
			key: PublicKey,
			/// What the maker's account got back.
			deposit: BalanceOf<T>,
		},
		/// A certificate that its maker took back counts for the device all the same.
		RevocationOverruled {
			/// The maker's ed25519 key.
			maker: PublicKey,
			/// The device's ed25519 key.
			key: PublicKey,
			/// What the maker lost by it.
			slashed: BalanceOf<T>,
		},
		/// A device has a new certificate.
		CertificateRenewed {
			/// Which device.
			device: DeviceId,
			/// Who certified it.
			maker: PublicKey,
			/// The last interval in which it counts.
			until: Interval,
		},
		/// A class was made or changed.
		ClassSet {
			/// Which.
			class: ClassId,
			/// What its devices can do.
			record: ClassRecord,
		},
		/// A device is in the registry.
		Registered {
			/// Its id.
			device: DeviceId,
			/// Who is paid for its work.
			owner: T::AccountId,
			/// Its ed25519 key.
			key: PublicKey,
			/// Its class.
			class: ClassId,
			/// Where it stands.
			cell: CellId,
			/// The validator that its work gives weight to.
			validator: T::AccountId,
			/// What the owner has on hold for it.
			deposit: BalanceOf<T>,
			/// The last interval in which its certificate counts.
			certified_until: Interval,
		},
		/// A device is in another state of its life.
		StateChanged {
			/// Which device.
			device: DeviceId,
			/// The state before; Retired before it was registered.
			from: DeviceState,
			/// The state now.
			to: DeviceState,
			/// Why.
			reason: StateReason,
		},
		/// A device's owner wants something else of it.
		IntentSet {
			/// Which device.
			device: DeviceId,
			/// What.
			intent: Intent,
		},
		/// A device's work gives weight to another validator from now on.
		Bound {
			/// Which device.
			device: DeviceId,
			/// The validator.
			validator: T::AccountId,
		},
		/// Another account may run a device day by day, or none but its owner.
		ManagerSet {
			/// Which device.
			device: DeviceId,
			/// Who.
			manager: Option<T::AccountId>,
		},
		/// A device has another key, and has to prove its throughput again.
		KeyRotated {
			/// Which device.
			device: DeviceId,
			/// The key before, which can never be registered again.
			from: PublicKey,
			/// The key now.
			to: PublicKey,
			/// What its owner paid for that.
			fee: BalanceOf<T>,
		},
		/// A device's owner offers it to somebody.
		TransferOffered {
			/// Which device.
			device: DeviceId,
			/// Who may take it.
			to: T::AccountId,
			/// The last interval in which it can be taken.
			until: Interval,
		},
		/// An offer is off: its owner withdrew it, or changed what was offered.
		OfferWithdrawn {
			/// Which device.
			device: DeviceId,
		},
		/// A device belongs to somebody else.
		Transferred {
			/// Which device.
			device: DeviceId,
			/// Whose it was.
			from: T::AccountId,
			/// Whose it is.
			to: T::AccountId,
			/// What the new owner has on hold for it.
			deposit: BalanceOf<T>,
		},
		/// A device stands somewhere else.
		Moved {
			/// Which device.
			device: DeviceId,
			/// Where it stood.
			from: CellId,
			/// Where it stands.
			to: CellId,
			/// How far that is, in metres.
			metres: u32,
			/// What the owner has on hold for it now.
			deposit: BalanceOf<T>,
		},
		/// A device's deposit is what its place costs now.
		Repriced {
			/// Which device.
			device: DeviceId,
			/// The deposit before.
			from: BalanceOf<T>,
			/// The deposit now.
			to: BalanceOf<T>,
		},
		/// A device is to prove its throughput: it asked for it, or the committee did.
		ChallengeRequested {
			/// Which device.
			device: DeviceId,
			/// How many leaves it has to evaluate.
			count: u32,
			/// The block whose randomness makes the seed.
			seed_block: BlockNumberFor<T>,
			/// The last block that takes the root.
			root_until: BlockNumberFor<T>,
		},
		/// A device says that it has evaluated all leaves.
		ChallengeCommitted {
			/// Which device.
			device: DeviceId,
			/// The Merkle root over them.
			root: Hash,
			/// The block whose randomness draws the leaves to open.
			draw_block: BlockNumberFor<T>,
			/// The last block that takes the opening.
			opening_until: BlockNumberFor<T>,
		},
		/// A device opened the leaves that were drawn.
		ChallengePassed {
			/// Which device.
			device: DeviceId,
			/// How many leaves it has evaluated.
			count: u32,
		},
		/// A device is not to be counted on for some time.
		MaintenanceDeclared {
			/// Which device.
			device: DeviceId,
			/// The first interval.
			from: Interval,
			/// The first interval after it.
			until: Interval,
			/// Intervals of maintenance in the period that ends with it.
			used: u32,
		},
		/// A device's last maintenance is off, or ends early.
		MaintenanceCancelled {
			/// Which device.
			device: DeviceId,
			/// The first interval in which it can be counted on again.
			until: Interval,
		},
		/// A device was stopped.
		Stopped {
			/// Which device.
			device: DeviceId,
			/// Why.
			reason: StateReason,
			/// The last interval in which that can be appealed.
			appeal_until: Interval,
		},
		/// The owner of a stopped device appeals.
		Appealed {
			/// Which device.
			device: DeviceId,
			/// Hash of the evidence.
			evidence: [u8; 32],
			/// What the owner has on hold for it.
			bond: BalanceOf<T>,
			/// The last interval in which the committee can decide. Then the device goes on.
			deadline: Interval,
		},
		/// The committee decided an appeal.
		AppealDecided {
			/// Which device.
			device: DeviceId,
			/// Whether the device goes on.
			upheld: bool,
			/// What the owner lost: bond, and rescue bond if there was one.
			slashed: BalanceOf<T>,
		},
		/// A device is to vouch for itself.
		RescueRequested {
			/// Which device.
			device: DeviceId,
			/// What the owner has on hold for it.
			bond: BalanceOf<T>,
			/// The first interval in which it can be completed.
			ready: Interval,
		},
		/// The maker objects to a rescue.
		RescueContested {
			/// Which device.
			device: DeviceId,
			/// The account that speaks for the maker.
			by: T::AccountId,
			/// What that account has on hold for it.
			bond: BalanceOf<T>,
			/// The last interval in which the committee can decide. Then the rescue is granted.
			deadline: Interval,
		},
		/// A device vouches for itself from now on.
		RescueGranted {
			/// Which device.
			device: DeviceId,
			/// What the maker lost by objecting.
			slashed: BalanceOf<T>,
		},
		/// A device does not vouch for itself, or no longer.
		RescueEnded {
			/// Which device.
			device: DeviceId,
			/// What the owner lost.
			slashed: BalanceOf<T>,
		},
		/// A device left the registry; its cell and commitment are free.
		Deregistered {
			/// Which device.
			device: DeviceId,
			/// Who owned it.
			owner: T::AccountId,
			/// What the owner got back.
			deposit: BalanceOf<T>,
			/// What the owner lost.
			slashed: BalanceOf<T>,
			/// Whether its key can never be registered again.
			barred: bool,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// This maker is registered already.
		MakerExists,
		/// No maker with this key. Ask governance to register it, or check the certificate.
		UnknownMaker,
		/// This maker's certificates no longer count. The device needs another maker's.
		RevokedMaker,
		/// Only the account that speaks for the maker may do this.
		NotMaker,
		/// This device is not certified by this maker, but vouches for itself or has another maker.
		NotCertified,
		/// The certificate has been taken back. Ask its maker, or appeal.
		RevokedCertificate,
		/// The certificate has not been taken back.
		NotRevoked,
		/// The maker was overruled: it cannot take this back while the device is registered.
		Overruled,
		/// The certificate has run out. Ask the maker for a new one.
		ExpiredCertificate,
		/// The certificate counts no longer than what is on record. Ask for one that does.
		NotLonger,
		/// No such class. Governance must set it first.
		UnknownClass,
		/// A class needs generation and throughput above zero, an efficiency of at most one million
		/// parts and a throughput of at most `LARGEST_THROUGHPUT`.
		BadClass,
		/// A deposit is nothing, or a barred key costs more than the registration deposit.
		BadDeposits,
		/// A step or the reach is nothing, or more neighbours are free than are taken.
		BadPlaceRules,
		/// A term is nothing or longer than `LONGEST_TERM`, or a consent counts as long as a notice.
		BadTerms,
		/// The quota is nothing or more than the period, or the period is too long.
		BadMaintenanceRules,
		/// A step of the timed challenge is nothing or too long.
		BadBenchmarkRules,
		/// The maker did not sign this key, class and expiry. Take the certificate as it is.
		BadCertificate,
		/// The device did not sign this owner, commitment, expiry and chain. Ask it for a new consent.
		BadConsent,
		/// The device's consent has run out, or counts for too long. Ask it for a new one.
		StaleConsent,
		/// The device's key did not sign this.
		BadSignature,
		/// Not an H3 cell of resolution 15.
		BadCell,
		/// The commitment is not a canonical element of the BN254 scalar field.
		NonCanonical,
		/// A device with this key is registered. Deregister it first, or have it handed over.
		KeyTaken,
		/// This key was replaced, or its device was expelled. The device needs a new key.
		KeyBarred,
		/// Another device stands in this cell. Give the cell that this one really stands in.
		CellTaken,
		/// Another device stands on this site, the cell of resolution 12 around this one.
		SiteTaken,
		/// Too many devices stand near here.
		Crowded,
		/// The place costs more than `max_deposit`. Look at its price again.
		Dearer,
		/// Another device has this commitment. Let the device choose a new secret.
		CommitmentTaken,
		/// This account is not a validator. Choose one that has bonded stake.
		NotValidator,
		/// No such device.
		UnknownDevice,
		/// Only the device's owner may do this.
		NotOwner,
		/// Only the device, its owner or its manager may do this.
		NotOperator,
		/// It is so already.
		Unchanged,
		/// The owner can set a device Online, Leaving or Suspended. The rest follows by itself.
		NotSettable,
		/// This device was stopped; see `Suspensions` for the reason and the time to appeal.
		Stopped,
		/// This device was not stopped.
		NotStopped,
		/// Set the device to Leaving first.
		NotLeaving,
		/// The device's notice runs. Wait until it is over.
		InNotice,
		/// The device has accepted work. Finish it or have it released first.
		Obliged,
		/// There are no more device ids.
		Exhausted,
		/// The device would have to travel faster than devices do. Wait longer.
		TooFar,
		/// The device moved, or asked for a challenge, a short while ago. Wait longer.
		TooSoon,
		/// Nobody offers this device to this account.
		NoOffer,
		/// The offer has run out. Ask for a new one.
		OfferExpired,
		/// The device has proven its throughput.
		Benched,
		/// The device has not proven its throughput.
		NotBenched,
		/// A challenge runs. Go on with it, or wait until it is over.
		ChallengeRuns,
		/// There is no challenge, or it is not at this step.
		NoChallenge,
		/// It is too early for this step: wait for the block that draws.
		TooEarly,
		/// It is too late for this step: ask for a new challenge.
		TooLate,
		/// The chain does not have the randomness of that block.
		NoRandomness,
		/// The opening has another number of nodes than this challenge needs.
		BadLength,
		/// The opening does not lead from the leaves that were drawn to the root.
		BadOpening,
		/// An interval or more of maintenance must be declared, longer ahead, and not before what is
		/// declared already.
		BadWindow,
		/// The quota of this period is used up.
		QuotaSpent,
		/// So many windows are not remembered. Declare fewer and longer ones.
		TooManyWindows,
		/// No maintenance is declared that could be cancelled.
		NoMaintenance,
		/// The suspension can no longer be appealed.
		AppealOver,
		/// This suspension has been appealed.
		AppealMade,
		/// There is no open appeal.
		NoAppeal,
		/// The committee can still decide.
		Undecided,
		/// The time to decide is over: the default holds.
		Decided,
		/// This suspension is not final: it can be appealed, or has been.
		NotFinal,
		/// The device's certificate counts, and its maker's. There is nothing to rescue it from.
		StillCertified,
		/// A rescue runs or was granted.
		RescueMade,
		/// There is no rescue at this step.
		NoRescue,
		/// A rescue runs. Complete or cancel it first.
		RescueRuns,
		/// The interval is beyond the end of the clock.
		Overflow,
	}

	impl<T> From<OutOfBounds> for Error<T> {
		fn from(group: OutOfBounds) -> Self {
			match group {
				OutOfBounds::Deposits => Self::BadDeposits,
				OutOfBounds::Place => Self::BadPlaceRules,
				OutOfBounds::Terms => Self::BadTerms,
				OutOfBounds::Maintenance => Self::BadMaintenanceRules,
				OutOfBounds::Benchmark => Self::BadBenchmarkRules,
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::sweep(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			assert!(T::MaxNameLength::get() > 0, "a maker needs a name");
			assert!(T::MaxWindows::get() > 0, "a device needs maintenance");
			let parameters = T::DefaultParameters::get();
			assert_eq!(parameters.check(), Ok(()), "the default parameters are out of bounds");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes certificates by `maker` count. Also brings back one that was revoked.
		///
		/// - `maker`: its ed25519 key.
		/// - `name`: UTF-8.
		/// - `account`: who speaks for it.
		///
		/// Origin: `ForceOrigin`. Event: `MakerRegistered`. Error: `MakerExists`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_maker())]
		pub fn register_maker(
			origin: OriginFor<T>,
			maker: PublicKey,
			name: NameOf<T>,
			account: T::AccountId,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_register_maker(maker, name, account)
		}

		/// Makes certificates by `maker` count no longer.
		///
		/// - `reason`: why.
		/// - `grace`: for so many intervals the certificates of its registered devices still count,
		///   unless they run out before. Then these need another maker, or vouch for themselves.
		///
		/// Origin: `ForceOrigin`. Event: `MakerRevoked`. Errors: `UnknownMaker`, `RevokedMaker`,
		/// `Overflow`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::revoke_maker())]
		pub fn revoke_maker(
			origin: OriginFor<T>,
			maker: PublicKey,
			reason: MakerReason,
			grace: u32,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_revoke_maker(maker, reason, grace)
		}

		/// Makes or changes a class. What its devices have proven stays proven.
		///
		/// Origin: `ForceOrigin`. Event: `ClassSet`. Error: `BadClass`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_class())]
		pub fn set_class(
			origin: OriginFor<T>,
			class: ClassId,
			record: ClassRecord,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_set_class(class, record)
		}

		/// Registers a certified device in the caller's name and holds the deposit. It is Pending
		/// until it has proven its throughput.
		///
		/// - `certificate`: as the maker left it in the device.
		/// - `cell`: where the device stands, an H3 cell of resolution 15.
		/// - `validator`: who gets the weight of its work.
		/// - `commitment`: the device's Poseidon commitment to its secret.
		/// - `consent`: the device's word that the caller may do this.
		/// - `max_deposit`: the most that the place may cost; others may register near it meanwhile.
		///
		/// Origin: signed, the owner. Events: `Registered`, `StateChanged`. Errors: `BadCell`,
		/// `NonCanonical`, `UnknownMaker`, `RevokedMaker`, `RevokedCertificate`,
		/// `ExpiredCertificate`, `UnknownClass`, `KeyTaken`, `KeyBarred`, `CellTaken`, `SiteTaken`,
		/// `Crowded`, `Dearer`, `CommitmentTaken`, `NotValidator`, `StaleConsent`,
		/// `BadCertificate`, `BadConsent`, `Exhausted`, `Overflow`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			certificate: MakerCertificate,
			cell: CellId,
			validator: T::AccountId,
			commitment: Commitment,
			consent: Consent,
			#[pallet::compact] max_deposit: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_register(owner, certificate, cell, validator, commitment, consent, max_deposit)
		}

		/// Lets the device's work give weight to `validator` from now on.
		///
		/// Origin: signed, the owner. Event: `Bound`. Errors: `UnknownDevice`, `NotOwner`,
		/// `Unchanged`, `NotValidator`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::bind())]
		pub fn bind(
			origin: OriginFor<T>,
			device: DeviceId,
			validator: T::AccountId,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_bind(owner, device, validator)
		}

		/// Offers the device (Online), lets it rest (Suspended), or gives notice (Leaving). Offered, it
		/// is Pending, Online or Running, as its benchmark and its work say.
		///
		/// Origin: signed, the owner or the manager. Events: `IntentSet`, `StateChanged`. Errors:
		/// `UnknownDevice`, `NotOperator`, `NotSettable`, `Stopped`, `Unchanged`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::set_state())]
		pub fn set_state(
			origin: OriginFor<T>,
			device: DeviceId,
			state: DeviceState,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_state(who, device, state)
		}

		/// Takes the device out of the registry, once its notice is over, and gives the deposit back.
		///
		/// A stopped device may leave when its suspension is final and the committee has not expelled
		/// it in time; its key is barred then, and its rescue bond is lost.
		///
		/// Origin: signed, the owner. Events: `StateChanged`, `Deregistered`. Errors:
		/// `UnknownDevice`, `NotOwner`, `Obliged`, `Stopped`, `NotLeaving`, `InNotice`,
		/// `RescueRuns`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::deregister())]
		pub fn deregister(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_deregister(owner, device)
		}

		/// Stops a device: it takes, reports and proves nothing, and its owner can only appeal.
		///
		/// Origin: `CommitteeOrigin`. Events: `Stopped`, `StateChanged`. Errors: `UnknownDevice`,
		/// `Stopped`, `Overflow`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::suspend())]
		pub fn suspend(
			origin: OriginFor<T>,
			device: DeviceId,
			reason: SuspensionReason,
		) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_suspend(device, reason)
		}

		/// Lets a stopped device go on. Its owner gets the bond of an open appeal back.
		///
		/// Origin: `CommitteeOrigin`. Event: `StateChanged`. Errors: `UnknownDevice`, `NotStopped`,
		/// `Overflow`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::reinstate())]
		pub fn reinstate(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_reinstate(device)
		}

		/// Sets all parameters. Deposits, deadlines and challenges that run stay as they are; a notice
		/// and a time to expel are as long as the parameters say when they are asked about.
		///
		/// Origin: `ForceOrigin`. Event: `ParametersSet`. Errors: `BadDeposits`, `BadPlaceRules`,
		/// `BadTerms`, `BadMaintenanceRules`, `BadBenchmarkRules`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_parameters())]
		pub fn set_parameters(origin: OriginFor<T>, parameters: ParametersOf<T>) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_set_parameters(parameters)
		}

		/// Takes all certificates of `maker` for `key` back, against a deposit. A device that has one is
		/// stopped; its owner may appeal.
		///
		/// Origin: signed, the account that speaks for the maker. Events: `CertificateRevoked`,
		/// `Stopped`, `StateChanged`. Errors: `UnknownMaker`, `NotMaker`, `RevokedMaker`,
		/// `RevokedCertificate`, `Overruled`, `Overflow`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::revoke_certificate())]
		pub fn revoke_certificate(
			origin: OriginFor<T>,
			maker: PublicKey,
			key: PublicKey,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_revoke_certificate(who, maker, key)
		}

		/// Lets certificates count again that were taken back, and gives the deposit back to whoever
		/// made it.
		///
		/// Origin: signed, the account that speaks for the maker. Events: `CertificateRestored`,
		/// `StateChanged`. Errors: `UnknownMaker`, `NotMaker`, `NotRevoked`, `Overruled`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::restore_certificate())]
		pub fn restore_certificate(
			origin: OriginFor<T>,
			maker: PublicKey,
			key: PublicKey,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_restore_certificate(who, maker, key)
		}

		/// Gives the device a new certificate, by any maker, for its key and class. A rescue ends by it,
		/// and its bond is free.
		///
		/// Origin: signed, the owner or the manager. Events: `CertificateRenewed`, `RescueEnded`,
		/// `StateChanged`. Errors: `UnknownDevice`, `NotOperator`, `Stopped`, `UnknownMaker`,
		/// `RevokedMaker`, `RevokedCertificate`, `ExpiredCertificate`, `NotLonger`,
		/// `BadCertificate`, `Overflow`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::renew())]
		pub fn renew(
			origin: OriginFor<T>,
			device: DeviceId,
			certificate: MakerCertificate,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_renew(who, device, certificate)
		}

		/// Brings a device's recorded state in line with its certificate, if that has run out, or
		/// counts again because governance took its maker back. Free of charge when it was needed.
		///
		/// Origin: signed, anybody. Event: `StateChanged`. Errors: `UnknownDevice`, `Unchanged`.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::check_certificate())]
		pub fn check_certificate(
			origin: OriginFor<T>,
			device: DeviceId,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_check_certificate(device)?;
			Ok(Pays::No.into())
		}

		/// Lets another account run the device day by day, or none but the owner.
		///
		/// Origin: signed, the owner. Event: `ManagerSet`. Errors: `UnknownDevice`, `NotOwner`,
		/// `Unchanged`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::set_manager())]
		pub fn set_manager(
			origin: OriginFor<T>,
			device: DeviceId,
			manager: Option<T::AccountId>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_set_manager(owner, device, manager)
		}

		/// Gives the device another key and secret; it has to prove its throughput again, and meters
		/// from the next whole interval on. The old key is barred, at a price. Lifts a suspension
		/// because of the old key, if the maker vouches for the new one.
		///
		/// - `voucher`: the same maker's certificate for the new key, or the old key's signature if the
		///   device vouches for itself.
		/// - `commitment`: to the new secret.
		/// - `consent`: the new key's word that the caller may do this.
		///
		/// Origin: signed, the owner. Events: `OfferWithdrawn`, `RescueEnded`, `KeyRotated`,
		/// `StateChanged`. Errors: `UnknownDevice`, `NotOwner`, `Stopped`, `Obliged`,
		/// `RescueRuns`, `NonCanonical`, `KeyTaken`, `KeyBarred`, `CommitmentTaken`,
		/// `StaleConsent`, `NotCertified`, `UnknownMaker`, `RevokedMaker`, `RevokedCertificate`,
		/// `ExpiredCertificate`, `BadCertificate`, `BadSignature`, `BadConsent`, `Overflow`.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::rotate_key())]
		pub fn rotate_key(
			origin: OriginFor<T>,
			device: DeviceId,
			voucher: Voucher,
			commitment: Commitment,
			consent: Consent,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_rotate_key(owner, device, voucher, commitment, consent)
		}

		/// Offers the device to `to`, in place of any offer before. Changing key or place withdraws it.
		///
		/// Origin: signed, the owner. Event: `TransferOffered`. Errors: `UnknownDevice`,
		/// `NotOwner`, `Stopped`, `Unchanged`, `Overflow`.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::offer_transfer())]
		pub fn offer_transfer(
			origin: OriginFor<T>,
			device: DeviceId,
			to: T::AccountId,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_offer_transfer(owner, device, to)
		}

		/// Withdraws an offer.
		///
		/// Origin: signed, the owner. Event: `OfferWithdrawn`. Errors: `UnknownDevice`, `NotOwner`,
		/// `NoOffer`.
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::withdraw_offer())]
		pub fn withdraw_offer(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_withdraw_offer(owner, device)
		}

		/// Takes a device that was offered to the caller, with its place. The deposit is priced anew and
		/// held from the caller, as is the bond of a device that vouches for itself; the old owner
		/// gets its own back. The manager is nobody, and a notice that runs begins anew.
		///
		/// - `max_deposit`: the most that both may come to.
		///
		/// Origin: signed, to whom it was offered. Events: `IntentSet`, `Transferred`. Errors: `UnknownDevice`,
		/// `NoOffer`, `OfferExpired`, `Stopped`, `Obliged`, `RescueRuns`, `Dearer`.
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::accept_transfer())]
		pub fn accept_transfer(
			origin: OriginFor<T>,
			device: DeviceId,
			#[pallet::compact] max_deposit: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept_transfer(who, device, max_deposit)
		}

		/// Claims another cell for the device, which has travelled there since it came to the old one.
		/// The deposit is priced anew. It meters from the next whole interval on.
		///
		/// - `max_deposit`: the most that the new place may cost.
		///
		/// Origin: signed, the owner. Events: `OfferWithdrawn`, `Moved`. Errors: `UnknownDevice`,
		/// `NotOwner`, `Stopped`, `Obliged`, `Unchanged`, `BadCell`, `TooSoon`, `TooFar`,
		/// `CellTaken`, `SiteTaken`, `Crowded`, `Dearer`.
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::move_device())]
		pub fn move_device(
			origin: OriginFor<T>,
			device: DeviceId,
			cell: CellId,
			#[pallet::compact] max_deposit: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_move_device(owner, device, cell, max_deposit)
		}

		/// Makes the deposit what the place costs now.
		///
		/// - `max_deposit`: the most that it may cost.
		///
		/// Origin: signed, the owner. Event: `Repriced`. Errors: `UnknownDevice`, `NotOwner`,
		/// `Stopped`, `Unchanged`, `Dearer`.
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::reprice())]
		pub fn reprice(
			origin: OriginFor<T>,
			device: DeviceId,
			#[pallet::compact] max_deposit: BalanceOf<T>,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_reprice(owner, device, max_deposit)
		}

		/// Asks for a timed challenge, the first step to prove the class's throughput.
		///
		/// Origin: signed, the device, its owner or its manager. Event: `ChallengeRequested`.
		/// Errors: `UnknownDevice`, `NotOperator`, `Stopped`, `Benched`, `ChallengeRuns`,
		/// `TooSoon`.
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::request_challenge())]
		pub fn request_challenge(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_request_challenge(who, device)
		}

		/// Says that all leaves are evaluated, the second step.
		///
		/// - `root`: the Merkle root over them.
		///
		/// Origin: signed, the device, its owner or its manager. Event: `ChallengeCommitted`.
		/// Errors: `UnknownDevice`, `NotOperator`, `NoChallenge`, `TooEarly`, `TooLate`,
		/// `NoRandomness`.
		#[pallet::call_index(22)]
		#[pallet::weight(T::WeightInfo::commit_challenge())]
		pub fn commit_challenge(
			origin: OriginFor<T>,
			device: DeviceId,
			root: Hash,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_commit_challenge(who, device, root)
		}

		/// Opens the leaves that were drawn, the last step. The chain evaluates them itself.
		///
		/// - `nodes`: what leads from each of them to the root, as `challenge::Tree::open` has it.
		///
		/// Origin: signed, the device, its owner or its manager. Events: `ChallengePassed`,
		/// `StateChanged`. Errors: `UnknownDevice`, `NotOperator`, `NoChallenge`, `TooEarly`,
		/// `TooLate`, `NoRandomness`, `BadLength`, `BadOpening`.
		#[pallet::call_index(23)]
		#[pallet::weight(T::WeightInfo::open_challenge(Pallet::<T>::levels_of(nodes)))]
		pub fn open_challenge(
			origin: OriginFor<T>,
			device: DeviceId,
			nodes: Opening,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_open_challenge(who, device, nodes)
		}

		/// Makes a device prove its throughput again: it is Pending until it has. The challenge begins
		/// with this block. Whoever suspects one machine behind many keys demands it of all of them in
		/// one block, and sees which of them answer; those that do not can ask again after the cooldown.
		///
		/// Origin: `CommitteeOrigin`. Events: `ChallengeRequested`, `StateChanged`. Errors:
		/// `UnknownDevice`, `NotBenched`.
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::demand_benchmark())]
		pub fn demand_benchmark(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_demand_benchmark(device)
		}

		/// Says that the device is not to be counted on for some time.
		///
		/// - `from`: the first interval, at least the declared time ahead and at most a period.
		/// - `intervals`: how many.
		///
		/// Origin: signed, the owner or the manager. Event: `MaintenanceDeclared`. Errors:
		/// `UnknownDevice`, `NotOperator`, `BadWindow`, `QuotaSpent`, `TooManyWindows`,
		/// `Overflow`.
		#[pallet::call_index(25)]
		#[pallet::weight(T::WeightInfo::declare_maintenance())]
		pub fn declare_maintenance(
			origin: OriginFor<T>,
			device: DeviceId,
			from: Interval,
			intervals: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_declare_maintenance(who, device, from, intervals)
		}

		/// Calls the last maintenance off, or ends it with this interval. What was not used counts no
		/// longer for the quota.
		///
		/// Origin: signed, the owner or the manager. Event: `MaintenanceCancelled`. Errors:
		/// `UnknownDevice`, `NotOperator`, `NoMaintenance`, `Overflow`.
		#[pallet::call_index(26)]
		#[pallet::weight(T::WeightInfo::cancel_maintenance())]
		pub fn cancel_maintenance(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_maintenance(who, device)
		}

		/// Appeals a suspension, once, against a bond. The bond comes back unless the committee rejects
		/// the appeal; without a decision in time the device goes on.
		///
		/// - `evidence`: hash of it; publish what it is of.
		///
		/// Origin: signed, the owner. Event: `Appealed`. Errors: `UnknownDevice`, `NotOwner`,
		/// `NotStopped`, `AppealMade`, `AppealOver`, `Overflow`.
		#[pallet::call_index(27)]
		#[pallet::weight(T::WeightInfo::appeal())]
		pub fn appeal(
			origin: OriginFor<T>,
			device: DeviceId,
			evidence: [u8; 32],
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_appeal(owner, device, evidence)
		}

		/// Decides an appeal: upheld, the device goes on; rejected, it stays stopped for good, and bond
		/// and rescue bond are lost.
		///
		/// Origin: `CommitteeOrigin`. Events: `AppealDecided`, `StateChanged`. Errors:
		/// `UnknownDevice`, `NotStopped`, `NoAppeal`, `Decided`, `Overflow`.
		#[pallet::call_index(28)]
		#[pallet::weight(T::WeightInfo::decide_appeal())]
		pub fn decide_appeal(
			origin: OriginFor<T>,
			device: DeviceId,
			upheld: bool,
		) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_decide_appeal(device, upheld)
		}

		/// Lets a device go on whose appeal the committee has not decided in time, and gives the bond
		/// back. Free of charge when it was due.
		///
		/// Origin: signed, anybody. Event: `StateChanged`. Errors: `UnknownDevice`, `NotStopped`,
		/// `NoAppeal`, `Undecided`, `Overflow`.
		#[pallet::call_index(29)]
		#[pallet::weight(T::WeightInfo::close_appeal())]
		pub fn close_appeal(origin: OriginFor<T>, device: DeviceId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_close_appeal(device)?;
			Ok(Pays::No.into())
		}

		/// Takes a device out of the registry whose suspension is final: deposit and rescue bond are
		/// lost, and its key can never be registered again.
		///
		/// Origin: `CommitteeOrigin`. Events: `StateChanged`, `Deregistered`. Errors:
		/// `UnknownDevice`, `NotStopped`, `NotFinal`, `Obliged`.
		#[pallet::call_index(30)]
		#[pallet::weight(T::WeightInfo::expel())]
		pub fn expel(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_expel(device)
		}

		/// Begins to let the device vouch for itself, against a bond, because its certificate has run
		/// out or its maker is gone.
		///
		/// - `signature`: by the device's key, over `wire::rescue_payload`.
		///
		/// Origin: signed, the owner. Event: `RescueRequested`. Errors: `UnknownDevice`,
		/// `NotOwner`, `Stopped`, `RescueMade`, `StillCertified`, `BadSignature`, `Overflow`.
		#[pallet::call_index(31)]
		#[pallet::weight(T::WeightInfo::request_rescue())]
		pub fn request_rescue(
			origin: OriginFor<T>,
			device: DeviceId,
			signature: Signature,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_request_rescue(owner, device, signature)
		}

		/// Objects to a rescue, against a bond, as the maker of the device. The committee decides;
		/// without a decision in time the rescue is granted and the bond comes back.
		///
		/// Origin: signed, the account that speaks for the maker. Event: `RescueContested`.
		/// Errors: `UnknownDevice`, `NoRescue`, `TooLate`, `UnknownMaker`, `NotMaker`,
		/// `RevokedMaker`, `Overflow`.
		#[pallet::call_index(32)]
		#[pallet::weight(T::WeightInfo::contest_rescue())]
		pub fn contest_rescue(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_contest_rescue(who, device)
		}

		/// Decides a rescue, whether it is contested or not. Refused, the owner's bond is lost;
		/// granted, the maker's.
		///
		/// Origin: `CommitteeOrigin`. Events: `RescueGranted` or `RescueEnded`, `StateChanged`.
		/// Errors: `UnknownDevice`, `NoRescue`, `Stopped`, `Decided`.
		#[pallet::call_index(33)]
		#[pallet::weight(T::WeightInfo::decide_rescue())]
		pub fn decide_rescue(
			origin: OriginFor<T>,
			device: DeviceId,
			granted: bool,
		) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::do_decide_rescue(device, granted)
		}

		/// Completes a rescue to which nobody objected, or which the committee has not decided in time.
		/// Free of charge when it was due.
		///
		/// Origin: signed, anybody. Events: `RescueGranted`, `StateChanged`. Errors:
		/// `UnknownDevice`, `NoRescue`, `Stopped`, `TooEarly`, `Undecided`.
		#[pallet::call_index(34)]
		#[pallet::weight(T::WeightInfo::complete_rescue())]
		pub fn complete_rescue(
			origin: OriginFor<T>,
			device: DeviceId,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_complete_rescue(device)?;
			Ok(Pays::No.into())
		}

		/// Calls a rescue off to which nobody has objected yet, and frees the bond.
		///
		/// Origin: signed, the owner. Event: `RescueEnded`. Errors: `UnknownDevice`, `NotOwner`,
		/// `Stopped`, `NoRescue`.
		#[pallet::call_index(35)]
		#[pallet::weight(T::WeightInfo::cancel_rescue())]
		pub fn cancel_rescue(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_cancel_rescue(owner, device)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A device, or nothing if there is none of this id.
		pub fn device_record(device: DeviceId) -> Option<DeviceRecordOf<T>> {
			Devices::<T>::get(device)
		}

		/// A device's state as other pallets see it: Suspended also if its certificate has run out and
		/// nobody has recorded that yet.
		pub fn state(device: DeviceId) -> Option<DeviceState> {
			Devices::<T>::get(device).map(|record| Self::seen_state(&record))
		}

		/// What a device's state follows from.
		pub fn standing(device: DeviceId) -> Option<Standing> {
			Standings::<T>::get(device)
		}

		/// When a device proved its class's throughput; nothing if it has not, or has to do so again.
		pub fn last_passed(device: DeviceId) -> Option<Interval> {
			Standings::<T>::get(device)?.benched
		}

		/// The ids of an owner's devices, in ascending order.
		pub fn devices_of(owner: T::AccountId) -> Vec<DeviceId> {
			let mut devices: Vec<_> = Owned::<T>::iter_key_prefix(owner).collect();
			devices.sort_unstable();
			devices
		}

		/// The device with this ed25519 key.
		pub fn device_by_key(key: PublicKey) -> Option<DeviceId> {
			ByKey::<T>::get(key)
		}

		/// The device that stands on the site of this cell of resolution 15.
		pub fn occupant(cell: CellId) -> Option<DeviceId> {
			Self::site_of(cell).and_then(BySite::<T>::get)
		}

		/// What it costs to stand in this cell, or nothing if it is none, or taken, or crowded.
		pub fn price_of(cell: CellId) -> Option<BalanceOf<T>> {
			Self::quote(cell)
		}

		/// How far, in metres, a device may move now; nothing if it moved a short while ago.
		pub fn reach_of(device: DeviceId) -> Option<u32> {
			Self::reach(&Standings::<T>::get(device)?)
		}

		/// A maker.
		pub fn maker(key: PublicKey) -> Option<MakerRecord<T>> {
			Makers::<T>::get(key)
		}

		/// The last interval in which a device's certificate counts, whatever its maker signed;
		/// nothing if it vouches for itself, or if there is no such device.
		pub fn certified_until(device: DeviceId) -> Option<Interval> {
			Self::certified(&Devices::<T>::get(device)?)
		}

		/// A class.
		pub fn class(class: ClassId) -> Option<ClassRecord> {
			Classes::<T>::get(class)
		}

		/// The parameters in force.
		pub fn parameters() -> ParametersOf<T> {
			Parameters::<T>::get()
		}

		/// Why a device was stopped and what has become of its appeal, or nothing if it was not.
		pub fn suspension(device: DeviceId) -> Option<SuspensionOf<T>> {
			Suspensions::<T>::get(device)
		}

		/// A device's rescue.
		pub fn rescue(device: DeviceId) -> Option<RescueOf<T>> {
			Rescues::<T>::get(device)
		}

		/// To whom a device is offered.
		pub fn offer(device: DeviceId) -> Option<OfferOf<T>> {
			Offers::<T>::get(device)
		}

		/// A device's timed challenge, which may have run out.
		pub fn challenge(device: DeviceId) -> Option<ChallengeOf<T>> {
			Challenges::<T>::get(device)
		}

		/// A device's declared maintenance that is remembered, oldest first.
		pub fn maintenance(device: DeviceId) -> Vec<Window> {
			Maintenances::<T>::get(device).into_inner()
		}
	}
}
