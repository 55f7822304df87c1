//! Python's httpx.

use crate::expected::{
    PERCENT, assert_cookies, assert_form, assert_pages, assert_redirects, assert_upload,
};
use crate::python::drive;

#[test]
fn a_form() {
    let Some(arrivals) = drive("httpx", "form") else { return };
    assert_form(&arrivals);
}

/// httpx percent-encodes quotation marks and doubles backslashes.
#[test]
fn files() {
    let Some(arrivals) = drive("httpx", "upload") else { return };
    assert_upload(&arrivals, PERCENT, &[]);
}

#[test]
fn cookies() {
    let Some(arrivals) = drive("httpx", "cookies") else { return };
    assert_cookies(&arrivals);
}

#[test]
fn redirects() {
    let Some(arrivals) = drive("httpx", "redirects") else { return };
    assert_redirects(&arrivals);
}

#[test]
fn pages() {
    let Some(arrivals) = drive("httpx", "pages") else { return };
    assert_pages(&arrivals);
}
