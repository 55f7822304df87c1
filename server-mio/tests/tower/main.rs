//! Services of tower that answer requests, and layers of tower around handlers.

mod bodies;
mod faults;
mod layers;
mod lent;
mod served;
mod services;
