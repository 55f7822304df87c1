//! Real clients talk to a running server: Chromium, curl, and Python's requests and httpx. Each sends a form, files, and
//! cookies, and follows redirects; what is asserted is what arrived, as handlers see it, and not what a client believes.
//!
//! A client that is not installed is reported as skipped. Python is `$CLIENTS_PYTHON`, or `python3`.

mod app;
mod arrivals;
mod chromium;
mod curl;
mod expected;
mod httpx;
mod process;
mod python;
mod requests;
