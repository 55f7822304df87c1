//! The entry of the program and its end. All that is unsafe here is here.

use crate::work;

// memcpy and its kin, and the way out.
#[link(name = "c")]
unsafe extern "C" {
    safe fn _exit(code: i32) -> !;
}

extern "C" fn begin() -> ! {
    _exit(work())
}

/// The kernel enters here with an aligned stack and no return address; `call` gives `begin` the alignment of an ordinary function.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
// SAFETY: no other symbol of the program is called `_start`.
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    core::arch::naked_asm!("xor ebp, ebp", "and rsp, -16", "call {begin}", "ud2", begin = sym begin)
}

/// Elsewhere the stack at the entry is that of an ordinary function.
#[cfg(not(target_arch = "x86_64"))]
// SAFETY: no other symbol of the program is called `_start`.
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    begin()
}

/// The unwind tables of the compiled `core` name this symbol. Nothing unwinds here, so nothing calls it.
// SAFETY: `std` would define it, and `std` is what must not be here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    _exit(101)
}
