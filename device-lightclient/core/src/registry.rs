//! What the registry stores about a device besides its record: why its state is what it is, and how
//! far its timed challenge is.
//!
//! The pallet's own types need FRAME. These decode the same bytes; a test of the daemon compares
//! them with the pallet's source, field by field.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::num::NonZeroU32;
use pogcs_primitives::{
	challenge::{depth, path_nodes, Hash, Seed},
	records::{DeviceState, StateReason},
	wire::ChainId,
	DeviceId, Interval, PoolId,
};

use crate::{AccountId, Balance, BlockNumber};

/// The most seconds at its class's throughput that a challenge ever asks for, as the registry bounds
/// it: what asks for more is no challenge of this chain.
pub const LONGEST_CHALLENGE: u32 = 40;

/// What the owner wants of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Intent {
	/// It is offered.
	Offer,
	/// It rests.
	Pause,
	/// It is to leave.
	Leave {
		/// When its notice began.
		since: Interval,
	},
}

/// Storage `Devices::Standings`: what a device's state follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Standing {
	/// What its owner wants.
	pub intent: Intent,
	/// When it proved its class's throughput; nothing if it has not, or has to do so again.
	pub benched: Option<Interval>,
	/// Whether its certificate no longer counts.
	pub lapsed: bool,
	/// Pieces of work that it has begun and not finished.
	pub work: u32,
	/// When it came to where it stands.
	pub placed: Interval,
	/// When it last asked for a timed challenge.
	pub tried: Option<Interval>,
}

/// Storage `Devices::Suspensions`: why a device is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Suspension {
	/// Why.
	pub reason: StateReason,
	/// The last interval in which it can be appealed.
	pub appeal_until: Interval,
	/// What has become of an appeal.
	pub appeal: Appeal,
}

/// What has become of an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Appeal {
	/// There is none.
	None,
	/// The committee has not decided.
	Open {
		/// What the owner has on hold for it.
		bond: Balance,
		/// Hash of the evidence.
		evidence: [u8; 32],
		/// The last interval in which the committee can decide.
		deadline: Interval,
	},
	/// The committee rejected it.
	Rejected {
		/// When.
		at: Interval,
	},
}

/// Storage `Devices::Rescues`: a device that is to vouch for itself, or does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Rescue {
	/// What the owner has on hold for it.
	pub bond: Balance,
	/// How far it is.
	pub stage: RescueStage,
}

/// How far a rescue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum RescueStage {
	/// Others can object.
	Waiting {
		/// The first interval in which it can be completed.
		ready: Interval,
	},
	/// The maker objected.
	Contested {
		/// The account that spoke for it.
		by: AccountId,
		/// What that account has on hold for it.
		bond: Balance,
		/// The last interval in which the committee can decide.
		deadline: Interval,
	},
	/// The device vouches for itself.
	Granted,
}

/// Storage `Devices::Offers`: an offer to hand the device over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct HandOver {
	/// Who may take it.
	pub to: AccountId,
	/// The last interval in which it can be taken.
	pub until: Interval,
}

/// Storage `Devices::Challenges`: how far a timed challenge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Challenge {
	/// How many leaves are asked for.
	pub count: NonZeroU32,
	/// The block whose randomness makes the seed or, once the root is there, draws the leaves.
	pub draw: BlockNumber,
	/// The last block that takes the root or, once it is there, the opening.
	pub until: BlockNumber,
	/// Seed and root, once the root is there.
	pub committed: Option<([u8; 32], Hash)>,
}

impl Challenge {
	/// Whether a block after `head` can still take what this step asks for.
	pub fn runs(&self, head: BlockNumber) -> bool {
		head < self.until
	}

	/// The seed that `device` evaluates: on record once the root is there, else made from what the
	/// block [`Challenge::draw`] fixed.
	pub fn seed(&self, chain: &ChainId, device: DeviceId, drawn: &[u8; 32]) -> Seed {
		match self.committed {
			Some((seed, _)) => Seed(seed),
			None => Seed::new(chain, device, drawn),
		}
	}

	/// Whether a class of this throughput can be asked for so much: what a node shows of a block that
	/// is not final must not keep the device busy for days.
	pub fn is_plausible(&self, throughput: u32) -> bool {
		self.count.get() <= throughput.saturating_mul(LONGEST_CHALLENGE)
	}

	/// How many nodes its opening has, and of how many levels its tree is.
	pub fn opening(&self) -> (usize, u8) {
		(path_nodes(self.count), depth(self.count))
	}
}

/// Declared maintenance, storage `Devices::Maintenances`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Window {
	/// Its first interval.
	pub from: Interval,
	/// The first interval after it.
	pub until: Interval,
}

