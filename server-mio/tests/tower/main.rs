//! Services of tower that answer requests, and layers of tower around handlers.

mod bodies;
mod faults;
mod layers;
mod served;
mod services;
