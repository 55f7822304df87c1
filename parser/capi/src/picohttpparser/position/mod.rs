//! The struct of C for where a field stands.

#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
mod portable;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod sse2;
#[cfg(all(test, target_arch = "x86_64", target_feature = "sse2"))]
mod tests;

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
pub(super) use portable::header_at;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
pub(super) use sse2::header_at;
