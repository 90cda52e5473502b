//! What bare metal lacks: a heap, and something to do on a panic.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::{Cell, UnsafeCell};
use core::panic::PanicInfo;

/// Enough for one registration whose memory is never given back.
const HEAP: usize = 64 * 1024;

#[global_allocator]
static ALLOCATOR: Bump = Bump { next: Cell::new(0), heap: UnsafeCell::new([0; HEAP]) };

/// Hands out memory and takes none back.
struct Bump {
    next: Cell<usize>,
    heap: UnsafeCell<[u8; HEAP]>,
}

// SAFETY: the device has one core and no interrupt of ours allocates.
unsafe impl Sync for Bump {}

// SAFETY: every answer is a fresh, aligned piece of `heap`, or null.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = self.heap.get().cast::<u8>();
        let next = self.next.get();
        let padding = base.wrapping_add(next).align_offset(layout.align());
        let start = next.checked_add(padding);
        match start.and_then(|start| Some((start, start.checked_add(layout.size())?))) {
            Some((start, end)) if end <= HEAP => {
                self.next.set(end);
                base.wrapping_add(start)
            }
            _ => core::ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    halt()
}

/// Does nothing, for ever.
pub fn halt() -> ! {
    loop {
        core::hint::spin_loop();
    }
}
