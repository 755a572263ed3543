//! Points of BN254 in arkworks' compressed form: x little-endian, with two flags in the top bits.

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};

use crate::Reason;

/// Bytes of a compressed point of G1.
pub const G1_BYTES: usize = 32;
/// Bytes of a compressed point of G2.
pub const G2_BYTES: usize = 64;

const FLAGS: u8 = 0b1100_0000;

/// Reads a point of G1, whose curve has prime order: on the curve is in the group.
pub fn g1(bytes: &[u8; G1_BYTES]) -> Result<G1Affine, Reason> {
	decode::<G1Affine, Fq, G1_BYTES>(bytes)
}

/// Reads a point of G2 and checks that it is in the group of prime order.
pub fn g2(bytes: &[u8; G2_BYTES]) -> Result<G2Affine, Reason> {
	let point = decode::<G2Affine, Fq2, G2_BYTES>(bytes)?;
	if point.is_in_correct_subgroup_assuming_on_curve() {
		Ok(point)
	} else {
		Err(Reason::OffSubgroup)
	}
}

/// Decompression finds the point from x, so that success puts it on the curve. The check that it
/// encodes back to the same bytes refuses what arkworks tolerates, such as an identity whose x is
/// not zero.
fn decode<P, X, const N: usize>(bytes: &[u8; N]) -> Result<P, Reason>
where
	P: CanonicalDeserialize + CanonicalSerialize,
	X: CanonicalDeserialize,
{
	let point = P::deserialize_with_mode(&bytes[..], Compress::Yes, Validate::No)
		.map_err(|_| why::<X, N>(bytes))?;
	let mut again = [0u8; N];
	match point.serialize_compressed(&mut again[..]) {
		Ok(()) if again == *bytes => Ok(point),
		_ => Err(Reason::NonCanonical),
	}
}

/// x that is a number of the field has no y; any other x (or two flags at once) is no number.
fn why<X: CanonicalDeserialize, const N: usize>(bytes: &[u8; N]) -> Reason {
	let mut x = *bytes;
	if let Some(last) = x.last_mut() {
		if *last & FLAGS == FLAGS {
			return Reason::NonCanonical;
		}
		*last &= !FLAGS;
	}
	match X::deserialize_compressed(&x[..]) {
		Ok(_) => Reason::OffCurve,
		Err(_) => Reason::NonCanonical,
	}
}
