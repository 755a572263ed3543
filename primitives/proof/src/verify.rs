//! One proof.
//!
//! Groth, "On the size of pairing-based non-interactive arguments" (2016): a proof (A, B, C)
//! holds if `e(A, B) = e(alpha, beta) * e(L, gamma) * e(C, delta)`, where L is the sum of the
//! key's input points, each times its public input.
//!
//! A valid proof can be re-randomised into another by anybody, without the secret. Never tell
//! proofs apart by their bytes or their hash: what is paid once is the nullifier.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup};
use ark_ff::PrimeField;

use crate::{
	key::{expect_inputs, prepared, PreparedKey},
	point::{g1, g2, G1_BYTES, G2_BYTES},
	Reason, Statement,
};

/// Bytes of a compressed proof: A (G1), B (G2), C (G1).
pub const PROOF_BYTES: usize = 2 * G1_BYTES + G2_BYTES;

/// A proof whose points are on their curves and in their groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
	pub(crate) a: G1Affine,
	pub(crate) b: G2Affine,
	pub(crate) c: G1Affine,
}

impl Proof {
	/// Reads a compressed proof.
	///
	/// Fails with [`Reason::MalformedProof`] if it is not [`PROOF_BYTES`] long, or with what is
	/// wrong with a point.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, Reason> {
		let (a, rest) = bytes.split_first_chunk().ok_or(Reason::MalformedProof)?;
		let (b, rest) = rest.split_first_chunk().ok_or(Reason::MalformedProof)?;
		let c = rest.try_into().map_err(|_| Reason::MalformedProof)?;
		Ok(Self { a: g1(a)?, b: g2(b)?, c: g1(c)? })
	}
}

/// Verifies a proof of the SCALE-encoded `statement` under the compressed `key`.
pub fn verify(key: &[u8], proof: &[u8], statement: &[u8]) -> Result<(), Reason> {
	let input = Statement::from_bytes(statement)?.public_input()?;
	verify_inputs(key, proof, &[input])
}

/// Verifies a proof of any circuit of up to [`crate::key::MAX_INPUTS`] public inputs.
///
/// Fails with [`Reason::TooFewInputs`] or [`Reason::TooManyInputs`] before any pairing.
pub fn verify_inputs(key: &[u8], proof: &[u8], inputs: &[Fr]) -> Result<(), Reason> {
	let key = prepared(key)?;
	verify_prepared(&key, &Proof::from_bytes(proof)?, inputs)
}

/// Verifies with a key that is prepared already.
pub fn verify_prepared(key: &PreparedKey, proof: &Proof, inputs: &[Fr]) -> Result<(), Reason> {
	expect_inputs(&key.inputs, inputs.len())?;
	let constant = key.inputs.first().map_or_else(G1Projective::default, |p| p.into_group());
	let sum = key
		.inputs
		.iter()
		.skip(1)
		.zip(inputs)
		.fold(constant, |sum, (point, input)| sum + point.mul_bigint(input.into_bigint()));

	let loops = Bn254::multi_miller_loop(
		[proof.a, sum.into_affine(), proof.c],
		[proof.b.into(), key.gamma_negated.clone(), key.delta_negated.clone()],
	);
	match Bn254::final_exponentiation(loops) {
		Some(product) if product == key.alpha_beta => Ok(()),
		_ => Err(Reason::Refused),
	}
}
