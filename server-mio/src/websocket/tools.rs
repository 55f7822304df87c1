//! What sockets of a worker lend from each other.

use std::cell::RefCell;

use rajada_websocket::{Settings, Store};

use crate::content::Kept;
use crate::stock::Stock;

/// Stores that are kept for the next ones.
const MOST: usize = 16;

/// Octets that an idle store may have kept.
const MOST_KEPT: usize = 256 * 1024;

thread_local! {
    static STORES: RefCell<Stock<Box<Store<Kept>>>> = const { RefCell::new(Stock::new()) };
}

/// A store for frames on their way out.
pub(super) fn store() -> Box<Store<Kept>> {
    let store = STORES.with_borrow_mut(Stock::take);
    store.unwrap_or_else(|| Box::new(Store::new(&Settings::DEFAULT)))
}

/// Takes a store back.
pub(super) fn give_back(store: Box<Store<Kept>>) {
    let useless = STORES.with_borrow_mut(|stores| {
        if stores.len() < MOST && store.capacity() <= MOST_KEPT {
            stores.put(store);
            None
        } else {
            Some(store)
        }
    });
    drop(useless);
}
