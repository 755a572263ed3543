//! A key whose secrets are known, with which a valid proof of any input is a matter of arithmetic:
//! `c = (a * b - alpha * beta - l * gamma) / delta`. It stands in for a circuit.

use ark_bn254::{G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, PrimeField};
use ark_serialize::CanonicalSerialize;
use codec::Encode;
use pogcs_primitives::{Commitment, Interval, MicroGpuHours, MilliWattHours, TaskId};
use pogcs_proof::{Fr, Statement};

/// What a ceremony would have thrown away.
#[derive(Clone)]
pub struct Trapdoor {
	pub alpha: Fr,
	pub beta: Fr,
	pub gamma: Fr,
	pub delta: Fr,
	/// Discrete logarithms of the input points.
	pub inputs: Vec<Fr>,
}

pub fn g1(scalar: Fr) -> G1Affine {
	let point: G1Projective = G1Affine::generator().mul_bigint(scalar.into_bigint());
	point.into_affine()
}

pub fn g2(scalar: Fr) -> G2Affine {
	let point: G2Projective = G2Affine::generator().mul_bigint(scalar.into_bigint());
	point.into_affine()
}

pub fn push<T: CanonicalSerialize>(out: &mut Vec<u8>, value: &T) {
	value.serialize_compressed(out).unwrap();
}

impl Trapdoor {
	pub fn new(inputs: u64) -> Self {
		let inputs = (0..=inputs).map(|i| Fr::from(1_000 + i)).collect();
		let [alpha, beta, gamma, delta] = [3u64, 5, 7, 11].map(Fr::from);
		Self { alpha, beta, gamma, delta, inputs }
	}

	/// The compressed verifying key.
	pub fn key(&self) -> Vec<u8> {
		let mut out = Vec::new();
		push(&mut out, &g1(self.alpha));
		for scalar in [self.beta, self.gamma, self.delta] {
			push(&mut out, &g2(scalar));
		}
		let points: Vec<G1Affine> = self.inputs.iter().map(|scalar| g1(*scalar)).collect();
		push(&mut out, &points);
		out
	}

	/// A valid proof; another `blind` is another proof of the same inputs.
	pub fn prove(&self, inputs: &[Fr], blind: u64) -> Vec<u8> {
		let (a, b) = (Fr::from(blind) + self.alpha, Fr::from(blind * blind + 1));
		let sum = self.inputs[0]
			+ self.inputs[1..].iter().zip(inputs).map(|(point, input)| *point * input).sum::<Fr>();
		let c = (a * b - self.alpha * self.beta - sum * self.gamma) / self.delta;
		assert_ne!(c.inverse(), None);
		let mut out = Vec::new();
		push(&mut out, &g1(a));
		push(&mut out, &g2(b));
		push(&mut out, &g1(c));
		out
	}

	/// A proof and its statement, as they are sent.
	pub fn item(&self, index: u32) -> (Vec<u8>, Vec<u8>) {
		let statement = statement(index);
		let input = statement.public_input().unwrap();
		(self.prove(&[input], u64::from(index) + 2), statement.encode())
	}
}

/// A statement that differs with `index`.
pub fn statement(index: u32) -> Statement {
	let commitment = |byte| Commitment([byte; 32]);
	Statement {
		chain: [255; 32],
		task: TaskId(1),
		chunk: index,
		device: commitment(1),
		interval: Interval(9),
		model: commitment(2),
		input: [16; 256],
		scores: [-8_388_608; 40],
		work_commitment: commitment(3),
		challenge: [254; 32],
		energy_root: commitment(4),
		green_supply: MilliWattHours(30),
		green_draw: MilliWattHours(20),
		green: MilliWattHours(10),
		work: MicroGpuHours(40),
		nullifier: commitment(5),
	}
}
