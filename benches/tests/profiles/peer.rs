//! picohttpparser as it is today, in a process of its own: so that its names do not meet those of the older C that is timed.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use benches::corpus::Kind;
use benches::naive::Head;

/// What names the folder that `picohttpparser.c` and `picohttpparser.h` are in.
const FOLDER: &str = "PICOHTTPPARSER";

/// The program.
pub(crate) struct Peer(PathBuf);

impl Peer {
    /// Compiles it, or says why it can't be had.
    pub(crate) fn build() -> Result<Peer, String> {
        let folder = std::env::var_os(FOLDER)
            .ok_or(format!("{FOLDER} names no folder with picohttpparser's C"))?;
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("picohttpparser");
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/profiles/peer.c");
        let status = Command::new("cc")
            .args(["-O2", "-I"])
            .arg(&folder)
            .arg(here)
            .arg(Path::new(&folder).join("picohttpparser.c"))
            .arg("-o")
            .arg(&program)
            .status()
            .map_err(|error| format!("no C compiler: {error}"))?;
        assert!(status.success(), "picohttpparser in {folder:?} does not compile");
        Ok(Peer(program))
    }

    /// What it makes of each head: its parts, and its octets. `None` where it refuses it or asks for more.
    pub(crate) fn read(&self, heads: &[(Kind, Vec<u8>)]) -> Vec<Option<(Head, usize)>> {
        let input = self.0.with_extension("input");
        let mut file = std::io::BufWriter::new(File::create(&input).unwrap());
        for (kind, octets) in heads {
            let kind = if *kind == Kind::Request { b"q" } else { b"s" };
            let length = u32::try_from(octets.len()).unwrap().to_ne_bytes();
            file.write_all(&[&kind[..], &length, octets].concat()).unwrap();
        }
        drop(file.into_inner().unwrap());
        let output = Command::new(&self.0)
            .stdin(File::open(&input).unwrap())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success(), "{:?}", output.status);
        let mut found = Found(&output.stdout);
        let read = heads.iter().map(|(kind, _)| found.head(*kind)).collect();
        assert!(found.0.is_empty(), "more than was asked for");
        read
    }
}

/// What it has written.
struct Found<'o>(&'o [u8]);

impl Found<'_> {
    fn number(&mut self) -> i32 {
        let (number, rest) = self.0.split_first_chunk().expect("a number");
        self.0 = rest;
        i32::from_ne_bytes(*number)
    }

    fn text(&mut self) -> Vec<u8> {
        let length = usize::try_from(self.number()).unwrap();
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        text.into()
    }

    fn head(&mut self, kind: Kind) -> Option<(Head, usize)> {
        let taken = usize::try_from(self.number()).ok().filter(|taken| *taken > 0)?;
        let mut head = Head {
            minor: u8::try_from(self.number()).unwrap(),
            status: u16::try_from(self.number()).unwrap(),
            ..Head::default()
        };
        let mut texts = self.number();
        match kind {
            Kind::Request => {
                (head.method, head.target) = (self.text(), self.text());
                texts -= 2;
            }
            Kind::Response => {
                head.reason = self.text();
                texts -= 1;
            }
        }
        head.fields = (0..texts / 2).map(|_| (self.text(), self.text())).collect();
        Some((head, taken))
    }
}
