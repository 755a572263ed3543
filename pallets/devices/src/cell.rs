//! Which numbers are H3 cells of the finest resolution.
//!
//! Layout after the H3 documentation, "H3 index representations": from the high end one reserved
//! bit, 4 bits of mode, 3 reserved bits, 4 bits of resolution, 7 bits of base cell, then 15 digits
//! of 3 bits.

use pogcs_primitives::CellId;

const CELL_MODE: u64 = 1;
const FINEST: u64 = 15;
const BASE_CELLS: u64 = 122;
/// Base cells that are pentagons: they have no child in direction 1, the "K" axis.
const PENTAGONS: [u64; 12] = [4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117];
const MISSING_DIRECTION: u64 = 1;
const LARGEST_DIGIT: u64 = 6;

/// Whether `cell` is a cell of resolution 15 that exists on the globe.
pub fn is_finest(cell: CellId) -> bool {
	let index = cell.0;
	let field = |shift: u32, mask: u64| (index >> shift) & mask;
	let base = field(45, 0x7f);
	if field(63, 1) != 0
		|| field(59, 0xf) != CELL_MODE
		|| field(56, 7) != 0
		|| field(52, 0xf) != FINEST
		|| base >= BASE_CELLS
	{
		return false;
	}
	let digits = (0u32..15).rev().map(|place| field(place.saturating_mul(3), 7));
	if digits.clone().any(|digit| digit > LARGEST_DIGIT) {
		return false;
	}
	let first_step = digits.clone().find(|digit| *digit != 0);
	!(PENTAGONS.contains(&base) && first_step == Some(MISSING_DIRECTION))
}

#[cfg(test)]
mod tests {
	use super::*;

	// Computed with the reference library: h3 4.5.0, latlng_to_cell(.., 15).
	const SINGAPORE: u64 = 0x8f65_2636_d876_620;
	const BERLIN: u64 = 0x8f1f_1d48_945d_998;
	const SYDNEY: u64 = 0x8fbe_0e35_c272_530;
	const PENTAGON: u64 = 0x8f08_0000_0000_000;

	#[test]
	fn cell_should_be_finest_when_of_resolution_15() {
		for index in [SINGAPORE, BERLIN, SYDNEY, PENTAGON, PENTAGON | 2] {
			assert!(is_finest(CellId(index)), "{index:x}");
		}
	}

	#[test]
	fn cell_should_not_be_finest_when_coarser() {
		// The parent of SINGAPORE at resolution 14.
		assert!(!is_finest(CellId(0x8e65_2636_d876_627)));
	}

	#[test]
	fn cell_should_not_be_finest_when_malformed() {
		let with = |shift: u32, bits: u64| CellId(SINGAPORE ^ (bits << shift));
		for (cell, why) in [
			(CellId(0), "nothing"),
			(CellId(u64::MAX), "all bits"),
			(with(63, 1), "reserved bit"),
			(with(59, 3), "mode"),
			(with(56, 1), "reserved bits"),
			(CellId((SINGAPORE & !(0x7f << 45)) | (122 << 45)), "base cell"),
			(CellId(SINGAPORE | 7), "digit 7"),
			(CellId(PENTAGON | 1), "missing sequence of a pentagon"),
		] {
			assert!(!is_finest(cell), "{why}");
		}
	}
}
