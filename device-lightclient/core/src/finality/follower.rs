//! From a checkpoint to the newest finalised block, set by set.

use alloc::vec::Vec;
use codec::{Decode, Encode};

use super::{AuthoritySet, Justification, SetError, VerifyError};
use crate::{
	headers::{Authority, Header, SetChange},
	reader::ReadError,
	BlockNumber, Hash,
};

/// Where a device starts: burnt into its image.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Checkpoint {
	/// Hash of block 0, which names the chain.
	pub genesis: Hash,
	/// The block from which it starts; genesis itself is as good as any.
	pub hash: Hash,
	/// That block's height.
	pub number: BlockNumber,
	/// The set that finalises the block's children.
	pub set_id: u64,
	/// Its voters.
	pub authorities: Vec<Authority>,
}

/// The newest block known to be final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Head {
	/// Its hash.
	pub hash: Hash,
	/// Its height.
	pub number: BlockNumber,
	/// The root of its state; a checkpoint does not know it.
	pub state_root: Option<Hash>,
}

/// What a step of the follower did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
	/// The new head.
	pub head: Head,
	/// The id of the set that took over with it, if one did.
	pub new_set: Option<u64>,
}

/// A forced change seen in blocks that nobody has finalised: the set that would have to finalise
/// them is the one being replaced, so that a device cannot follow it without a new checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForcedNotice {
	/// Where it was announced.
	pub announced: BlockNumber,
	/// Where it takes effect.
	pub effective: BlockNumber,
}

/// Why a step was refused. The follower has not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowError {
	/// The justification does not hold.
	Verify(VerifyError),
	/// A header's digest cannot be read.
	Digest(ReadError),
	/// The next set is no set.
	Set(SetError),
	/// The block is not above the head: the peer is behind.
	Stale,
	/// The headers do not lead from the head to the justified block.
	BrokenChain,
	/// The set's term ended below that block.
	BeyondTerm,
	/// A change was announced while another one was still to come.
	Overlap,
	/// The checkpoint is of another chain.
	WrongChain,
	/// The checkpoint lies below the head.
	BehindHead,
}

impl core::fmt::Display for FollowError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::Verify(error) => error.fmt(f),
			Self::Digest(error) => write!(f, "a finality digest is unreadable: {error}"),
			Self::Set(error) => error.fmt(f),
			Self::Stale => f.write_str("the block is not above the newest finalised one"),
			Self::BrokenChain => f.write_str("the headers do not lead to the justified block"),
			Self::BeyondTerm => f.write_str("the finality set's term ended below this block"),
			Self::Overlap => f.write_str("two changes of the finality set overlap"),
			Self::WrongChain => f.write_str("the checkpoint belongs to another chain"),
			Self::BehindHead => f.write_str("the checkpoint lies below the finalised head"),
		}
	}
}

impl core::error::Error for FollowError {}

impl From<VerifyError> for FollowError {
	fn from(error: VerifyError) -> Self {
		Self::Verify(error)
	}
}

/// A change that was announced and has not taken effect.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Pending {
	effective: BlockNumber,
	authorities: Vec<Authority>,
}

/// The state that a device keeps: encode it into the store after every step.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Follower {
	genesis: Hash,
	head: Head,
	set: AuthoritySet,
	pending: Option<Pending>,
}

impl Follower {
	/// Starts at a checkpoint.
	pub fn new(checkpoint: Checkpoint) -> Result<Self, FollowError> {
		let Checkpoint { genesis, hash, number, set_id, authorities } = checkpoint;
		let set = AuthoritySet::new(set_id, authorities).map_err(FollowError::Set)?;
		let head = Head { hash, number, state_root: None };
		Ok(Self { genesis, head, set, pending: None })
	}

	/// Starts again at a later checkpoint, the way past a forced change.
	pub fn rebase(&mut self, checkpoint: Checkpoint) -> Result<(), FollowError> {
		if checkpoint.genesis != self.genesis {
			return Err(FollowError::WrongChain);
		}
		if checkpoint.number < self.head.number {
			return Err(FollowError::BehindHead);
		}
		*self = Self::new(checkpoint)?;
		Ok(())
	}

	/// Hash of block 0.
	pub fn genesis(&self) -> &Hash {
		&self.genesis
	}

	/// The newest finalised block.
	pub fn head(&self) -> &Head {
		&self.head
	}

	/// The set in charge of what follows the head.
	pub fn set(&self) -> &AuthoritySet {
		&self.set
	}

