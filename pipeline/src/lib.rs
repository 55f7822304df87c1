//! A sans-IO HTTP/1.x connection: requests in, answers in any order, octets out in request order.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod answer;
mod burst;
mod encode;
mod event;
mod head;
pub mod memory;
mod order;
mod output;
mod pipeline;
mod receive;
mod refuse;
mod settings;
mod store;
mod stream;
mod ticket;

pub use answer::{COPY_BELOW, Content};
pub use burst::Burst;
pub use event::{Event, Incoming, Offence};
pub use head::{Head, HeadError, HeadWriter, PreparedHead};
pub use pipeline::{Phase, Pipeline};
pub use settings::{ErrorPage, Settings};
pub use store::Store;
pub use stream::Length;
pub use ticket::{ApiMisuse, Rejected, Streaming, Ticket, TicketId};
