//! What helpers send, read by the strict parser: it is taken, and it is what they were given.

mod cookies;
mod helpers;
mod made;
mod omitted;
mod owned;
mod redirects;
mod values;
mod wire;
