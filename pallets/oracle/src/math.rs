//! What an interval's submissions come to. No storage.

use pogcs_primitives::Interval;

use crate::types::{Accepted, Distance, Level, Policy, Refusal};

/// What an interval's submissions came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// A value.
	Accepted {
		/// The value, with how many submitted and agreed.
		value: Accepted,
		/// Whether it was further from the last one than a step, and confirmed.
		jump: bool,
	},
	/// No value, and why.
	Refused(Refusal),
}

impl Outcome {
	/// The value, if there is one.
	pub fn value(&self) -> Option<Accepted> {
		match self {
			Self::Accepted { value, .. } => Some(*value),
			Self::Refused(_) => None,
		}
	}

	/// What submissions can be held against: only a value that a whole quorum agrees with. Where
	/// everybody says something else, nobody is to blame.
	pub fn evidence(&self, policy: &Policy) -> Option<Accepted> {
		self.value().filter(|value| value.agreeing >= policy.quorum)
	}
}

/// The middle of `sorted`, or the mean of the two in the middle, rounded up (towards plus
/// infinity): carbon never looks cleaner than it is. Nothing if there are none.
///
/// If fewer than half of them are lies, it lies between two honest ones.
pub fn median(sorted: &[Level]) -> Option<Level> {
	let half = sorted.len() / 2;
	let upper = sorted.get(half)?;
	if sorted.len() % 2 == 1 {
		return Some(*upper);
	}
	let lower = sorted.get(half.checked_sub(1)?)?;
	// The sum of two i64 and one fits an i128; half of it, an i64.
	let sum = i128::from(lower.0).checked_add(i128::from(upper.0))?.checked_add(1)?;
	i64::try_from(sum.div_euclid(2)).ok().map(Level)
}

/// Whether a submission is further from `median` than honest ones differ.
pub fn is_outlier(policy: &Policy, level: Level, median: Level) -> bool {
	level.distance(median) > policy.tolerance
}

fn count(of: usize) -> u32 {
	u32::try_from(of).unwrap_or(u32::MAX)
}

/// What the submissions of `interval`, `sorted`, come to after `last`.
///
/// A value may be `max_step` from the last one for each interval since then; further, it is a jump,
/// which `jump_quorum` must agree on. An unconfirmed jump makes no value: one that was clamped would
/// be one that nobody measured.
pub fn outcome(
	policy: &Policy,
	last: Option<Accepted>,
	interval: Interval,
	sorted: &[Level],
) -> Outcome {
	let submissions = count(sorted.len());
	let Some(median) = median(sorted).filter(|_| submissions >= policy.quorum) else {
		return Outcome::Refused(Refusal::NoQuorum { submissions });
	};
	if median < policy.least || median > policy.most {
		return Outcome::Refused(Refusal::OutOfBounds { median });
	}
	let near = sorted.iter().filter(|level| !is_outlier(policy, **level, median));
	let agreeing = count(near.count());
	let jump = last.is_none_or(|last| {
		let intervals = interval.since(last.interval);
		let allowed = Distance(policy.max_step.0.saturating_mul(intervals.into()));
		median.distance(last.level) > allowed
	});
	if jump && agreeing < policy.jump_quorum {
		return Outcome::Refused(Refusal::Unconfirmed { median, agreeing });
	}
	let value = Accepted { interval, level: median, submissions, agreeing };
	Outcome::Accepted { value, jump }
}
