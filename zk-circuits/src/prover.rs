//! Making a proof.

use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_serialize::CanonicalSerialize;
use pogcs_proof::{Reason, PROOF_BYTES};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

use crate::{
	circuit::{synthesise, Witness},
	keys::ProvingKey,
};

/// A compressed proof.
pub type ProofBytes = [u8; PROOF_BYTES];

/// Why no proof was made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
	/// The statement has no public input.
	#[error("the statement cannot be proven: {0}")]
	Statement(Reason),
	/// The witness breaks what the circuit demands.
	#[error("the witness does not satisfy the circuit: it fails where \"{0}\" is proven")]
	Unsatisfied(&'static str),
	/// The prover failed, which means that the key is not this circuit's.
	#[error("the prover failed: is the proving key this circuit's?")]
	Prover,
}

/// Proves the witness's statement, using all cores.
///
/// Each call blinds with fresh randomness of the operating system, so that proofs of one witness
/// differ. A dishonest witness is refused with the name of what it breaks.
pub fn prove(key: &ProvingKey, witness: &Witness) -> Result<ProofBytes, ProveError> {
	let (values, _) = synthesise(witness, false).map_err(ProveError::Statement)?;
	prove_assignment(key, &values)
}

fn prove_assignment(key: &ProvingKey, values: &[Fr]) -> Result<ProofBytes, ProveError> {
	const INPUTS: usize = 2;
	let shape = &key.shape;
	if let Some(section) = shape.broken(values) {
		return Err(ProveError::Unsatisfied(section));
	}
	let mut rng = ChaCha20Rng::from_entropy();
	let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
	let proof = Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
		&key.inner,
		r,
		s,
		&shape.matrices,
		INPUTS,
		shape.constraints(),
		values,
	)
	.map_err(|_| ProveError::Prover)?;
	let mut bytes = [0u8; PROOF_BYTES];
	proof.serialize_compressed(&mut bytes[..]).map_err(|_| ProveError::Prover)?;
	Ok(bytes)
}
