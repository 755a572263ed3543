//! The bits of a cell's index.
//!
//! Layout after the H3 documentation, "H3 index representations": from the high end one reserved
//! bit, 4 bits of mode, 3 reserved bits, 4 bits of resolution, 7 bits of base cell, then 15 digits
//! of 3 bits, of which those finer than the cell are 7.

use super::tables::PENTAGONS;

/// The finest resolution.
pub(super) const FINEST: u8 = 15;
/// The direction in which a pentagon has no child and no neighbour.
pub(super) const MISSING: u8 = 1;

const CELL_MODE: u64 = 1;
const BASE_CELLS: u8 = 122;
const LARGEST_DIGIT: u8 = 6;
const UNUSED_DIGIT: u8 = 7;

/// Where each digit goes when an index is turned by 60 degrees.
type Turn = [u8; 7];
const COUNTER_CLOCKWISE: Turn = [0, 5, 3, 1, 6, 4, 2];
const CLOCKWISE: Turn = [0, 3, 6, 2, 5, 1, 4];

fn field(index: u64, shift: u32, mask: u64) -> u64 {
	index.wrapping_shr(shift) & mask
}

fn low_byte(value: u64) -> u8 {
	let [low, ..] = value.to_le_bytes();
	low
}

/// Where a digit's bits begin.
fn place(resolution: u8) -> u32 {
	u32::from(FINEST.saturating_sub(resolution)).saturating_mul(3)
}

pub(super) fn resolution(index: u64) -> u8 {
	low_byte(field(index, 52, 0xf))
}

pub(super) fn base(index: u64) -> u8 {
	low_byte(field(index, 45, 0x7f))
}

pub(super) fn with_base(index: u64, base: u8) -> u64 {
	(index & !(0x7f << 45)) | (u64::from(base) << 45)
}

pub(super) fn digit(index: u64, resolution: u8) -> u8 {
	low_byte(field(index, place(resolution), 7))
}

pub(super) fn with_digit(index: u64, resolution: u8, digit: u8) -> u64 {
	let place = place(resolution);
	(index & !7u64.wrapping_shl(place)) | u64::from(digit).wrapping_shl(place)
}

/// The first digit that is not 0; 0 if there is none.
pub(super) fn first_step(index: u64) -> u8 {
	(1..=resolution(index)).map(|at| digit(index, at)).find(|digit| *digit != 0).unwrap_or(0)
}

/// Whether the index is that of a cell that exists on the globe.
pub(super) fn is_valid(index: u64) -> bool {
	let finest = resolution(index);
	let frame = field(index, 63, 1) == 0
		&& field(index, 59, 0xf) == CELL_MODE
		&& field(index, 56, 7) == 0
		&& base(index) < BASE_CELLS;
	frame
		&& (1..=finest).all(|at| digit(index, at) <= LARGEST_DIGIT)
		&& (finest..FINEST).all(|at| digit(index, at.saturating_add(1)) == UNUSED_DIGIT)
		&& !(is_on_pentagon(index) && first_step(index) == MISSING)
}

/// Whether the base cell is a pentagon.
pub(super) fn is_on_pentagon(index: u64) -> bool {
	PENTAGONS.contains(&base(index))
}

/// Whether the cell itself is a pentagon.
pub(super) fn is_pentagon(index: u64) -> bool {
	is_on_pentagon(index) && first_step(index) == 0
}

/// The index of the cell around it at a coarser resolution.
pub(super) fn parent(index: u64, resolution: u8) -> u64 {
	let unused = 1u64.wrapping_shl(place(resolution)).wrapping_sub(1);
	(index & !(0xf << 52)) | (u64::from(resolution) << 52) | unused
}

fn turned_by(index: u64, turn: &Turn) -> u64 {
	(1..=resolution(index)).fold(index, |turned, at| {
		let digit = turn.get(usize::from(digit(index, at))).copied().unwrap_or(0);
		with_digit(turned, at, digit)
	})
}

/// Turned by 60 degrees counter-clockwise about the centre of its base cell.
pub(super) fn turned(index: u64) -> u64 {
	turned_by(index, &COUNTER_CLOCKWISE)
}

/// Turned by 60 degrees clockwise about the centre of its base cell.
pub(super) fn turned_back(index: u64) -> u64 {
	turned_by(index, &CLOCKWISE)
}

/// Turned about a pentagon to its next direction counter-clockwise.
pub(super) fn turned_on_pentagon(index: u64) -> u64 {
	let once = turned(index);
	if first_step(once) == MISSING {
		turned(once)
	} else {
		once
	}
}

/// Turned about a pentagon to its next direction clockwise.
pub(super) fn turned_back_on_pentagon(index: u64) -> u64 {
	let once = turned_back(index);
	if first_step(once) == MISSING {
		turned_back(once)
	} else {
		once
	}
}

/// A direction turned by 60 degrees clockwise.
pub(super) fn direction_turned_back(direction: u8) -> u8 {
	CLOCKWISE.get(usize::from(direction)).copied().unwrap_or(0)
}
