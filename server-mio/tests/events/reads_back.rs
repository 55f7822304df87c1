//! Any text comes back as it was given.

use std::time::Duration;

use proptest::prelude::*;
use rajada_mio::{BadEvent, Event};

use crate::event_source::{EventSource, Message};

/// Text in which what matters is frequent.
fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        "\r", "\n", "\r\n", "\n\n", ":", " ", "data:", "data: x", "id: 9", "event: x", "retry: 1",
        "\0", "\u{feff}", "\t", "\u{85}", "\u{2028}", "ä",
    ]);
    prop::collection::vec(prop_oneof![special.prop_map(str::to_owned), any::<String>()], 0..6)
        .prop_map(|parts| parts.concat())
}

/// The ends of lines as a page sees them.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

proptest! {
    #[test]
    fn a_stream_of_events_is_read_as_it_was_given(
        events in prop::collection::vec((text(), text(), text(), text(), any::<u32>()), 1..5),
    ) {
        let (mut stream, mut expected, mut last_id) = (":\n\n".to_owned(), Vec::new(), String::new());
        let mut comments = 1;
        for (data, kind, id, comment, wait) in events {
            let event = Event::new(&data)
                .comment(&comment)
                .of_type(&kind)
                .id(&id)
                .retry(Duration::from_millis(wait.into()));
            let encoded = match event.encode() {
                Ok(encoded) => encoded,
                Err(why) => {
                    let is_type = kind.contains(['\r', '\n']);
                    prop_assert_eq!(why, if is_type { BadEvent::Type } else { BadEvent::Id });
                    let trimmed = id.trim_matches([' ', '\t']);
                    let is_id = id.contains(|char: char| char.is_ascii_control() && char != '\t');
                    prop_assert!(is_type || is_id || trimmed != id);
                    continue;
                }
            };
            stream += std::str::from_utf8(encoded.octets()).unwrap();
            comments += lines(&comment).split('\n').count();
            last_id.clone_from(&id);
            let kind = if kind.is_empty() { "message".to_owned() } else { kind };
            expected.push((Message { kind, data: lines(&data), last_id: id }, wait.to_string()));
        }
        let source = EventSource::of(&stream);
        let messages: Vec<Message> = expected.iter().map(|(message, _)| message.clone()).collect();
        prop_assert_eq!(&source.messages, &messages);
        prop_assert_eq!(source.retry.as_ref(), expected.last().map(|(_, wait)| wait));
        prop_assert_eq!((source.comments, &source.last_id), (comments, &last_id));
        // And however it arrives.
        let mut pieces = EventSource::default();
        stream.chars().for_each(|char| pieces.read(char.encode_utf8(&mut [0; 4])));
        prop_assert_eq!(pieces.messages, messages);
    }

    #[test]
    fn what_is_no_data_is_not_shown_to_the_page(comment in text(), wait in any::<u32>()) {
        for event in [
            Event::of_comment(&comment),
            Event::default().retry(Duration::from_millis(wait.into())).comment(&comment),
            Event::default().id("7").of_type("x"),
        ] {
            let encoded = event.encode().unwrap();
            let text = std::str::from_utf8(encoded.octets()).unwrap();
            let source = EventSource::of(&format!("{text}data: a\n\n"));
            prop_assert_eq!(source.data(), ["a"]);
            prop_assert_eq!(source.messages[0].kind.as_str(), "message");
        }
    }
}
