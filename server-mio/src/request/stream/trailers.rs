//! The trailer section of content.

use rajada_parser::{FieldPosition, Fields};

/// A copy of a trailer section (RFC 9110 section 6.5).
#[derive(Debug, Default)]
pub(crate) struct Trailers {
    octets: Vec<u8>,
    positions: Vec<FieldPosition>,
}

impl Trailers {
    pub(crate) fn copy(fields: &Fields<'_, '_>) -> Trailers {
        let mut copy = Trailers::default();
        for field in fields.iter() {
            let (name_start, name_end) = copy.add(field.name);
            let (value_start, value_end) = copy.add(field.value);
            let position = FieldPosition { name_start, name_end, value_start, value_end };
            copy.positions.push(position);
        }
        copy
    }

    /// Where the octets are. (A section is far shorter than what its positions can tell: see the parser's limits.)
    fn add(&mut self, octets: &[u8]) -> (u32, u32) {
        let start = self.octets.len();
        self.octets.extend_from_slice(octets);
        (start as u32, self.octets.len() as u32)
    }

    pub(super) fn fields(&self) -> Fields<'_, '_> {
        Fields::new(&self.octets, &self.positions)
    }
}
