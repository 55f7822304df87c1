//! RFC 6455 once more: octet by octet, without a look at the crate's code, slowly.

use rajada_websocket::{Kind, Offence, Settings};

/// What comes of octets, with messages whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Text(String),
    Binary(Vec<u8>),
    Compressed(Kind, Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<u16>, String),
    /// Offence, offset and code.
    Malformed(Offence, u64, Option<u16>),
}

/// Who receives.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'s> {
    pub settings: &'s Settings,
    /// Its peer is a client.
    pub is_server: bool,
    /// Compression was negotiated.
    pub compressed: bool,
}

/// The frame at hand.
#[derive(Default)]
struct Frame {
    header: Vec<u8>,
    payload: Vec<u8>,
    /// Once the header is complete.
    length: Option<u64>,
}

/// The message at hand.
#[derive(Default)]
struct Message {
    opcode: u8,
    compressed: bool,
    octets: Vec<u8>,
    frames: u32,
    empty: u16,
}

struct Model<'s> {
    receiver: Receiver<'s>,
    frame: Frame,
    message: Option<Message>,
    controls: u16,
    outcomes: Vec<Outcome>,
}

/// What comes of these octets, if all that is answered leaves at once.
pub fn receive(receiver: Receiver<'_>, octets: &[u8]) -> Vec<Outcome> {
    let mut model =
        Model { receiver, frame: Frame::default(), message: None, controls: 0, outcomes: vec![] };
    for (offset, octet) in octets.iter().enumerate() {
        match model.take(*octet) {
            Ok(false) => {}
            Ok(true) => break,
            Err((offence, behind)) => {
                let code = code(offence);
                let offset = (offset as u64).wrapping_add_signed(behind);
                model.outcomes.push(Outcome::Malformed(offence, offset, Some(code)));
                break;
            }
        }
    }
    model.outcomes
}

fn code(offence: Offence) -> u16 {
    match offence {
        Offence::NotUtf8 | Offence::BadReason => 1007,
        Offence::FrameTooBig | Offence::MessageTooBig => 1009,
        Offence::TooManyFragments | Offence::TooManyEmpty | Offence::TooManyControls => 1008,
        _ => 1002,
    }
}

/// An offence, so many octets behind this one.
type Wrong = (Offence, i64);

