use super::*;
use alloc::{collections::BTreeSet, vec, vec::Vec};
use proptest::prelude::*;

const ME: DeviceId = DeviceId(3);

fn at(chunk: u32) -> Assignment {
	Assignment { task: TaskId(1), chunk }
}

fn made(chunk: u32, result: u8, salt: u8) -> Answer {
	Answer {
		at: at(chunk),
		result: [result; 32],
		salt: [salt; 32],
		interval: Interval(chunk),
		energy: MilliWattHours(1),
		sent: false,
		bound: false,
		opened: None,
	}
}

#[test]
fn salt_should_be_the_same_again_and_another_for_every_chunk_key_and_chain() {
	let key = DeviceKey::from_seed([1; 32]);
	let first = salt(&key, &[0; 32], &at(0));
	assert_eq!(first, salt(&DeviceKey::from_seed([1; 32]), &[0; 32], &at(0)));
	assert_ne!(first, salt(&key, &[0; 32], &at(1)));
	assert_ne!(first, salt(&key, &[1; 32], &at(0)));
	assert_ne!(first, salt(&DeviceKey::from_seed([2; 32]), &[0; 32], &at(0)));
}

#[test]
fn first_answer_should_stand_when_another_one_is_computed() {
	let mut answers = Answers::empty();
	answers.keep(made(0, 1, 1));
	answers.keep(made(0, 2, 2));
	assert_eq!(answers.get(&at(0)).unwrap().result, [1; 32]);
	let news = answers.take_news();
	assert_eq!(news, [News::Computed(at(0)), News::Differs(at(0))]);
	assert!(news[1].is_bad());
	answers.keep(made(0, 1, 1));
	assert_eq!(answers.take_news(), []);
}

#[test]
fn answer_that_may_be_on_chain_should_never_make_room() {
	let mut answers = Answers::empty();
	for chunk in 0..64 {
		answers.keep(made(chunk, 1, 1));
	}
	// The oldest that nobody was told of goes.
	answers.bind(&at(0), ME, 0).unwrap();
	answers.keep(made(64, 1, 1));
	assert!(answers.get(&at(0)).is_some() && answers.get(&at(1)).is_none());
	for chunk in 2..=64 {
		answers.bind(&at(chunk), ME, 0).unwrap();
	}
	answers.keep(made(65, 1, 1));
	assert!(answers.get(&at(65)).is_none());
	assert_eq!(answers.watched().len(), MOST);
	assert_eq!(answers.bind(&at(99), ME, 0), None);
}

#[derive(Clone, Debug)]
enum Step {
	/// A run of a chunk gives a result, right or not.
	Compute(u32, u8),
	/// Its commitment is sent, in some round; what changed is written down before.
	Send(u32, u8),
	/// The power goes before what changed since was written down.
	Restart,
	/// The device writes down what changed.
	Save,
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		(0u32..3, 0u8..4).prop_map(|(chunk, result)| Step::Compute(chunk, result)),
		(0u32..3, 0u8..4).prop_map(|(chunk, round)| Step::Send(chunk, round)),
		Just(Step::Restart),
		Just(Step::Save),
	]
}

/// What is on the disk.
type Files = BTreeMap<(TaskId, u32), Vec<u8>>;

fn save(answers: &mut Answers, files: &mut Files) {
	for at in answers.take_changed() {
		match answers.get(&at) {
			Some(answer) => files.insert((at.task, at.chunk), answer.encode()),
			None => files.remove(&(at.task, at.chunk)),
		};
	}
}

proptest! {
	/// Whatever the machine computes, and whenever the power goes.
	#[test]
	fn device_should_never_send_two_answers_to_one_chunk(
		steps in prop::collection::vec(step(), 0..60),
	) {
		let key = DeviceKey::from_seed([1; 32]);
		let (mut answers, mut files) = (Answers::empty(), Files::new());
		let mut sent: BTreeMap<(u32, u8), BTreeSet<Hash>> = BTreeMap::new();
		let mut results: BTreeMap<u32, BTreeSet<Hash>> = BTreeMap::new();
		for step in steps {
			match step {
				Step::Compute(chunk, result) => {
					let salt = salt(&key, &[0; 32], &at(chunk));
					answers.keep(Answer { salt, ..made(chunk, result, 0) });
				}
				Step::Send(chunk, round) => {
					if let Some(commitment) = answers.bind(&at(chunk), ME, round) {
						save(&mut answers, &mut files);
						sent.entry((chunk, round)).or_default().insert(commitment);
						let result = answers.get(&at(chunk)).unwrap().result;
						results.entry(chunk).or_default().insert(result);
					}
				}
				Step::Save => save(&mut answers, &mut files),
				Step::Restart => {
					let list = files.values().map(|bytes| Answer::decode(&mut &bytes[..]).unwrap());
					answers = Answers::new(list.collect());
				}
			}
		}
		prop_assert!(sent.values().all(|of| of.len() == 1), "{:?}", sent);
		prop_assert!(results.values().all(|of| of.len() == 1), "{:?}", results);
		// What was sent can be shown after any restart.
		for chunk in results.keys() {
			let bytes = files.get(&(TaskId(1), *chunk));
			prop_assert!(bytes.is_some_and(|bytes| Answer::decode(&mut &bytes[..]).unwrap().sent));
		}
	}
}

#[test]
fn all_should_return_when_written_down() {
	let answer = Answer { sent: true, bound: true, opened: Some(2), ..made(1, 2, 3) };
	assert_eq!(Answer::decode(&mut &answer.encode()[..]).unwrap(), answer);
	assert_eq!(Answers::new(vec![answer]).get(&at(1)), Some(&answer));
	assert_eq!(Answers::new(vec![answer]).bound(), 1);
}
