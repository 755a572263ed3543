//! A warp sync proof as a stream: fragments come out one at a time, whatever its length.

use alloc::vec::Vec;

use super::{justification::MAX_JUSTIFICATION, Justification};
use crate::{
	headers::{Header, MAX_HEADER},
	reader::{ReadError, Reader},
};

/// The most bytes that one fragment may have.
pub const MAX_FRAGMENT: usize = MAX_HEADER + MAX_JUSTIFICATION;
/// The most fragments of one proof: a year of hourly set changes, twice over.
pub const MAX_FRAGMENTS: usize = 17_520;

/// `sc_consensus_grandpa`'s `WarpSyncFragment`: the last block of a set and why it is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
	/// The block.
	pub header: Header,
	/// Its justification.
	pub justification: Justification,
}

impl Fragment {
	/// Reads a fragment from where `reader` stands.
	pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
		Ok(Self { header: Header::read(reader)?, justification: Justification::read(reader)? })
	}
}

/// Takes a SCALE-encoded `WarpSyncProof` in pieces of any size.
#[derive(Debug, Default)]
pub struct FragmentStream {
	buffer: Vec<u8>,
	left: Option<usize>,
	finished: Option<bool>,
}

impl FragmentStream {
	/// A stream that has seen nothing yet.
	pub fn new() -> Self {
		Self::default()
	}

	/// Hands over the next bytes. The caller takes fragments out before it hands over more than
	/// [`MAX_FRAGMENT`] at once.
	pub fn push(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
		if self.buffer.len().saturating_add(bytes.len()) > 2 * MAX_FRAGMENT {
			return Err(ReadError::TooLong);
		}
		if self.finished.is_some() && !bytes.is_empty() {
			return Err(ReadError::Trailing);
		}
		self.buffer.extend_from_slice(bytes);
		Ok(())
	}

	/// The next fragment; `None` if more bytes are needed or the proof has ended.
	pub fn next_fragment(&mut self) -> Result<Option<Fragment>, ReadError> {
		let mut reader = Reader::new(&self.buffer);
		let left = match self.left {
			Some(left) => left,
			None => match reader.compact() {
				Ok(count) => {
					let count = usize::try_from(count).map_err(|_| ReadError::TooLong)?;
					if count > MAX_FRAGMENTS {
						return Err(ReadError::TooLong);
					}
					count
				}
				Err(ReadError::Truncated) => return Ok(None),
				Err(error) => return Err(error),
			},
		};
		if left == 0 {
			match reader.u8() {
				Ok(flag @ (0 | 1)) if self.finished.is_none() => {
					self.finished = Some(flag == 1);
					self.left = Some(0);
					reader.finish()?;
					self.buffer = Vec::new();
				}
				Ok(_) => return Err(ReadError::Malformed),
				Err(_) => {
					let read = reader.position();
					self.left = Some(0);
					self.buffer.drain(..read);
				}
			}
			return Ok(None);
		}
		match Fragment::read(&mut reader) {
			Ok(fragment) => {
				let read = reader.position();
				self.buffer.drain(..read);
				self.left = Some(left.saturating_sub(1));
				Ok(Some(fragment))
			}
			Err(ReadError::Truncated) if self.buffer.len() < MAX_FRAGMENT => Ok(None),
			Err(ReadError::Truncated) => Err(ReadError::TooLong),
			Err(error) => Err(error),
		}
	}

	/// After the last fragment: whether the proof reaches the newest finalised block. `None` while
	/// the end was not seen.
	pub fn is_finished(&self) -> Option<bool> {
		self.finished
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::chain::*;
	use codec::{Compact, Encode};
	use proptest::prelude::*;

	fn proof() -> Vec<u8> {
		let (keys, _) = voters(0, &[1, 1]);
		let mut bytes = Compact(2u32).encode();
		let mut parent = [0; 32];
		for number in 1..=2 {
			let header = header_bytes(&parent, number, &[]);
			let block = child(&parent, number, &[]);
			parent = block.hash;
			let justification = justify(1, 0, &block, &keys, &block, &[]);
			bytes.extend(header);
			bytes.extend(encode_justification(&justification, &[]));
		}
		bytes.push(1);
		bytes
	}

	#[test]
	fn fragments_should_come_out_when_fed_in_any_pieces() {
		let bytes = proof();
		for piece in [1, 7, 100, bytes.len()] {
			let mut stream = FragmentStream::new();
			let mut numbers = Vec::new();
			for part in bytes.chunks(piece) {
				stream.push(part).unwrap();
				while let Some(fragment) = stream.next_fragment().unwrap() {
					numbers.push(fragment.header.number);
				}
			}
			assert_eq!(numbers, [1, 2]);
			assert_eq!(stream.is_finished(), Some(true));
			assert_eq!(stream.push(&[0]), Err(ReadError::Trailing));
		}
	}

	#[test]
	fn stream_should_refuse_when_malformed() {
		let mut many = FragmentStream::new();
		many.push(&Compact(20_000u32).encode()).unwrap();
		assert_eq!(many.next_fragment(), Err(ReadError::TooLong));

		let mut flag = FragmentStream::new();
		flag.push(&[0, 2]).unwrap();
		assert_eq!(flag.next_fragment(), Err(ReadError::Malformed));

		let mut trailing = FragmentStream::new();
		trailing.push(&[0, 1, 1]).unwrap();
		assert_eq!(trailing.next_fragment(), Err(ReadError::Trailing));

		let mut flood = FragmentStream::new();
		assert_eq!(flood.push(&alloc::vec![0; 2 * MAX_FRAGMENT + 1]), Err(ReadError::TooLong));
	}

	proptest! {
		#[test]
		fn stream_should_not_panic_when_bytes_are_random(pieces: Vec<Vec<u8>>) {
			let mut stream = FragmentStream::new();
			for piece in pieces {
				if stream.push(&piece).is_err() || stream.next_fragment().is_err() {
					break;
				}
			}
		}

		#[test]
		fn justification_should_not_panic_when_bytes_are_random(bytes: Vec<u8>) {
			let _ = Justification::decode(&bytes);
		}

		#[test]
		fn justification_should_not_verify_when_a_byte_is_changed(at in 0usize..300, to: u8) {
			let (keys, set) = voters(0, &[1, 1]);
			let block = child(&[0; 32], 1, &[]);
			let good = justify(1, 0, &block, &keys, &block, &[]);
			let mut bytes = encode_justification(&good, &[]);
			prop_assert_eq!(Justification::decode(&bytes), Ok(good.clone()));
			let at = at % bytes.len();
			prop_assume!(bytes[at] != to);
			bytes[at] = to;
			if let Ok(changed) = Justification::decode(&bytes) {
				prop_assert!(set.verify(&changed, &block.hash, 1).is_err());
			}
		}
	}
}
