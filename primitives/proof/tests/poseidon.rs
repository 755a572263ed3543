//! Poseidon against its definition and against circomlib's published digests.

use std::str::FromStr;

use pogcs_proof::{
	poseidon::{hash16, hash2, hash3},
	Fr,
};

#[path = "support/grain.rs"]
mod grain;

fn words<const N: usize>(values: [u64; N]) -> [Fr; N] {
	values.map(Fr::from)
}

fn number(text: &str) -> Fr {
	Fr::from_str(text).unwrap()
}

#[test]
fn table_should_be_the_lfsrs_when_derived_again() {
	assert!(grain::table() == include_bytes!("../src/poseidon.bin"));
}

#[test]
fn sparse_form_should_be_the_permutation_when_compared_with_the_definition() {
	let input: Vec<Fr> = (0..17u64).map(|i| Fr::from(i) * Fr::from(u128::MAX)).collect();
	let [w3, w4, w17] = grain::WIDTHS
		.map(|(width, partial)| grain::permute(width, partial, input[..width].to_vec())[0]);
	assert_eq!(hash2([input[1], input[2]]), w3);
	assert_eq!(hash3([input[1], input[2], input[3]]), w4);
	assert_eq!(hash16(input[1..].to_vec().try_into().unwrap()), w17);
}

// Digests that circomlibjs and go-iden3-crypto publish in their test suites.
#[test]
fn digest_should_be_circomlibs_when_inputs_count_up_from_one() {
	assert_eq!(
		hash2(words([1, 2])),
		number("7853200120776062878684798364095072458815029376092732009249414926327459813530")
	);
	assert_eq!(
		hash3(words([1, 2, 3])),
		number("6542985608222806190361240322586112750744169038454362455181422643027100751666")
	);
	assert_eq!(
		hash16(words([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])),
		number("9989051620750914585850546081941653841776809718687451684622678807385399211877")
	);
	assert_eq!(
		hash16(words([1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0])),
		number("11882816200654282475720830292386643970958445617880627439994635298904836126497")
	);
}