/// What the money in storage `Devices::Parameters` is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Deposits {
	/// The owner's for a device where no others are near.
	pub registration: Balance,
	/// The owner's for an appeal.
	pub appeal: Balance,
	/// The owner's for a device that vouches for itself.
	pub rescue: Balance,
	/// The maker's for objecting to that.
	pub objection: Balance,
	/// The maker's for taking a certificate back.
	pub revocation: Balance,
	/// The price of remembering for ever that a key must not come back.
	pub barred_key: Balance,
}

/// What it costs to stand near others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Crowding {
	/// So many others raise no deposit.
	pub free: u32,
	/// Each other one raises it by this.
	pub step: Balance,
	/// With so many others, no more are taken.
	pub most: u32,
}

/// Where devices may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PlaceRules {
	/// At resolution 9.
	pub near: Crowding,
	/// At resolution 7.
	pub far: Crowding,
	/// How far a device gets in an interval.
	pub metres_per_interval: u32,
	/// Intervals between two moves.
	pub cooldown: u32,
}

/// How long things last, in intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Terms {
	/// From Leaving, or the last that was earned since, to leaving.
	pub notice: u32,
	/// An offer to hand a device over.
	pub offer: u32,
	/// In which a suspension can be appealed.
	pub appeal: u32,
	/// In which the committee decides.
	pub decision: u32,
	/// In which the committee can expel a device whose suspension is final.
	pub expulsion: u32,
	/// Before a device vouches for itself.
	pub rescue: u32,
	/// The longest that a certificate counts without being shown again.
	pub certificate: u32,
	/// The longest that a device's consent counts.
	pub consent: u32,
}

/// How often a device may be away, in intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MaintenanceRules {
	/// How long ahead it is declared.
	pub ahead: u32,
	/// The most of it in any `period` intervals.
	pub quota: u32,
	/// That period.
	pub period: u32,
}

/// The timed challenge. Its steps are counted in blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BenchmarkRules {
	/// From a request, or a root, to the block whose randomness draws.
	pub delay: u32,
	/// From the seed to the root.
	pub window: u32,
	/// The seconds of work that are asked for in it.
	pub seconds: u32,
	/// From the draw to the opening.
	pub opening: u32,
	/// Intervals from one request to the next.
	pub cooldown: u32,
}

/// Storage `Devices::Parameters`. Nothing stands there while the runtime's own are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Parameters {
	/// Money.
	pub deposits: Deposits,
	/// Where devices may stand.
	pub place: PlaceRules,
	/// How long things last.
	pub terms: Terms,
	/// How often a device may be away.
	pub maintenance: MaintenanceRules,
	/// The timed challenge.
	pub benchmark: BenchmarkRules,
}

/// When and why a maker's certificates stopped counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MakerRevocation {
	/// Why, as `MakerReason` of the registry.
	pub reason: MakerReason,
	/// Since when it can certify nothing.
	pub since: Interval,
	/// The last interval in which the certificates of registered devices count.
	pub honoured_until: Interval,
}

/// Why governance no longer takes a maker's certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum MakerReason {
	/// It went out of business, or does not answer any more.
	Lapsed,
	/// It asked for it.
	Requested,
	/// Its key is known outside.
	CompromisedKey,
	/// It certified what it should not have.
	FalseCertificates,
}

/// Storage `Devices::Makers`: who certified a device.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Maker {
	/// Its name, UTF-8.
	pub name: Vec<u8>,
	/// The account that speaks for it.
	pub account: AccountId,
	/// Nothing while its certificates count.
	pub revoked: Option<MakerRevocation>,
}

/// All of it, for one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
	/// What its state follows from.
	pub standing: Standing,
	/// Why it is stopped, if it is.
	pub suspension: Option<Suspension>,
	/// Its rescue, if there is one.
	pub rescue: Option<Rescue>,
	/// To whom it is offered, if it is.
	pub offer: Option<HandOver>,
	/// Its timed challenge, if there is one: it may be over.
	pub challenge: Option<Challenge>,
	/// What the challenge's block fixed, once it is final.
	pub drawn: Option<[u8; 32]>,
	/// Its declared maintenance.
	pub windows: Vec<Window>,
	/// Who certified it.
	pub maker: Option<Maker>,
	/// The pool that it is a member of.
	pub pool: Option<PoolId>,
	/// The rules, where governance or genesis set other than the runtime's.
	pub rules: Option<Parameters>,
}

impl Registration {
	/// That of a device that has nothing but its standing.
	pub fn new(standing: Standing) -> Self {
		Self {
			standing,
			suspension: None,
			rescue: None,
			offer: None,
			challenge: None,
			drawn: None,
			windows: Vec::new(),
			maker: None,
			pool: None,
			rules: None,
		}
	}

	/// The challenge whose present step a block after `head` can still take.
	pub fn running(&self, head: BlockNumber) -> Option<&Challenge> {
		self.challenge.as_ref().filter(|challenge| challenge.runs(head))
	}

