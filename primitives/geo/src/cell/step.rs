//! From a cell to its neighbour, after `h3NeighborRotations` of H3 (algos.c).

use super::{
	index::{self, MISSING},
	tables::{self, Steps, NONE},
};

/// Directions that are special about a pentagon: those next to the missing one.
const JK: u8 = 3;
const IK: u8 = 5;

fn at<T: Copy>(table: &[[T; 7]], row: u8, column: u8, otherwise: T) -> T {
	table
		.get(usize::from(row))
		.and_then(|row| row.get(usize::from(column)))
		.copied()
		.unwrap_or(otherwise)
}

/// The base cell next to another.
pub(super) fn neighbour_of_base(base: u8, direction: u8) -> Option<u8> {
	Some(at(&tables::NEIGHBOURS, base, direction, NONE)).filter(|next| *next != NONE)
}

/// Turns of 60 degrees counter-clockwise from one base cell's axes to its neighbour's.
pub(super) fn rotations(base: u8, direction: u8) -> u8 {
	at(&tables::ROTATIONS, base, direction, 0)
}

/// The direction in which one base cell lies from another; `None` if they do not touch.
pub(super) fn direction_to_base(from: u8, to: u8) -> Option<u8> {
	(0..7).find(|direction| neighbour_of_base(from, *direction) == Some(to))
}

/// The cell next to `origin` in `direction`, one of 1 to 6; `None` in the missing direction of a
/// pentagon.
pub(super) fn neighbour(origin: u64, direction: u8) -> Option<u64> {
	if direction == MISSING && index::is_pentagon(origin) {
		return None;
	}
	let (mut found, mut direction) = (origin, direction);
	// Add the step to the finest digit, and carry.
	let mut level = index::resolution(origin);
	while level > 0 && direction != 0 {
		let Steps { digit, carry } =
			if level % 2 == 1 { &tables::ODD_STEPS } else { &tables::EVEN_STEPS };
		let from = index::digit(origin, level);
		found = index::with_digit(found, level, at(digit, from, direction, 0));
		direction = at(carry, from, direction, 0);
		level = level.saturating_sub(1);
	}
	let old_base = index::base(origin);
	if direction == 0 {
		// Still in the same base cell.
		if index::is_on_pentagon(origin) && index::first_step(found) == MISSING {
			// In the part that a pentagon does not have: it leads over to the direction beyond.
			found = match index::first_step(origin) {
				JK => index::turned(found),
				IK => index::turned_back(found),
				_ => found,
			};
		}
		return Some(found);
	}

	let turns = match neighbour_of_base(old_base, direction) {
		Some(base) => {
			found = index::with_base(found, base);
			rotations(old_base, direction)
		}
		None => {
			// The part that a pentagon does not have borders on the neighbour in direction IK.
			found = index::turned(index::with_base(found, neighbour_of_base(old_base, IK)?));
			rotations(old_base, IK)
		}
	};
	if !index::is_on_pentagon(found) {
		return Some((0..turns).fold(found, |found, _| index::turned(found)));
	}
	if index::first_step(found) == MISSING {
		// Leave the part that the pentagon does not have. H3 could also leave it the other way, but
		// no pair of base cells lies so.
		found = index::turned_back(found);
	}
	Some((0..turns).fold(found, |found, _| index::turned_on_pentagon(found)))
}
