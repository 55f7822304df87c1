use super::*;

fn text(event: Event) -> String {
    String::from_utf8(event.encode().unwrap().octets().to_vec()).unwrap()
}

#[test]
fn each_line_of_data_is_a_field() {
    for (data, expected) in [
        ("", "data: \n\n"),
        ("a", "data: a\n\n"),
        (" a", "data:  a\n\n"),
        ("a\n", "data: a\ndata: \n\n"),
        ("a\rb\nc\r\nd\n\re", "data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n\n"),
        ("\u{feff}a: b", "data: \u{feff}a: b\n\n"),
        ("a\nevent: b\n\nid: 1", "data: a\ndata: event: b\ndata: \ndata: id: 1\n\n"),
        ("a\u{85}b\u{2028}c\u{b}d", "data: a\u{85}b\u{2028}c\u{b}d\n\n"),
    ] {
        assert_eq!(text(Event::new(data)), expected);
    }
}

#[test]
fn fields_stand_in_the_order_in_which_they_were_given() {
    let event = Event::new("a").of_type("b").id("c").retry(Duration::from_secs(3)).comment("d\re");
    assert_eq!(text(event), "data: a\nevent: b\nid: c\nretry: 3000\n: d\n: e\n\n");
    assert_eq!(text(Event::of_comment("x").data("a").data("b")), ": x\ndata: a\ndata: b\n\n");
    assert_eq!(text(Event::default()), "\n");
}

#[test]
fn a_time_to_wait_is_whole_milliseconds_and_never_less() {
    for (wait, expected) in [
        (Duration::ZERO, "retry: 0\n\n"),
        (Duration::from_nanos(1), "retry: 1\n\n"),
        (Duration::from_micros(1001), "retry: 2\n\n"),
        (Duration::MAX, "retry: 18446744073709551616000\n\n"),
    ] {
        assert_eq!(text(Event::default().retry(wait)), expected);
    }
}

#[test]
fn what_a_field_cannot_hold_is_refused() {
    for name in ["a\nb", "a\r", "\r\ndata: x"] {
        assert_eq!(Event::new("a").of_type(name).encode(), Err(BadEvent::Type), "{name:?}");
    }
    for id in ["a\nb", "\r", "a\0", "\0", " a", "a ", "\t", "a\t", "a\u{1}b", "\u{7f}"] {
        assert_eq!(Event::new("a").id(id).encode(), Err(BadEvent::Id), "{id:?}");
        assert_eq!(Event::new("a").id(id).id("good").encode(), Err(BadEvent::Id));
    }
    for id in ["", "a b", "a\tb", "ä", "7", "id: 7"] {
        let event = Event::default().id(id).encode().unwrap();
        assert_eq!((event.id(), event.octets()), (Some(id), &Bytes::from(format!("id: {id}\n\n"))));
    }
    assert_eq!(
        Event::new("").of_type("\n").id("\n").encode(),
        Err(BadEvent::Type),
        "the first one"
    );
    assert_eq!(Event::new("").id("1").id("2").encode().unwrap().id(), Some("2"), "the last one");
}

#[test]
fn results_are_events_or_errors() {
    let event = Event::new("a").into_event().unwrap();
    assert_eq!(Ok::<_, BadEvent>(event.clone()).into_event().unwrap(), event);
    let error = Ok::<_, BadEvent>(Event::new("a").id("\n")).into_event().unwrap_err();
    assert!(error.find::<BadEvent>() == Some(&BadEvent::Id), "{error}");
    assert_eq!(
        Err::<Event, _>(BadEvent::Type).into_event().unwrap_err().to_string(),
        BadEvent::Type.to_string()
    );
}