	/// The last interval in which the certificate counts, given what the record says.
	pub fn certified(&self, until: Option<Interval>) -> Option<Interval> {
		let until = until?;
		let revoked = self.maker.as_ref().and_then(|maker| maker.revoked);
		Some(revoked.map_or(until, |revoked| until.min(revoked.honoured_until)))
	}

	/// The state as other pallets see it: a certificate that ran out stops a device at once, whatever
	/// its record still says.
	pub fn seen(
		&self,
		state: DeviceState,
		certified: Option<Interval>,
		now: Interval,
	) -> DeviceState {
		if self.certified(certified).is_some_and(|until| now > until) {
			DeviceState::Suspended
		} else {
			state
		}
	}

	/// The first interval in which a new challenge can be asked for. Where the chain's rules are not
	/// known, the one after the last try.
	pub fn next_try(&self) -> Interval {
		let cooldown = self.rules.map_or(1, |rules| rules.benchmark.cooldown);
		let tried = self.standing.tried;
		tried.map_or(Interval(0), |tried| Interval(tried.0.saturating_add(cooldown)))
	}

	/// The maintenance that `interval` lies in.
	pub fn maintenance(&self, interval: Interval) -> Option<Window> {
		self.windows.iter().copied().find(|of| of.from <= interval && interval < of.until)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn standing() -> Standing {
		Standing {
			intent: Intent::Offer,
			benched: None,
			lapsed: false,
			work: 0,
			placed: Interval(1),
			tried: None,
		}
	}

	#[test]
	fn records_should_decode_when_encoded_as_the_registry_does() {
		// intent Leave since 7; benched in 3; not lapsed; 2 pieces of work; placed in 1; tried in 2.
		let bytes = [2u8, 7, 0, 0, 0, 1, 3, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0];
		let expected = Standing {
			intent: Intent::Leave { since: Interval(7) },
			benched: Some(Interval(3)),
			lapsed: false,
			work: 2,
			placed: Interval(1),
			tried: Some(Interval(2)),
		};
		assert_eq!(Standing::decode(&mut &bytes[..]), Ok(expected));
		let bytes = [[500u32, 12, 22].encode(), [0].to_vec()].concat();
		let challenge = Challenge::decode(&mut &bytes[..]).unwrap();
		assert_eq!((challenge.count.get(), challenge.draw, challenge.until), (500, 12, 22));
		assert_eq!(challenge.committed, None);
		// No leaf at all is no challenge.
		assert!(Challenge::decode(&mut &[0u8; 13][..]).is_err());
		let bytes = [[8u8].to_vec(), 9u32.encode(), [2].to_vec(), 4u32.encode()].concat();
		let suspension = Suspension::decode(&mut &bytes[..]).unwrap();
		assert_eq!(suspension.reason, StateReason::FalseLocation);
		assert_eq!(suspension.appeal, Appeal::Rejected { at: Interval(4) });
	}

	#[test]
	fn challenge_should_be_implausible_when_no_rules_could_ask_for_it() {
		let count = NonZeroU32::new(2_000).unwrap();
		let challenge = Challenge { count, draw: 5, until: 15, committed: None };
		assert!(challenge.is_plausible(50) && !challenge.is_plausible(49));
		assert!(challenge.runs(14) && !challenge.runs(15));
		assert_eq!(challenge.opening(), (16 * 11, 11));
		let made = challenge.seed(&[1; 32], DeviceId(7), &[2; 32]);
		assert_eq!(made, Seed::new(&[1; 32], DeviceId(7), &[2; 32]));
		let committed = Challenge { committed: Some(([3; 32], [4; 32])), ..challenge };
		assert_eq!(committed.seed(&[1; 32], DeviceId(7), &[2; 32]), Seed([3; 32]));
	}

	#[test]
	fn certificate_should_end_with_its_maker_when_that_comes_first() {
		let mut registration = Registration::new(standing());
		let until = Some(Interval(50));
		assert_eq!(registration.certified(until), until);
		let revoked = MakerRevocation {
			reason: MakerReason::Lapsed,
			since: Interval(10),
			honoured_until: Interval(20),
		};
		let (name, account) = (b"Sun".to_vec(), [1; 32]);
		registration.maker = Some(Maker { name, account, revoked: Some(revoked) });
		assert_eq!(registration.certified(until), Some(Interval(20)));
		assert_eq!(registration.certified(None), None);
		let seen = |now| registration.seen(DeviceState::Online, until, Interval(now));
		assert_eq!((seen(20), seen(21)), (DeviceState::Online, DeviceState::Suspended));
	}

	#[test]
	fn next_try_should_follow_the_last_when_there_was_one() {
		let mut registration = Registration::new(standing());
		assert_eq!(registration.next_try(), Interval(0));
		registration.standing.tried = Some(Interval(4));
		assert_eq!(registration.next_try(), Interval(5));
		registration.windows.push(Window { from: Interval(3), until: Interval(5) });
		assert!(registration.maintenance(Interval(4)).is_some());
		assert_eq!(registration.maintenance(Interval(5)), None);
	}
}
