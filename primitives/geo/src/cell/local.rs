//! How many steps lie between two cells, after `cellToLocalIjk` of H3 (localij.c): both are laid out
//! in the plane of the first one's base cell.

use super::{
	face::within_base,
	ijk::Ijk,
	index::{self, direction_turned_back, MISSING},
	step::{direction_to_base, rotations},
};

/// Turns of 60 degrees clockwise that lay out, beside a cell in one direction from a pentagon's
/// centre, a cell in another one; `None` if the plane does not reach round the pentagon that far.
fn unfolding(one: u8, other: u8) -> Option<u8> {
	match (one, other) {
		(MISSING, _) | (_, MISSING) => None,
		(2, 4 | 5) | (3, 4 | 6) | (4, 2 | 3) | (5, 2 | 6) | (6, 3 | 5) => None,
		(3, 5) => Some(1),
		(5, 3) => Some(5),
		_ => Some(0),
	}
}

fn turned_back(at: Ijk, turns: u8) -> Ijk {
	(0..turns).fold(at, |at, _| at.turned_back())
}

/// The least number of steps from one cell to another of the same resolution. `None` if their base
/// cells do not touch, or if a pentagon is in the way.
pub(super) fn distance(origin: u64, other: u64) -> Option<u32> {
	let here = within_base(origin, Ijk::default());
	let (origin_base, base) = (index::base(origin), index::base(other));
	let from_pentagon = index::is_on_pentagon(origin);
	if base == origin_base {
		let turns = if from_pentagon {
			unfolding(index::first_step(origin), index::first_step(other))?
		} else {
			0
		};
		let there = turned_back(within_base(other, Ijk::default()), turns);
		return Some(here.distance(there));
	}

	let direction = direction_to_base(origin_base, base)?;
	let mut back = direction_to_base(base, origin_base)?;
	let to_pentagon = index::is_on_pentagon(other);
	// Turn the other cell to the origin's axes.
	let mut other = other;
	for _ in 0..rotations(origin_base, direction) {
		back = direction_turned_back(back);
		if to_pentagon {
			if back == MISSING {
				back = direction_turned_back(back);
			}
			other = index::turned_back_on_pentagon(other);
		} else {
			other = index::turned_back(other);
		}
	}
	let mut there = within_base(other, Ijk::default());
	let mut offset = (1..=index::resolution(origin))
		.fold(Ijk::step(direction), |offset, resolution| offset.finer(resolution));
	if from_pentagon {
		let turns = unfolding(index::first_step(origin), direction)?;
		there = turned_back(there, turns);
		offset = turned_back(offset, turns);
	} else if to_pentagon {
		there = turned_back(there, unfolding(back, index::first_step(other))?);
	}
	Some(here.distance(there.plus(offset)))
}
