//! What answers say, without any storage.

use pogcs_primitives::jobs::Hash;

/// An answer of the layer that is compared, and whether chance chose the device that gave it. No two
/// that were drawn are of one owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
	/// The answer.
	pub answer: Hash,
	/// Whether its device was drawn.
	pub drawn: bool,
}

/// What answers say of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// This answer is the right one.
	Agreed(Hash),
	/// This is the only answer, and nobody else could be found to check it.
	Unchecked(Hash),
	/// Nobody can say which one is right.
	Void,
	/// There is no answer.
	Missed,
	/// A further device must be asked.
	Further,
}

/// Judges the answers to a chunk; `last` if no further device can be asked.
///
/// Only who was drawn has a vote: an answer is right if more than half of these gave it, and two of
/// them at least. Who came by itself, in place of devices that stayed away, is compared with that
/// answer afterwards.
pub fn judge(opened: &[Opened], last: bool) -> Verdict {
	let Some(first) = opened.first() else { return Verdict::Missed };
	let votes = || opened.iter().filter(|one| one.drawn);
	let all = votes().count();
	let most = votes()
		.map(|one| (votes().filter(|other| other.answer == one.answer).count(), one.answer))
		.max_by_key(|(count, _)| *count);
	match most {
		Some((count, answer)) if count >= 2 && count.saturating_mul(2) > all => {
			Verdict::Agreed(answer)
		}
		_ if !last => Verdict::Further,
		_ if opened.iter().all(|one| one.answer == first.answer) => {
			Verdict::Unchecked(first.answer)
		}
		_ => Verdict::Void,
	}
}
