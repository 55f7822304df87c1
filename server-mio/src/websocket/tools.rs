//! What sockets of a worker lend from each other.

use std::cell::RefCell;

use rajada_websocket::{Settings, Store};

use super::line::Load;
use super::talk::Active;
use crate::content::Kept;
use crate::stock::Stock;

/// Things of a kind that are kept for the next ones.
const MOST: usize = 16;

/// Octets that an idle store may have kept.
const MOST_KEPT: usize = 256 * 1024;

/// Messages that an idle load may have room for.
const MOST_MESSAGES: usize = 1024;

thread_local! {
    static STORES: RefCell<Stock<Box<Store<Kept>>>> = const { RefCell::new(Stock::new()) };
    static ACTIVES: RefCell<Stock<Box<Active>>> = const { RefCell::new(Stock::new()) };
    static LOADS: RefCell<Stock<Box<Load>>> = const { RefCell::new(Stock::new()) };
}

/// A store for frames on their way out.
pub(super) fn store() -> Box<Store<Kept>> {
    let store = STORES.with_borrow_mut(Stock::take);
    store.unwrap_or_else(|| Box::new(Store::new(&Settings::DEFAULT)))
}

/// Takes a store back.
pub(super) fn give_back(store: Box<Store<Kept>>) {
    if store.capacity() <= MOST_KEPT {
        drop(STORES.with_borrow_mut(|stores| put(stores, store)));
    }
}

/// What an active connection needs, in memory that another one had.
pub(super) fn active(active: Active) -> Box<Active> {
    match ACTIVES.with_borrow_mut(Stock::take) {
        Some(mut memory) => {
            *memory = active;
            memory
        }
        None => Box::new(active),
    }
}

/// Takes that memory back.
pub(super) fn give_back_active(active: Box<Active>) {
    drop(ACTIVES.with_borrow_mut(|actives| put(actives, active)));
}

/// A load of which nothing is under way.
pub(super) fn load() -> Box<Load> {
    // (A handler may end with its thread.)
    let load = LOADS.try_with(|loads| loads.borrow_mut().take());
    load.ok().flatten().unwrap_or_default()
}

/// Takes such a load back.
pub(super) fn give_back_load(load: Box<Load>) {
    if load.capacity() <= MOST_MESSAGES {
        drop(LOADS.with_borrow_mut(|loads| put(loads, load)));
    }
}

/// Keeps a thing if there is room for it, otherwise it comes back.
fn put<T>(stock: &mut Stock<T>, thing: T) -> Option<T> {
    if stock.len() < MOST {
        stock.put(thing);
        return None;
    }
    Some(thing)
}
