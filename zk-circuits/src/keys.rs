//! Keys of the circuit.
//!
//! Development keys come from a fixed seed: everybody has the same, and everybody can forge proofs
//! with them. Production presets refuse them; a production key comes out of a ceremony.

use std::{fs, io, path::PathBuf, sync::Arc};

use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_relations::{
	gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError},
	utils::variable::Variable,
};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use blake2::{Blake2b512, Digest};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

use crate::circuit::{
	builder::{Row, Shape, INPUT, ONE},
	digest, shape,
};

/// The development verifying key, compressed: what pallets and genesis presets include.
pub const DEVELOPMENT_KEY: &[u8] = include_bytes!("../keys/development.vk");

/// The seed of the development keys; another version of the key takes another seed.
pub const DEVELOPMENT_SEED: [u8; 32] = *b"pogcs development key, version 1";

/// Why keys could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
	/// The circuit is too large for the field.
	#[error("no key can be made for this circuit: {0}")]
	Setup(#[from] SynthesisError),
	/// A file could not be read or written.
	#[error("{path}: {source}", path = path.display())]
	File {
		/// Which file.
		path: PathBuf,
		/// Why not.
		source: io::Error,
	},
	/// There is no directory to keep the key in.
	#[error("set XDG_CACHE_HOME or HOME, so that the proving key has a place")]
	NoCache,
	/// The bytes are no key of this circuit.
	#[error("these bytes are not a proving key of this circuit")]
	Malformed,
}

/// A proving key with the constraints that it is for.
#[derive(Clone, Debug)]
pub struct ProvingKey {
	pub(crate) inner: Arc<ark_groth16::ProvingKey<Bn254>>,
	pub(crate) shape: Arc<Shape>,
}

impl ProvingKey {
	/// Makes a key from a seed. Whoever knows the seed can forge proofs.
	pub fn from_seed(seed: [u8; 32]) -> Result<Self, KeyError> {
		let shape = shape();
		let mut rng = ChaCha20Rng::from_seed(seed);
		let inner =
			Groth16::<Bn254>::generate_random_parameters_with_reduction(Replay(&shape), &mut rng)?;
		Ok(Self { inner: Arc::new(inner), shape })
	}

	/// The compressed verifying key.
	pub fn verifying_key(&self) -> Vec<u8> {
		let mut bytes = Vec::new();
		// Writing to memory does not fail.
		let _ = self.inner.vk.serialize_compressed(&mut bytes);
		bytes
	}

	/// The key's bytes: its points uncompressed, after a checksum of them and of the circuit.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut points = Vec::with_capacity(self.inner.uncompressed_size());
		let _ = self.inner.serialize_uncompressed(&mut points);
		let mut bytes = checksum(&self.shape, &points);
		bytes.append(&mut points);
		bytes
	}

	/// Reads what [`Self::to_bytes`] wrote.
	///
	/// Points are not checked one by one, which takes seconds: the checksum finds damage, and a
	/// wrong proving key can only make proofs that no chain accepts.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
		let shape = shape();
		let (sum, points) = bytes.split_at_checked(CHECKSUM).ok_or(KeyError::Malformed)?;
		if sum != checksum(&shape, points) {
			return Err(KeyError::Malformed);
		}
		let inner = CanonicalDeserialize::deserialize_uncompressed_unchecked(points)
			.map_err(|_| KeyError::Malformed)?;
		Ok(Self { inner: Arc::new(inner), shape })
	}
}

const CHECKSUM: usize = 64;

fn checksum(shape: &Shape, points: &[u8]) -> Vec<u8> {
	let hash = Blake2b512::new().chain_update(b"pogcs/proving-key/1");
	hash.chain_update(digest(shape)).chain_update(points).finalize().to_vec()
}

/// The development keys: the proving key, and the compressed verifying key.
///
/// The proving key is made at first use and kept in `$XDG_CACHE_HOME/pogcs` or `~/.cache/pogcs`,
/// under a name that changes with the circuit. A file that cannot be used is made again; a place
/// that cannot be written to only costs time.
pub fn dev_keys() -> Result<(ProvingKey, Vec<u8>), KeyError> {
	let path = cache_path().ok();
	let cached = path.as_ref().and_then(|path| fs::read(path).ok());
	let key = match cached.and_then(|bytes| ProvingKey::from_bytes(&bytes).ok()) {
		Some(key) => key,
		None => {
			let key = ProvingKey::from_seed(DEVELOPMENT_SEED)?;
			if let Some(path) = &path {
				let _ = store(path, &key.to_bytes());
			}
			key
		}
	};
	let verifying = key.verifying_key();
	Ok((key, verifying))
}

/// Where the development proving key is kept.
pub fn cache_path() -> Result<PathBuf, KeyError> {
	let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
	let base = set("XDG_CACHE_HOME")
		.or_else(|| set("HOME").map(|home| home.join(".cache")))
		.ok_or(KeyError::NoCache)?;
	let name = hex::encode(&digest(&shape())[..8]);
	let seed = hex::encode(&Blake2b512::digest(DEVELOPMENT_SEED)[..4]);
	Ok(base.join("pogcs").join(format!("task-{name}-{seed}.pk")))
}

/// Writes beside the file and renames, so that another process never reads half a key.
fn store(path: &PathBuf, bytes: &[u8]) -> Result<(), KeyError> {
	let failed = |source| KeyError::File { path: path.clone(), source };
	if let Some(parent) = path.parent() {
		fs::create_dir_all(parent).map_err(failed)?;
	}
	let part = path.with_extension(format!("{}.part", std::process::id()));
	fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)).map_err(failed)
}

/// Hands recorded constraints to the setup, which wants a circuit of its own kind.
struct Replay<'a>(&'a Shape);

impl ConstraintSynthesizer<Fr> for Replay<'_> {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let missing = || Err(SynthesisError::AssignmentMissing);
		let mut variables = vec![Variable::one(); ONE + 1];
		for index in INPUT..self.0.variables {
			variables.push(match index {
				INPUT => cs.new_input_variable(missing)?,
				_ => cs.new_witness_variable(missing)?,
			});
		}
		let lc =
			|row: &Row| LinearCombination(row.iter().map(|(c, v)| (*c, variables[*v])).collect());
		let [left, right, product] = &self.0.matrices;
		for ((a, b), c) in left.iter().zip(right).zip(product) {
			cs.enforce_r1cs_constraint(|| lc(a), || lc(b), || lc(c))?;
		}
		Ok(())
	}
}
