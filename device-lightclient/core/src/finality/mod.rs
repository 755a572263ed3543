//! Weighted GRANDPA finality, as a device checks it.
//!
//! [`Justification`] is decoded apart from being verified, [`AuthoritySet::verify`] checks it
//! against one set, and [`Follower`] walks from set to set, one fragment at a time, so that a
//! warp proof of any length needs the memory of its largest fragment.
//!
//! A justification is believed when every precommit in it is by a known voter, signed for this
//! set and round, and linked by the enclosed headers; and when voters with more than two thirds of
//! the weight voted for the target or a descendant. As in GRANDPA, a voter who signed two
//! different votes counts once, for every block: its word is worth nothing either way, and the
//! bound of one third already allows for it.

mod follower;
mod justification;
mod set;
mod verify;
mod warp;

pub use follower::{Checkpoint, FollowError, Follower, ForcedNotice, Head, Progress};
pub use justification::{
	Justification, Precommit, MAX_ANCESTRY, MAX_JUSTIFICATION, MAX_PRECOMMITS,
};
pub use set::{AuthoritySet, SetError};
pub use verify::{vote_payload, VerifyError};
pub use warp::{Fragment, FragmentStream, MAX_FRAGMENT, MAX_FRAGMENTS};
