//! Without a heap: arrays of the caller.

#[allow(dead_code, unreachable_pub)]
#[path = "common/naive.rs"]
mod naive;

use rajada_websocket::memory::Fixed;
use rajada_websocket::{ApiMisuse, Burst, CloseCode, Event, Kind, Settings, Store, WebSocket};

type Memory = Fixed<&'static [u8], 2, 2048>;

#[test]
fn what_does_not_fit_is_refused_and_control_frames_have_their_room() {
    let mut settings = Settings::default();
    settings.held = 1 << 20;
    let mut store = Store::with_memory(&settings, Memory::new());
    let mut socket =
        WebSocket::<_, &'static [u8], Memory, &mut Store<&'static [u8], Memory>>::server();
    assert!(socket.lend(&mut store).is_none());
    let mut expected = Vec::new();
    static LARGE: [u8; 3000] = [7; 3000];
    for _ in 0..2 {
        socket.send_owned(Kind::Binary, &LARGE).unwrap();
        expected.extend(naive::frame(0x82, None, &LARGE));
    }
    assert_eq!(socket.send_owned(Kind::Binary, &LARGE), Err(ApiMisuse::Full));
    while socket.send_binary(&[1; 100]).is_ok() {
        expected.extend(naive::frame(0x82, None, &[1; 100]));
    }
    while socket.send_text("").is_ok() {
        expected.extend(naive::frame(0x81, None, b""));
    }
    // Pings until none is answered at once, then an offence: what is put out for it has room.
    let mut octets = naive::frame(0x89, Some([0; 4]), &[2; 125]).repeat(20);
    octets.push(0xFF);
    let mut burst = Burst::new(&mut octets);
    for _ in 0..20 {
        assert_eq!(socket.receive(&settings, &mut burst), Event::Ping(&[2; 125]));
    }
    assert!(matches!(socket.receive(&settings, &mut burst), Event::Malformed(_)));
    assert_eq!(socket.close(CloseCode::NORMAL, ""), Ok(()));
    expected.extend(naive::frame(0x8A, None, &[2; 125]).repeat(2));
    expected.extend(naive::frame(0x88, None, &1002u16.to_be_bytes()));
    let mut sent = Vec::new();
    while socket.wants_write() {
        let mut slices = [&[][..]; 2];
        let count = socket.poll_transmit(&mut slices);
        let some = slices[..count].concat();
        let some = &some[..some.len().min(777)];
        sent.extend_from_slice(some);
        socket.transmitted(some.len());
    }
    assert!(sent == expected);
    assert!(socket.reclaim().is_some());
}

#[test]
fn arrays_are_used_again_and_again() {
    let settings = Settings::default();
    let mut store = Store::with_memory(&settings, Memory::new());
    let mut socket =
        WebSocket::<_, &'static [u8], Memory, &mut Store<&'static [u8], Memory>>::server();
    socket.lend(&mut store);
    for round in 0..100usize {
        let payload = vec![round as u8; 300 + round];
        socket.send_binary(&payload).unwrap();
        socket.send_text("a").unwrap();
        let mut slices = [&[][..]; 1];
        assert_eq!(socket.poll_transmit(&mut slices), 1);
        let all = [naive::frame(0x82, None, &payload), naive::frame(0x81, None, b"a")].concat();
        assert!(slices[0].ends_with(&all), "round {round}");
        // The last octets stay, so that the arena never becomes empty.
        let count = slices[0].len() - 2;
        socket.transmitted(count);
    }
}
