//! SCALE input from an untrusted peer.
//!
//! It differs from the general codec in two ways that matter to a small machine: a length is
//! checked against a bound and against what is left before anything is allocated, and running out
//! of bytes is told apart from nonsense, so that a stream can wait for more of the former.

/// Why bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
	/// The input ends too early; more bytes could make it whole.
	Truncated,
	/// A length is above its bound.
	TooLong,
	/// An integer is not in its shortest form, or a tag is unknown.
	Malformed,
	/// Bytes are left over after the end.
	Trailing,
}

impl core::fmt::Display for ReadError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Truncated => "the data ends too early",
			Self::TooLong => "a list is longer than allowed",
			Self::Malformed => "the data is malformed",
			Self::Trailing => "there are bytes after the end of the data",
		})
	}
}

impl core::error::Error for ReadError {}

/// A position in a slice of bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
	bytes: &'a [u8],
	at: usize,
}

impl<'a> Reader<'a> {
	/// Reads `bytes` from the start.
	pub fn new(bytes: &'a [u8]) -> Self {
		Self { bytes, at: 0 }
	}

	/// How many bytes were read so far.
	pub fn position(&self) -> usize {
		self.at
	}

	/// How many bytes are left.
	pub fn remaining(&self) -> usize {
		self.bytes.len().saturating_sub(self.at)
	}

	/// What was read since `start`, a former [`Reader::position`].
	pub fn since(&self, start: usize) -> &'a [u8] {
		self.bytes.get(start..self.at).unwrap_or(&[])
	}

	/// The next `count` bytes.
	pub fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
		let end = self.at.checked_add(count).ok_or(ReadError::TooLong)?;
		let taken = self.bytes.get(self.at..end).ok_or(ReadError::Truncated)?;
		self.at = end;
		Ok(taken)
	}

	/// The next `N` bytes.
	pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
		self.take(N)?.try_into().map_err(|_| ReadError::Truncated)
	}

	/// One byte.
	pub fn u8(&mut self) -> Result<u8, ReadError> {
		let [byte] = self.array()?;
		Ok(byte)
	}

	/// A fixed-width `u32`.
	pub fn u32(&mut self) -> Result<u32, ReadError> {
		self.array().map(u32::from_le_bytes)
	}

	/// A fixed-width `u64`.
	pub fn u64(&mut self) -> Result<u64, ReadError> {
		self.array().map(u64::from_le_bytes)
	}

	/// A compact `u32` in its shortest form.
	pub fn compact(&mut self) -> Result<u32, ReadError> {
		let first = self.u8()?;
		let (value, least) = match first & 0b11 {
			0b00 => (u32::from(first >> 2), 0),
			0b01 => (u32::from(u16::from_le_bytes([first, self.u8()?]) >> 2), 1 << 6),
			0b10 => {
				let [second, third, fourth] = self.array()?;
				(u32::from_le_bytes([first, second, third, fourth]) >> 2, 1 << 14)
			}
			// The only longer form that a u32 needs says "four bytes follow", which is tag 0.
			_ if first >> 2 == 0 => (self.u32()?, 1 << 30),
			_ => return Err(ReadError::Malformed),
		};
		if value < least {
			return Err(ReadError::Malformed);
		}
		Ok(value)
	}

	/// The length of a list of at most `most` items, none of which is shorter than `item` bytes.
	pub fn count(&mut self, most: usize, item: usize) -> Result<usize, ReadError> {
		let count = usize::try_from(self.compact()?).map_err(|_| ReadError::TooLong)?;
		if count > most {
			return Err(ReadError::TooLong);
		}
		if count.saturating_mul(item) > self.remaining() {
			return Err(ReadError::Truncated);
		}
		Ok(count)
	}

	/// A byte string of at most `most` bytes.
	pub fn bytes(&mut self, most: usize) -> Result<&'a [u8], ReadError> {
		let count = self.count(most, 1)?;
		self.take(count)
	}

	/// The end of the input.
	pub fn finish(self) -> Result<(), ReadError> {
		if self.remaining() == 0 {
			Ok(())
		} else {
			Err(ReadError::Trailing)
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::{Compact, Encode};
	use proptest::prelude::*;

	#[test]
	fn compact_should_be_refused_when_not_shortest() {
		for bytes in
			[&[0b01, 0][..], &[0b10, 0, 0, 0], &[0b11, 0, 0, 0, 0], &[0b111, 0, 0, 0, 0, 0]]
		{
			assert_eq!(Reader::new(bytes).compact(), Err(ReadError::Malformed));
		}
	}

	#[test]
	fn count_should_be_refused_when_above_its_bound_or_what_is_left() {
		let bytes = Compact(100u32).encode();
		assert_eq!(Reader::new(&bytes).count(99, 1), Err(ReadError::TooLong));
		assert_eq!(Reader::new(&bytes).count(100, 1), Err(ReadError::Truncated));
		assert_eq!(Reader::new(&bytes).count(100, 0), Ok(100));
	}

	#[test]
	fn finish_should_fail_when_bytes_are_left() {
		assert_eq!(Reader::new(&[1]).finish(), Err(ReadError::Trailing));
		assert_eq!(Reader::new(&[]).finish(), Ok(()));
	}

	proptest! {
		#[test]
		fn compact_should_agree_with_the_codec_when_any_u32(value: u32) {
			let bytes = Compact(value).encode();
			let mut reader = Reader::new(&bytes);
			prop_assert_eq!(reader.compact(), Ok(value));
			prop_assert_eq!(reader.finish(), Ok(()));
			for end in 0..bytes.len() {
				prop_assert_eq!(Reader::new(&bytes[..end]).compact(), Err(ReadError::Truncated));
			}
		}
	}
}
