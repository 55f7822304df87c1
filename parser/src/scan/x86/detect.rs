//! Which instruction sets the CPU has *and* the operating system saves, without `std`: CPUID and
//! XGETBV (Intel SDM volume 1, sections 14.3 and 15.2; AMD APM volume 3, appendix D).

#[cfg(target_arch = "x86")]
use core::arch::x86::{__cpuid_count, _xgetbv, CpuidResult};
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::{__cpuid_count, _xgetbv, CpuidResult};
use core::sync::atomic::{AtomicU8, Ordering};

use crate::scan::Level;

/// What [`ask`] said, as `Level as u8`; 0 before it was called.
static FOUND: AtomicU8 = AtomicU8::new(0);

#[inline(always)]
pub(in crate::scan) fn detect() -> Level {
    match found() {
        1 => Level::Scalar,
        2 => Level::Swar,
        5 => Level::Sse42,
        6 => Level::Avx2,
        7 => Level::Avx512,
        _ => ask_once(),
    }
}

/// What [`detect`] gives as `Level as u8`, or 0 if [`detect`] was not called yet.
#[inline(always)]
pub(super) fn found() -> u8 {
    // Relaxed: the value is all there is, and every thread finds the same.
    FOUND.load(Ordering::Relaxed)
}

#[cold]
fn ask_once() -> Level {
    let level = ask();
    FOUND.store(level as u8, Ordering::Relaxed);
    level
}

fn ask() -> Level {
    let highest_leaf = cpuid(0).eax;
    if highest_leaf < 1 {
        return Level::Swar;
    }
    let leaf1 = cpuid(1).ecx;
    let has = |register: u32, bits: &[u32]| bits.iter().all(|bit| register >> bit & 1 == 1);

    // SSSE3, SSE4.1, SSE4.2, POPCNT.
    if !has(leaf1, &[9, 19, 20, 23]) {
        return Level::Swar;
    }
    // OSXSAVE and AVX, then leaf 7; without them XGETBV may not exist.
    if !has(leaf1, &[27, 28]) || highest_leaf < 7 {
        return Level::Sse42;
    }
    // SAFETY: OSXSAVE is set, so the operating system enabled XGETBV.
    let saved = unsafe { saved_state() };
    let leaf7 = cpuid(7);
    // XMM and YMM state saved; BMI1, AVX2, BMI2 (and LZCNT below).
    if !has(saved, &[1, 2]) || !has(leaf7.ebx, &[3, 5, 8]) || !lzcnt() {
        return Level::Sse42;
    }
    // Opmask, ZMM0-15 and ZMM16-31 state saved; F, BW, VL; VBMI, VBMI2. And FMA
    // and F16C: rustc takes them for a part of AVX-512, Intel promises nothing.
    let wide_state = has(saved, &[5, 6, 7]) && has(leaf1, &[12, 29]);
    if wide_state && has(leaf7.ebx, &[16, 30, 31]) && has(leaf7.ecx, &[1, 6]) {
        return Level::Avx512;
    }
    Level::Avx2
}

/// The low half of XCR0: which register states the operating system saves.
///
/// # Safety
/// CPUID leaf 1 has OSXSAVE set.
#[target_feature(enable = "xsave")]
unsafe fn saved_state() -> u32 {
    // SAFETY: the caller saw OSXSAVE; register 0 always exists then.
    unsafe { _xgetbv(0) as u32 }
}

/// LZCNT, which compilers use wherever BMI is enabled.
fn lzcnt() -> bool {
    cpuid(0x8000_0000).eax >= 0x8000_0001 && cpuid(0x8000_0001).ecx >> 5 & 1 == 1
}

/// A leaf of CPUID, of those with several parts the first.
#[allow(unused_unsafe, reason = "it is safe since Rust 1.94")]
fn cpuid(leaf: u32) -> CpuidResult {
    // SAFETY: every processor that has SSE2, without which this is not compiled, has CPUID.
    unsafe { __cpuid_count(leaf, 0) }
}
