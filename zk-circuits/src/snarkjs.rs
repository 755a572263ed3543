//! snarkjs's JSON: a verifying key out of its ceremonies, and proofs for its verifier.
//!
//! Coordinates are decimal strings and points projective with z = 1. A number of at least the
//! field's order is refused.

use std::str::FromStr;

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_groth16::{Proof, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use serde::{Deserialize, Serialize};

/// Why a file of snarkjs could not be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnarkjsError {
	/// Not JSON, or not the expected fields.
	#[error("not a verification_key.json of snarkjs: {0}")]
	Json(String),
	/// Another proof system or curve.
	#[error("the key is for {0}, not for groth16 on bn128")]
	OtherSystem(String),
	/// A coordinate is not a canonical number, or the point is not of the curve's group.
	#[error("{0} is not a point of the curve")]
	Point(&'static str),
	/// `nPublic` does not agree with the number of points.
	#[error("nPublic is {inputs} but IC has {points} points")]
	Count {
		/// `nPublic`.
		inputs: usize,
		/// Points of `IC`.
		points: usize,
	},
	/// The bytes are no compressed key or proof.
	#[error("these bytes are not a compressed {0}")]
	Bytes(&'static str),
}

type G1 = [String; 3];
type G2 = [[String; 2]; 3];

#[derive(Serialize, Deserialize)]
struct KeyJson {
	protocol: String,
	curve: String,
	#[serde(rename = "nPublic")]
	n_public: usize,
	vk_alpha_1: G1,
	vk_beta_2: G2,
	vk_gamma_2: G2,
	vk_delta_2: G2,
	#[serde(rename = "IC")]
	ic: Vec<G1>,
}

#[derive(Serialize)]
struct ProofJson {
	pi_a: G1,
	pi_b: G2,
	pi_c: G1,
	protocol: &'static str,
	curve: &'static str,
}

/// `verification_key.json` of a compressed verifying key.
pub fn export_key(key: &[u8]) -> Result<String, SnarkjsError> {
	let key = VerifyingKey::<Bn254>::deserialize_compressed(key)
		.map_err(|_| SnarkjsError::Bytes("verifying key"))?;
	json(&KeyJson {
		protocol: "groth16".into(),
		curve: "bn128".into(),
		n_public: key.gamma_abc_g1.len().saturating_sub(1),
		vk_alpha_1: g1_out(&key.alpha_g1),
		vk_beta_2: g2_out(&key.beta_g2),
		vk_gamma_2: g2_out(&key.gamma_g2),
		vk_delta_2: g2_out(&key.delta_g2),
		ic: key.gamma_abc_g1.iter().map(g1_out).collect(),
	})
}

/// The compressed verifying key of a `verification_key.json`. Whether the chain takes it is for
/// `pogcs_proof::check_key` to say.
pub fn import_key(text: &str) -> Result<Vec<u8>, SnarkjsError> {
	let key: KeyJson =
		serde_json::from_str(text).map_err(|error| SnarkjsError::Json(error.to_string()))?;
	if key.protocol != "groth16" || key.curve != "bn128" {
		return Err(SnarkjsError::OtherSystem(format!("{} on {}", key.protocol, key.curve)));
	}
	if key.ic.len() != key.n_public + 1 {
		return Err(SnarkjsError::Count { inputs: key.n_public, points: key.ic.len() });
	}
	let key = VerifyingKey::<Bn254> {
		alpha_g1: g1_in(&key.vk_alpha_1).ok_or(SnarkjsError::Point("vk_alpha_1"))?,
		beta_g2: g2_in(&key.vk_beta_2).ok_or(SnarkjsError::Point("vk_beta_2"))?,
		gamma_g2: g2_in(&key.vk_gamma_2).ok_or(SnarkjsError::Point("vk_gamma_2"))?,
		delta_g2: g2_in(&key.vk_delta_2).ok_or(SnarkjsError::Point("vk_delta_2"))?,
		gamma_abc_g1: key
			.ic
			.iter()
			.map(|point| g1_in(point).ok_or(SnarkjsError::Point("a point of IC")))
			.collect::<Result<_, _>>()?,
	};
	let mut bytes = Vec::new();
	key.serialize_compressed(&mut bytes).map_err(|_| SnarkjsError::Bytes("verifying key"))?;
	Ok(bytes)
}

/// `proof.json` of a compressed proof.
pub fn export_proof(proof: &[u8]) -> Result<String, SnarkjsError> {
	let proof =
		Proof::<Bn254>::deserialize_compressed(proof).map_err(|_| SnarkjsError::Bytes("proof"))?;
	json(&ProofJson {
		pi_a: g1_out(&proof.a),
		pi_b: g2_out(&proof.b),
		pi_c: g1_out(&proof.c),
		protocol: "groth16",
		curve: "bn128",
	})
}

/// `public.json` of the public input.
pub fn export_input(input: Fr) -> Result<String, SnarkjsError> {
	json(&[input.to_string()])
}

fn json(value: &impl Serialize) -> Result<String, SnarkjsError> {
	serde_json::to_string_pretty(value).map_err(|error| SnarkjsError::Json(error.to_string()))
}

fn g1_out(point: &G1Affine) -> G1 {
	match point.xy() {
		Some((x, y)) => [x.to_string(), y.to_string(), "1".into()],
		None => ["0".into(), "1".into(), "0".into()],
	}
}

fn g2_out(point: &G2Affine) -> G2 {
	let pair = |value: Fq2| [value.c0.to_string(), value.c1.to_string()];
	match point.xy() {
		Some((x, y)) => [pair(x), pair(y), ["1".into(), "0".into()]],
		None => [["0".into(), "0".into()], ["1".into(), "0".into()], ["0".into(), "0".into()]],
	}
}

/// Parses a decimal number and compares it with what it prints as, so that nothing is reduced.
fn number(text: &str) -> Option<Fq> {
	Fq::from_str(text).ok().filter(|value| value.to_string() == text)
}

/// The identity is refused: no key has it.
fn g1_in([x, y, z]: &G1) -> Option<G1Affine> {
	let point = G1Affine::new_unchecked(number(x)?, number(y)?);
	(z == "1" && point.is_on_curve()).then_some(point)
}

fn g2_in([x, y, z]: &G2) -> Option<G2Affine> {
	let pair = |[a, b]: &[String; 2]| Some(Fq2::new(number(a)?, number(b)?));
	let point = G2Affine::new_unchecked(pair(x)?, pair(y)?);
	let good = point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve();
	(z[0] == "1" && z[1] == "0" && good).then_some(point)
}
