//! Why a proof was refused, in a code for the chain and in words for the device's owner.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

macro_rules! reasons {
	($($(#[$doc:meta])* $name:ident = $code:literal, $words:literal;)*) => {
		/// Why a key, a statement or a proof was refused.
		#[derive(
			Clone,
			Copy,
			Debug,
			PartialEq,
			Eq,
			PartialOrd,
			Ord,
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
		)]
		pub enum Reason {
			$($(#[$doc])* #[codec(index = $code)] $name,)*
		}

		impl Reason {
			/// All reasons, in the order of their codes.
			pub const ALL: &'static [Self] = &[$(Self::$name),*];

			/// The code that crosses the host function; 0 stands for success and is no reason.
			pub const fn code(self) -> u8 {
				match self {
					$(Self::$name => $code,)*
				}
			}

			/// The reason with this code, or `None` if there is none.
			pub const fn from_code(code: u8) -> Option<Self> {
				match code {
					$($code => Some(Self::$name),)*
					_ => None,
				}
			}

			/// What happened and what to do about it.
			pub const fn words(self) -> &'static str {
				match self {
					$(Self::$name => $words,)*
				}
			}
		}
	};
}

reasons! {
	/// The verifying key has the wrong length.
	MalformedKey = 1, "the verifying key cannot be read; register it again, compressed and whole";
	/// A point of the key is the identity, or gamma equals delta.
	DegenerateKey = 2, "the verifying key would accept false proofs; run the key ceremony again";
	/// The proof is not 128 bytes.
	MalformedProof = 3, "the proof is not 128 bytes long; send it compressed and whole";
	/// The statement is not the SCALE encoding of a statement.
	MalformedStatement = 4, "the statement cannot be read; update the device's software";
	/// A number is not below the field's order, or a point has a second encoding.
	NonCanonical = 5, "a number or a point is not in its one canonical form; update the software";
	/// A pixel or a score is beyond its range.
	OutOfRange = 6, "a pixel is above 16 or a score has more than 24 bits; check the model";
	/// Fewer public inputs than the key wants.
	TooFewInputs = 7, "fewer public inputs than the key wants; prove with the key of this task";
	/// More public inputs than the key wants.
	TooManyInputs = 8, "more public inputs than the key wants; prove with the key of this task";
	/// There is no point of the curve at these coordinates.
	OffCurve = 9, "a point is not on the curve; the proof was damaged on its way, send it again";
	/// The point is on the curve but not in the group of prime order.
	OffSubgroup = 10, "a point is outside the curve's prime group; make the proof again";
	/// The pairing check failed: the proof does not prove this statement.
	Refused = 11, "the proof does not prove this statement; prove again with the chain's values";
	/// More proofs than one batch may have.
	BatchTooLarge = 12, "the batch has too many proofs; send the rest in another batch";
	/// The host answered with a code that this runtime does not know.
	UnknownCode = 13, "the node and the runtime disagree about reasons; update the node";
}

impl core::fmt::Display for Reason {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(self.words())
	}
}

impl core::error::Error for Reason {}

/// A result as the byte that crosses the host function.
#[cfg(any(all(feature = "host-function", not(substrate_runtime)), test))]
pub(crate) fn to_code(result: Result<(), Reason>) -> u8 {
	result.err().map_or(0, Reason::code)
}

/// A byte from the host function as a result.
#[cfg(any(feature = "host-function", test))]
pub(crate) fn from_code(code: u8) -> Result<(), Reason> {
	match code {
		0 => Ok(()),
		code => Err(Reason::from_code(code).unwrap_or(Reason::UnknownCode)),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn reason_should_return_when_its_code_is_read_back() {
		for reason in Reason::ALL {
			assert_ne!(reason.code(), 0);
			assert_eq!(Reason::from_code(reason.code()), Some(*reason));
			assert_eq!(from_code(to_code(Err(*reason))), Err(*reason));
			assert_eq!(reason.encode(), [reason.code()]);
		}
		assert_eq!(from_code(to_code(Ok(()))), Ok(()));
		assert_eq!(from_code(255), Err(Reason::UnknownCode));
	}
}
