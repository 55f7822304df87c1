//! Python's requests, with urllib3 under it.

use crate::expected::{
    EXTENDED, PERCENT, assert_cookies, assert_form, assert_pages, assert_redirects, assert_upload,
};
use crate::python::drive;

#[test]
fn a_form() {
    let Some(arrivals) = drive("requests", "form") else { return };
    assert_form(&arrivals);
}

/// urllib3 percent-encodes quotation marks; the backslash it leaves alone (2.x) or doubles (1.25 and later).
#[test]
fn files() {
    let Some(arrivals) = drive("requests", "upload") else { return };
    assert_upload(&arrivals, PERCENT, &[]);
}

/// urllib3 before 1.25 wrote `filename*`, and its writer of that is still there.
#[test]
fn files_with_extended_names() {
    let Some(arrivals) = drive("requests", "extended") else { return };
    assert_upload(&arrivals, EXTENDED, &[]);
}

#[test]
fn cookies() {
    let Some(arrivals) = drive("requests", "cookies") else { return };
    assert_cookies(&arrivals);
}

#[test]
fn redirects() {
    let Some(arrivals) = drive("requests", "redirects") else { return };
    assert_redirects(&arrivals);
}

#[test]
fn pages() {
    let Some(arrivals) = drive("requests", "pages") else { return };
    assert_pages(&arrivals);
}