	/// The last block that the present set can finalise, where its end is known.
	pub fn term_end(&self) -> Option<BlockNumber> {
		self.pending.as_ref().map(|pending| pending.effective)
	}

	/// Learns the state root of the head from its header.
	pub fn complete_head(&mut self, header: &Header) -> Result<(), FollowError> {
		if header.hash != self.head.hash || header.number != self.head.number {
			return Err(FollowError::BrokenChain);
		}
		self.head.state_root = Some(header.state_root);
		Ok(())
	}

	/// Takes one fragment: a header above the head and its justification.
	///
	/// Headers between are not needed: a set does not finalise past the block that ends its term,
	/// so a justification by this set says that no change took effect below. A change that was
	/// *announced* in between with a delay is missed, though; [`Follower::advance_along`] sees it.
	pub fn advance(
		&mut self,
		header: &Header,
		justification: &Justification,
	) -> Result<Progress, FollowError> {
		self.check(justification, &header.hash, header.number)?;
		let mut next = self.clone();
		next.take_change(header)?;
		next.arrive(header)?;
		Ok(self.replace(next))
	}

	/// Takes a justification and the headers from the head's child up to the justified block, in
	/// rising order. They are looked at one at a time.
	pub fn advance_along<I>(
		&mut self,
		headers: I,
		justification: &Justification,
	) -> Result<Progress, FollowError>
	where
		I: IntoIterator<Item = Header>,
	{
		let (hash, number) = (justification.target_hash, justification.target_number);
		self.check(justification, &hash, number)?;
		let mut next = self.clone();
		let mut parent = (self.head.hash, self.head.number);
		for header in headers {
			link(parent, &header)?;
			parent = (header.hash, header.number);
			next.take_change(&header)?;
			if header.number >= number {
				if header.hash != hash {
					return Err(FollowError::BrokenChain);
				}
				next.arrive(&header)?;
				return Ok(self.replace(next));
			}
			if next.term_end().is_some_and(|end| end < number) {
				return Err(FollowError::BeyondTerm);
			}
		}
		Err(FollowError::BrokenChain)
	}

	/// Looks for a forced change in unfinalised headers that build on the head.
	pub fn foresee<'a, I>(&self, headers: I) -> Result<Option<ForcedNotice>, FollowError>
	where
		I: IntoIterator<Item = &'a Header>,
	{
		let mut parent = (self.head.hash, self.head.number);
		for header in headers {
			link(parent, header)?;
			parent = (header.hash, header.number);
			let change = header.set_change().map_err(FollowError::Digest)?;
			if let Some(SetChange { forced_from: Some(_), delay, .. }) = change {
				let effective = header.number.saturating_add(delay);
				return Ok(Some(ForcedNotice { announced: header.number, effective }));
			}
		}
		Ok(None)
	}

	fn check(
		&self,
		justification: &Justification,
		hash: &Hash,
		number: BlockNumber,
	) -> Result<(), FollowError> {
		if number <= self.head.number {
			return Err(FollowError::Stale);
		}
		if self.term_end().is_some_and(|end| end < number) {
			return Err(FollowError::BeyondTerm);
		}
		self.set.verify(justification, hash, number)?;
		Ok(())
	}

	/// Notes a change announced in a finalised header. A forced change that the old set finalised
	/// itself is as good as a scheduled one.
	fn take_change(&mut self, header: &Header) -> Result<(), FollowError> {
		let Some(change) = header.set_change().map_err(FollowError::Digest)? else {
			return Ok(());
		};
		if self.term_end().is_some_and(|end| end != header.number) {
			return Err(FollowError::Overlap);
		}
		self.hand_over(header.number)?;
		let effective = header.number.saturating_add(change.delay);
		self.pending = Some(Pending { effective, authorities: change.authorities });
		Ok(())
	}

	/// Lets the next set take over if the present one's term ends at `number`.
	fn hand_over(&mut self, number: BlockNumber) -> Result<(), FollowError> {
		match self.pending.take() {
			Some(pending) if pending.effective <= number => {
				let id = self.set.id().checked_add(1).ok_or(FollowError::Overlap)?;
				self.set = AuthoritySet::new(id, pending.authorities).map_err(FollowError::Set)?;
			}
			other => self.pending = other,
		}
		Ok(())
	}

	fn arrive(&mut self, header: &Header) -> Result<(), FollowError> {
		self.head =
			Head { hash: header.hash, number: header.number, state_root: Some(header.state_root) };
		self.hand_over(header.number)
	}

