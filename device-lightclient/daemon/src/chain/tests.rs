//! Against a node that serves a chain whose keys are known, and that can be made to lie.

use std::collections::BTreeMap;

use codec::Encode;
use pogcs_light_core::{
	finality::{Follower, Progress},
	keys,
};
use pogcs_primitives::Interval;

use super::{node::Node, proven::Proven, sync};
use crate::{
	error::Error,
	testing::{serve, Chain, FakeNode, Lie},
};

fn state() -> BTreeMap<Vec<u8>, Vec<u8>> {
	let mut pairs = BTreeMap::new();
	pairs.insert(keys::current_interval(), Interval(7).encode());
	pairs.insert(keys::interval_randomness(Interval(6)), [9u8; 32].encode());
	pairs.insert(keys::account(&[1; 32]), vec![3; 80]);
	pairs
}

async fn start(length: u32, term: u32) -> (FakeNode, Node, Follower) {
	let chain = Chain::new(length, term, &state());
	let follower = Follower::new(chain.checkpoint()).unwrap();
	let served = serve(chain).await;
	let node = Node::connect(&served.url).await.unwrap();
	(served, node, follower)
}

/// How often the set changed on the way to the newest block.
async fn catch_up(node: &Node, follower: &mut Follower) -> Result<u32, Error> {
	let mut news = node.subscribe().await?;
	let mut changes = 0;
	let tell = |_: &Follower, progress: Progress| changes += u32::from(progress.new_set.is_some());
	sync::catch_up(node, &mut news, follower, tell).await?;
	Ok(changes)
}

#[tokio::test]
async fn head_should_be_reached_when_sets_change_on_the_way() {
	let (_served, node, mut follower) = start(23, 5).await;
	assert_eq!(catch_up(&node, &mut follower).await.unwrap(), 4);
	assert_eq!(follower.head().number, 23);
	assert_eq!(follower.set().id(), 4);
	// Nothing is left to do.
	assert!(sync::step(&node, &mut follower).await.unwrap().is_none());
}

#[tokio::test]
async fn many_blocks_should_be_followed_in_seconds_when_starting_from_genesis() {
	let (_served, node, mut follower) = start(2_000, 40).await;
	let begin = std::time::Instant::now();
	catch_up(&node, &mut follower).await.unwrap();
	assert_eq!(follower.head().number, 2_000);
	// Unoptimised; the figure to reach is for a release build.
	assert!(begin.elapsed().as_secs() < 60);
}

#[tokio::test]
async fn head_should_be_reached_when_the_set_has_never_changed() {
	for length in [3, 128, 129, 700] {
		let (_served, node, mut follower) = start(length, 1_000).await;
		assert_eq!(catch_up(&node, &mut follower).await.unwrap(), 0);
		assert_eq!(follower.head().number, length);
	}
}

#[tokio::test]
async fn node_should_be_left_when_it_lies_of_a_set_that_has_never_changed() {
	for (length, lies) in
		[(3, &[Lie::Finality, Lie::Header][..]), (700, &[Lie::Finality, Lie::Header, Lie::Blocks])]
	{
		let (served, node, mut follower) = start(length, 1_000).await;
		for lie in lies {
			served.chain.lock().unwrap().lie = *lie;
			let error = catch_up(&node, &mut follower).await.unwrap_err();
			assert!(error.is_peer(), "{length} {lie:?}: {error}");
			assert_eq!(follower.head().number, 0);
		}
	}
}

#[tokio::test]
async fn device_should_say_what_to_do_when_its_checkpoint_is_too_old() {
	let (_served, node, mut follower) = start(sync::MAX_GAP + 1, sync::MAX_GAP + 2).await;
	let error = catch_up(&node, &mut follower).await.unwrap_err();
	assert!(error.to_string().contains("write a new checkpoint"), "{error}");
}

#[tokio::test]
async fn justification_should_be_followed_when_it_comes_in() {
	let (served, node, mut follower) = start(4, 5).await;
	let mut news = node.subscribe().await.unwrap();
	let justification = news.next().await.unwrap().unwrap();
	let progress = sync::follow(&node, &mut follower, &justification).await.unwrap();
	assert_eq!(progress.map(|progress| progress.head.number), Some(4));
	assert!(sync::follow(&node, &mut follower, &justification).await.unwrap().is_none());
	drop(served);
}

#[tokio::test]
async fn state_should_be_read_when_proven() {
	let (_served, node, mut follower) = start(3, 5).await;
	catch_up(&node, &mut follower).await.unwrap();
	let root = sync::complete_head(&node, &mut follower).await.unwrap();
	let proven = Proven::new(&node, follower.head().hash, root);
	assert_eq!(proven.get(keys::current_interval()).await.unwrap(), Some(Interval(7)));
	let randomness = proven.get(keys::interval_randomness(Interval(6))).await.unwrap();
	assert_eq!(randomness, Some([9u8; 32]));
	let none = proven.get::<[u8; 32]>(keys::interval_randomness(Interval(7))).await.unwrap();
	assert_eq!(none, None);
}

#[tokio::test]
async fn node_should_not_be_believed_when_it_lies() {
	let (served, node, mut follower) = start(3, 5).await;
	let lie = |lie| served.chain.lock().unwrap().lie = lie;

	lie(Lie::Finality);
	let error = catch_up(&node, &mut follower).await.unwrap_err();
	assert!(matches!(error, Error::Follow(_)) && error.is_peer(), "{error}");
	assert_eq!(follower.head().number, 0);

	lie(Lie::Header);
	let error = catch_up(&node, &mut follower).await.unwrap_err();
	assert!(matches!(error, Error::Answer(_)) && error.is_peer(), "{error}");

	lie(Lie::None);
	catch_up(&node, &mut follower).await.unwrap();
	let root = sync::complete_head(&node, &mut follower).await.unwrap();
	let proven = Proven::new(&node, follower.head().hash, root);
	for kind in [Lie::State, Lie::Omission] {
		lie(kind);
		let error = proven.get::<Interval>(keys::current_interval()).await.unwrap_err();
		assert!(matches!(error, Error::Incomplete) && error.is_peer(), "{error}");
	}
}

#[tokio::test]
async fn link_should_be_an_error_when_nobody_answers() {
	let error = Node::connect("ws://127.0.0.1:1").await.err().unwrap();
	assert!(matches!(error, Error::Link(_)) && error.is_peer());
}