impl Model<'_> {
    /// Whether that was the last one.
    fn take(&mut self, octet: u8) -> Result<bool, Wrong> {
        if self.frame.length.is_none() {
            self.frame.header.push(octet);
            self.header().map_err(|offence| (offence, 0))?;
        } else {
            let key = self.frame.header.last_chunk::<4>().copied().unwrap_or_default();
            let key = if self.receiver.is_server { key[self.frame.payload.len() % 4] } else { 0 };
            self.frame.payload.push(octet ^ key);
            self.payload(octet ^ key).map_err(|offence| (offence, 0))?;
        }
        if self.frame.length != Some(self.frame.payload.len() as u64) {
            return Ok(false);
        }
        let frame = std::mem::take(&mut self.frame);
        self.complete(frame)
    }

    fn header(&mut self) -> Result<(), Offence> {
        let header = &self.frame.header[..];
        let settings = self.receiver.settings;
        let (fin, rsv1, opcode) = (header[0] >> 7 == 1, header[0] >> 6 & 1 == 1, header[0] & 15);
        let is_control = opcode >= 8;
        if let [_] = header {
            let may_be_compressed = self.receiver.compressed && (opcode == 1 || opcode == 2);
            if header[0] >> 4 & 3 != 0
                || (rsv1 && !may_be_compressed && (is_control || opcode == 0))
            {
                return Err(Offence::ReservedBits);
            }
            if !matches!(opcode, 0 | 1 | 2 | 8 | 9 | 10) {
                return Err(Offence::ReservedOpcode);
            }
            if is_control && !fin {
                return Err(Offence::FragmentedControl);
            }
            if rsv1 && !may_be_compressed {
                return Err(Offence::ReservedBits);
            }
            if is_control {
                return if self.controls >= settings.controls {
                    Err(Offence::TooManyControls)
                } else {
                    Ok(())
                };
            }
            return match (&self.message, opcode) {
                (None, 0) => Err(Offence::Continuation),
                (Some(_), 1 | 2) => Err(Offence::Interrupted),
                (Some(message), _) if message.frames >= settings.fragments => {
                    Err(Offence::TooManyFragments)
                }
                _ => Ok(()),
            };
        }
        let second = header[1];
        if let [_, _] = header {
            if (second >> 7 == 1) != self.receiver.is_server {
                return Err(if self.receiver.is_server {
                    Offence::Unmasked
                } else {
                    Offence::Masked
                });
            }
            if is_control && second & 127 > 125 {
                return Err(Offence::LongControl);
            }
            if opcode == 8 && second & 127 == 1 {
                return Err(Offence::HalfCode);
            }
        }
        let behind = &header[2..];
        let extended = match second & 127 {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if extended == 8 && behind.len() == 1 && behind[0] > 127 {
            return Err(Offence::TopBit);
        }
        if extended == 8 && behind.len() == 6 && behind.iter().all(|octet| *octet == 0) {
            return Err(Offence::LongLength);
        }
        if behind.len() < extended {
            return Ok(());
        }
        let length = match extended {
            0 => u64::from(second & 127),
            _ => behind[..extended].iter().fold(0, |length, octet| length << 8 | u64::from(*octet)),
        };
        if behind.len() == extended {
            if extended == 2 && length < 126 {
                return Err(Offence::LongLength);
            }
            if !is_control {
                let before = self.message.as_ref();
                let (octets, empty) =
                    before.map_or((0, 0), |message| (message.octets.len(), message.empty));
                if length > settings.frame {
                    return Err(Offence::FrameTooBig);
                }
                if u128::from(length) + octets as u128 > u128::from(settings.message) {
                    return Err(Offence::MessageTooBig);
                }
                if length == 0 && (!fin || opcode == 0) && empty >= settings.empty {
                    return Err(Offence::TooManyEmpty);
                }
            }
        }
        if behind.len() < extended + if self.receiver.is_server { 4 } else { 0 } {
            return Ok(());
        }
        self.frame.length = Some(length);
        if is_control {
            self.controls += 1;
            return Ok(());
        }
        self.controls = 0;
        let message = self.message.get_or_insert_with(|| Message {
            opcode,
            compressed: rsv1,
            ..Message::default()
        });
        message.frames += 1;
        message.empty += u16::from(length == 0);
        Ok(())
    }

    /// An octet of payload.
    fn payload(&mut self, octet: u8) -> Result<(), Offence> {
        if self.frame.header[0] & 15 >= 8 {
            return Ok(());
        }
        let message = self.message.as_mut().expect("one began");
        message.octets.push(octet);
        // Whether some text begins like that. (What is far behind was looked at when it came.)
        if message.opcode == 1 && !message.compressed {
            let mut from = message.octets.len().saturating_sub(4);
            while from > 0 && message.octets[from] & 0xC0 == 0x80 {
                from -= 1;
            }
            match std::str::from_utf8(&message.octets[from..]) {
                Err(error) if error.error_len().is_some() => return Err(Offence::NotUtf8),
                _ => {}
            }
        }
        Ok(())
    }

    /// A frame is complete.
    fn complete(&mut self, frame: Frame) -> Result<bool, Wrong> {
        let payload = frame.payload;
        match frame.header[0] & 15 {
            9 => {
                // Its answer leaves at once.
                self.controls = 0;
                self.outcomes.push(Outcome::Ping(payload));
            }
            10 => self.outcomes.push(Outcome::Pong(payload)),
            8 => return self.close(&payload),
            _ if frame.header[0] >> 7 == 0 => {}
            _ => {
                let message = self.message.take().expect("one began");
                let kind = if message.opcode == 1 { Kind::Text } else { Kind::Binary };
                self.outcomes.push(if message.compressed {
                    Outcome::Compressed(kind, message.octets)
                } else if message.opcode == 1 {
                    let text = String::from_utf8(message.octets);
                    Outcome::Text(text.map_err(|_| (Offence::NotUtf8, 1))?)
                } else {
                    Outcome::Binary(message.octets)
                });
            }
        }
        Ok(false)
    }

    fn close(&mut self, payload: &[u8]) -> Result<bool, Wrong> {
        let Some((code, reason)) = payload.split_first_chunk() else {
            self.outcomes.push(Outcome::Close(None, String::new()));
            return Ok(true);
        };
        let code = u16::from_be_bytes(*code);
        // RFC 6455 section 7.4.2, and what IANA has registered since.
        if !((1000..=1003).contains(&code)
            || (1007..=1014).contains(&code)
            || (3000..=4999).contains(&code))
        {
            return Err((Offence::BadCode, -(reason.len() as i64)));
        }
        match std::str::from_utf8(reason) {
            Ok(reason) => {
                self.outcomes.push(Outcome::Close(Some(code), reason.into()));
                Ok(true)
            }
            Err(_) => {
                // The shortest part that can't be the beginning of any text shows it.
                let wrong = |len: &usize| match std::str::from_utf8(&reason[..*len]) {
                    Ok(_) => false,
                    Err(error) => error.error_len().is_some(),
                };
                let behind = (1..=reason.len()).find(wrong).unwrap_or(reason.len() + 1);
                Err((Offence::BadReason, behind as i64 - reason.len() as i64))
            }
        }
    }
}

