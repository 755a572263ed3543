//! What the host calls.

// An allocator, and functions that a host finds by their names.
#![allow(unsafe_code)]

extern crate alloc;

use alloc::boxed::Box;
use core::{
	alloc::{GlobalAlloc, Layout},
	arch::wasm32::{memory_grow, unreachable},
	ops::ControlFlow,
	sync::atomic::{AtomicUsize, Ordering},
};

use pogcs_workloads::{samples, Progress, Setting};

const PAGE: usize = 1 << 16;

/// Hands memory out and takes none back: an instance runs one sample.
struct Bump {
	next: AtomicUsize,
	end: AtomicUsize,
}

#[global_allocator]
static MEMORY: Bump = Bump { next: AtomicUsize::new(0), end: AtomicUsize::new(0) };

// SAFETY: there is one thread, every piece is handed out once, and all lie in pages that were grown.
unsafe impl GlobalAlloc for Bump {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		let mut begin = self.next.load(Ordering::Relaxed).next_multiple_of(layout.align());
		let missing = (begin + layout.size()).saturating_sub(self.end.load(Ordering::Relaxed));
		if missing > 0 {
			let pages = (missing + layout.align()).div_ceil(PAGE);
			let at = memory_grow(0, pages);
			if at == usize::MAX {
				return core::ptr::null_mut();
			}
			if at * PAGE != self.end.load(Ordering::Relaxed) {
				begin = at * PAGE;
			}
			self.end.store((at + pages) * PAGE, Ordering::Relaxed);
			if begin + layout.size() > (at + pages) * PAGE {
				return core::ptr::null_mut();
			}
		}
		self.next.store(begin + layout.size(), Ordering::Relaxed);
		begin as *mut u8
	}

	unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
	unreachable()
}

/// How many samples there are.
#[no_mangle]
pub extern "C" fn count() -> u32 {
	samples::all().len() as u32
}

/// Runs a sample: where its result stands, 32 bytes, and after it what it has to be. 0 if there is none.
#[no_mangle]
pub extern "C" fn run(index: u32) -> *const u8 {
	let shelf = samples::shelf();
	let mut watch = |_: Progress| ControlFlow::Continue(());
	let mut setting = Setting { contents: &shelf, memory: 64 << 20, watch: &mut watch };
	let samples = samples::all();
	let Some(sample) = samples.get(index as usize) else { return core::ptr::null() };
	let Ok(result) = sample.run(&mut setting) else { return core::ptr::null() };
	Box::leak(Box::new([result, sample.result])).as_ptr().cast()
}