	fn replace(&mut self, next: Self) -> Progress {
		let new_set = (next.set.id() != self.set.id()).then(|| next.set.id());
		*self = next;
		Progress { head: self.head, new_set }
	}
}

fn link(parent: (Hash, BlockNumber), header: &Header) -> Result<(), FollowError> {
	if header.parent_hash == parent.0 && parent.1.checked_add(1) == Some(header.number) {
		Ok(())
	} else {
		Err(FollowError::BrokenChain)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::crypto::DeviceKey;
	use crate::testing::chain::*;
	use alloc::vec;

	const GENESIS: Hash = [0; 32];

	fn start(set: &AuthoritySet) -> Follower {
		Follower::new(Checkpoint {
			genesis: GENESIS,
			hash: GENESIS,
			number: 0,
			set_id: set.id(),
			authorities: set.authorities().to_vec(),
		})
		.expect("a checkpoint")
	}

	fn sets() -> (Vec<DeviceKey>, AuthoritySet, Vec<DeviceKey>, AuthoritySet) {
		let (old_keys, old) = voters(0, &[1, 1, 1]);
		let (new_keys, new) = voters_from(50, 1, &[2, 3]);
		(old_keys, old, new_keys, new)
	}

	fn just(set: u64, keys: &[DeviceKey], block: &Header) -> Justification {
		justify(1, set, block, keys, block, &[])
	}

	#[test]
	fn follower_should_change_sets_when_a_change_is_due_at_once() {
		let (old_keys, old, new_keys, new) = sets();
		let mut follower = start(&old);
		let first = child(&GENESIS, 1, &[change_log(&new, 0, None)]);
		let second = child(&first.hash, 2, &[]);

		let progress = follower.advance(&first, &just(0, &old_keys, &first)).unwrap();
		assert_eq!(progress.new_set, Some(1));
		assert_eq!(follower.set(), &new);
		assert_eq!(follower.head().state_root, Some(first.state_root));

		// The old set has no say any more.
		let late = follower.advance(&second, &just(0, &old_keys, &second));
		assert!(matches!(late, Err(FollowError::Verify(_))));
		assert_eq!(follower.head().number, 1);
		follower.advance(&second, &just(1, &new_keys, &second)).unwrap();
		assert_eq!(follower.head().number, 2);
		assert_eq!(Follower::decode(&mut &follower.encode()[..]), Ok(follower));
	}

	#[test]
	fn follower_should_wait_when_a_change_is_delayed() {
		let (old_keys, old, new_keys, new) = sets();
		let mut follower = start(&old);
		let first = child(&GENESIS, 1, &[change_log(&new, 2, None)]);
		let second = child(&first.hash, 2, &[]);
		let third = child(&second.hash, 3, &[]);
		let fourth = child(&third.hash, 4, &[]);

		follower.advance(&first, &just(0, &old_keys, &first)).unwrap();
		assert_eq!(follower.term_end(), Some(3));
		assert_eq!(follower.set(), &old);
		let past = follower.advance(&fourth, &just(0, &old_keys, &fourth));
		assert_eq!(past, Err(FollowError::BeyondTerm));
		let early = follower.advance(&second, &just(1, &new_keys, &second));
		assert!(matches!(early, Err(FollowError::Verify(_))));
		let done = follower.advance(&third, &just(0, &old_keys, &third)).unwrap();
		assert_eq!(done.new_set, Some(1));
		follower.advance(&fourth, &just(1, &new_keys, &fourth)).unwrap();
	}

	#[test]
	fn follower_should_see_a_delayed_change_when_headers_lie_between() {
		let (old_keys, old, _, new) = sets();
		let first = child(&GENESIS, 1, &[]);
		let second = child(&first.hash, 2, &[change_log(&new, 1, None)]);
		let third = child(&second.hash, 3, &[]);
		let fourth = child(&third.hash, 4, &[]);

		let mut follower = start(&old);
		let headers = vec![first.clone(), second.clone(), third.clone()];
		let progress = follower.advance_along(headers, &just(0, &old_keys, &third)).unwrap();
		assert_eq!(progress.new_set, Some(1));

		let mut follower = start(&old);
		let headers = vec![first, second, third, fourth.clone()];
		let past = follower.advance_along(headers, &just(0, &old_keys, &fourth));
		assert_eq!(past, Err(FollowError::BeyondTerm));
		assert_eq!(follower, start(&old));
	}

	#[test]
	fn headers_should_be_refused_when_they_do_not_link() {
		let (old_keys, old, ..) = sets();
		let first = child(&GENESIS, 1, &[]);
		let second = child(&first.hash, 2, &[]);
		let stray = child(&[9; 32], 2, &[]);
		let jump = child(&first.hash, 3, &[]);
		let justification = just(0, &old_keys, &second);
		for headers in [
			vec![],
			vec![first.clone()],
			vec![second.clone()],
			vec![first.clone(), stray],
			vec![first.clone(), jump],
		] {
			let mut follower = start(&old);
			let refused = follower.advance_along(headers, &justification);
			assert_eq!(refused, Err(FollowError::BrokenChain));
			assert_eq!(follower, start(&old));
		}
		let other = child(&first.hash, 2, &[vec![4, 0, 0, 0, 0]]);
		let refused = start(&old).advance_along([first, other], &justification);
		assert_eq!(refused, Err(FollowError::BrokenChain));
	}

	#[test]
	fn block_should_be_refused_when_not_above_the_head() {
		let (old_keys, old, ..) = sets();
		let mut follower = start(&old);
		let first = child(&GENESIS, 1, &[]);
		let justification = just(0, &old_keys, &first);
		follower.advance(&first, &justification).unwrap();
		assert_eq!(follower.advance(&first, &justification), Err(FollowError::Stale));
	}

	#[test]
	fn change_should_be_refused_when_it_overlaps_or_is_unreadable() {
		let (old_keys, old, _, new) = sets();
		let mut follower = start(&old);
		let first = child(&GENESIS, 1, &[change_log(&new, 5, None)]);
		let second = child(&first.hash, 2, &[change_log(&new, 0, None)]);
		follower.advance(&first, &just(0, &old_keys, &first)).unwrap();
		let overlap = follower.advance(&second, &just(0, &old_keys, &second));
		assert_eq!(overlap, Err(FollowError::Overlap));

		let garbled = child(&first.hash, 2, &[vec![77]]);
		let refused = follower.advance(&garbled, &just(0, &old_keys, &garbled));
		assert_eq!(refused, Err(FollowError::Digest(ReadError::Malformed)));

		let empty = child(&GENESIS, 1, &[(1u8, Vec::<Authority>::new(), 0u32).encode()]);
		let refused = start(&old).advance(&empty, &just(0, &old_keys, &empty));
		assert_eq!(refused, Err(FollowError::Set(SetError::Empty)));
	}

	#[test]
	fn forced_change_should_be_followed_when_the_old_set_finalised_it() {
		let (old_keys, old, _, new) = sets();
		let mut follower = start(&old);
		let first = child(&GENESIS, 1, &[change_log(&new, 0, Some(0))]);
		let progress = follower.advance(&first, &just(0, &old_keys, &first)).unwrap();
		assert_eq!(progress.new_set, Some(1));
	}

	#[test]
	fn forced_change_should_call_for_a_checkpoint_when_not_finalised() {
		let (_, old, _, new) = sets();
		let mut follower = start(&old);
		let first = child(&GENESIS, 1, &[]);
		let second = child(&first.hash, 2, &[change_log(&new, 4, Some(0))]);
		assert_eq!(follower.foresee([&first]), Ok(None));
		let notice = follower.foresee([&first, &second]).unwrap();
		assert_eq!(notice, Some(ForcedNotice { announced: 2, effective: 6 }));
		assert_eq!(follower.foresee([&second]), Err(FollowError::BrokenChain));

		let mut checkpoint = Checkpoint {
			genesis: GENESIS,
			hash: [6; 32],
			number: 6,
			set_id: 1,
			authorities: new.authorities().to_vec(),
		};
		follower.rebase(checkpoint.clone()).unwrap();
		assert_eq!(follower.set(), &new);
		checkpoint.number = 5;
		assert_eq!(follower.rebase(checkpoint.clone()), Err(FollowError::BehindHead));
		checkpoint.genesis = [1; 32];
		assert_eq!(follower.rebase(checkpoint), Err(FollowError::WrongChain));
	}

	#[test]
	fn head_should_be_completed_when_the_header_is_its_own() {
		let (_, old, ..) = sets();
		let genesis = child(&[0; 32], 0, &[]);
		let mut follower = Follower::new(Checkpoint {
			genesis: genesis.hash,
			hash: genesis.hash,
			number: 0,
			set_id: 0,
			authorities: old.authorities().to_vec(),
		})
		.unwrap();
		let other = child(&[1; 32], 0, &[]);
		assert_eq!(follower.complete_head(&other), Err(FollowError::BrokenChain));
		follower.complete_head(&genesis).unwrap();
		assert_eq!(follower.head().state_root, Some(genesis.state_root));
	}
}