/// A frame of the naive kind: its first octet, its key if it is masked, its payload.
pub fn frame(first: u8, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mask = if key.is_some() { 128 } else { 0 };
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..=125 => frame.push(mask | len as u8),
        len @ 126..=0xFFFF => {
            frame.push(mask | 126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(mask | 127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(key.into_iter().flatten());
    let key = key.unwrap_or_default();
    frame.extend(payload.iter().enumerate().map(|(index, octet)| octet ^ key[index % 4]));
    frame
}

/// What a peer puts out for these outcomes: pongs and a close frame, the first octet of each and its payload.
pub fn answers(outcomes: &[Outcome]) -> Vec<(u8, Vec<u8>)> {
    let answer = |outcome: &Outcome| match outcome {
        Outcome::Ping(payload) => Some((0x8A, payload.clone())),
        Outcome::Close(Some(code), _) | Outcome::Malformed(_, _, Some(code)) => {
            Some((0x88, code.to_be_bytes().into()))
        }
        Outcome::Close(None, _) => Some((0x88, vec![])),
        _ => None,
    };
    outcomes.iter().filter_map(answer).collect()
}

/// Whole frames that a peer has put out.
pub fn frames(mut octets: &[u8], masked: bool) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, ..] = *octets {
        assert_eq!(second >> 7 == 1, masked, "masked by the role");
        let (length, size) = match second & 127 {
            126 => (u16::from_be_bytes([octets[2], octets[3]]) as usize, 4),
            127 => (u64::from_be_bytes(octets[2..10].try_into().unwrap()) as usize, 10),
            short => (usize::from(short), 2),
        };
        let payload = &octets[size + if masked { 4 } else { 0 }..][..length];
        let key: [u8; 4] = if masked { octets[size..size + 4].try_into().unwrap() } else { [0; 4] };
        let payload = payload.iter().enumerate().map(|(index, octet)| octet ^ key[index % 4]);
        frames.push((first, payload.collect()));
        octets = &octets[size + if masked { 4 } else { 0 } + length..];
    }
    assert!(octets.is_empty(), "frames are whole");
    frames
}
