//! How much memory a justification takes, counted by the allocator: a device has 64 KiB.

// An allocator cannot be written without it.
#![allow(unsafe_code)]

use std::{
	alloc::{GlobalAlloc, Layout, System},
	sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use codec::{Compact, Encode};
use pogcs_light_core::{
	crypto::DeviceKey,
	finality::{vote_payload, AuthoritySet, Justification},
	headers::Authority,
};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: both calls go to the system's allocator as they are.
unsafe impl GlobalAlloc for Counting {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
		PEAK.fetch_max(now, Relaxed);
		System.alloc(layout)
	}
	unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
		NOW.fetch_sub(layout.size(), Relaxed);
		System.dealloc(at, layout)
	}
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn justification_should_take_less_than_20_kb_when_15_have_signed() {
	let keys: Vec<_> = (0u8..15).map(|i| DeviceKey::from_seed([i; 32])).collect();
	let list = keys.iter().map(|key| Authority { key: key.public(), weight: 1 }).collect();
	let set = AuthoritySet::new(3, list).expect("a set");
	let (target, number) = ([7u8; 32], 9u32);
	let payload = vote_payload(&target, number, 1, 3);
	let votes: Vec<_> =
		keys.iter().map(|key| (target, number, key.sign(&payload), key.public())).collect();
	let bytes = (1u64, target, number, votes, Compact(0u32)).encode();

	let before = NOW.load(Relaxed);
	PEAK.store(before, Relaxed);
	let justification = Justification::decode(&bytes).expect("well formed");
	assert_eq!(set.verify(&justification, &target, number), Ok(()));
	let peak = PEAK.load(Relaxed) - before;
	println!("{{\"name\":\"justification_15_heap_bytes\",\"value\":{peak},\"unit\":\"B\"}}");
	assert!(peak > 15 * 132 && peak < 20_000, "{peak}");
}
