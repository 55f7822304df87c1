//! Other builds, for contestants that depend on how they are built: of the small program in `benches/foreign`, which knows no setting of ours.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A program that takes samples, and what to tell it.
pub(super) struct Build {
    pub(super) program: PathBuf,
    pub(super) arguments: &'static [&'static str],
    /// Told behind the contestants' names.
    pub(super) suffix: &'static str,
    /// Who is in it, and how it is built.
    pub(super) told: &'static str,
}

impl Build {
    /// The program that runs.
    pub(super) fn this(controls: bool) -> Result<Build, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let arguments: &[&str] =
            if controls { &["--worker"] } else { &["--worker", "--no-builds"] };
        Ok(Build { program, arguments, suffix: "", told: THIS })
    }
}

const THIS: &str = "all: the workspace's profile, `opt-level = 3`, thin LTO, one codegen unit, the target's default instructions; \
    with SIMD chosen at run time and reached by a call (thhp: when it is built)";

/// A way to build the program in `benches/foreign`.
struct Way {
    /// Of the folder too.
    suffix: &'static str,
    contestants: &'static [&'static str],
    settings: &'static [(&'static str, &'static str)],
    features: &'static str,
    told: &'static str,
}

/// The setting by which httparse has no SIMD.
const NO_SIMD: (&str, &str) = ("CARGO_CFG_HTTPARSE_DISABLE_SIMD", "1");
/// The linker optimises across all crates.
const FAT: [(&str, &str); 2] =
    [("CARGO_PROFILE_RELEASE_LTO", "fat"), ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")];
/// As `benches` itself is built.
const THIN: [(&str, &str); 2] =
    [("CARGO_PROFILE_RELEASE_LTO", "thin"), ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")];
/// All instructions of this machine.
const NATIVE: (&str, &str) = ("RUSTFLAGS", "-C target-cpu=native");

const WAYS: [Way; 8] = [
    Way {
        suffix: "-dependency",
        contestants: &["httparse", "rajada"],
        settings: &[],
        features: "",
        told: "httparse and Rajada as dependencies of a small crate (`benches/foreign`) of another workspace, with Cargo's default release profile: \
            no LTO, 16 codegen units",
    },
    Way {
        suffix: "-dependency",
        contestants: &["rajada-facade"],
        settings: &[],
        features: "facade",
        told: "Rajada behind httparse's interface (`parser/httparse`), in the same way",
    },
    Way {
        suffix: "-thin",
        contestants: &["rajada-facade"],
        settings: &THIN,
        features: "facade",
        told: "the same with thin LTO, one codegen unit",
    },
    Way {
        suffix: "-fat",
        contestants: &["httparse"],
        settings: &FAT,
        features: "",
        told: "httparse: fat LTO, one codegen unit, so that it can be inlined where it is called",
    },
    Way {
        suffix: "-no-simd",
        contestants: &["httparse"],
        settings: &[NO_SIMD, THIN[0], THIN[1]],
        features: "",
        told: "httparse with its SIMD disabled (`CARGO_CFG_HTTPARSE_DISABLE_SIMD=1`): thin LTO, one codegen unit",
    },
    Way {
        suffix: "-no-simd-fat",
        contestants: &["httparse"],
        settings: &[NO_SIMD, FAT[0], FAT[1]],
        features: "",
        told: "httparse with its SIMD disabled: fat LTO, one codegen unit",
    },
    Way {
        suffix: "-native",
        contestants: if cfg!(feature = "peers") { &["httparse", "thhp"] } else { &["httparse"] },
        settings: &[NATIVE, THIN[0], THIN[1]],
        features: if cfg!(feature = "peers") { "thhp" } else { "" },
        told: "httparse and thhp for this processor, `-C target-cpu=native`: SIMD chosen when built, and inlined; thin LTO, one codegen unit",
    },
    Way {
        suffix: "-native-fat",
        contestants: &["httparse"],
        settings: &[NATIVE, FAT[0], FAT[1]],
        features: "",
        told: "httparse for this processor: fat LTO, one codegen unit",
    },
];

/// All that can be built here. A build that fails is skipped with a word on standard error.
pub(super) fn others() -> Vec<Build> {
    WAYS.iter().filter_map(build).collect()
}

fn build(way: &Way) -> Option<Build> {
    let skipped = |why: &str| eprintln!("skipped: the build foreign{}: {why}", way.suffix);
    // Beside the folder that this program lies in: target/head-builds/foreign-no-simd.
    let this = std::env::current_exe().ok()?;
    let folder = format!("foreign{}{}", way.suffix, way.features);
    let target = this.parent()?.parent()?.join("head-builds").join(folder);
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.args(["build", "--quiet", "--locked", "--release", "--features", way.features]);
    command.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/foreign/Cargo.toml")]);
    command.arg("--target-dir").arg(&target).envs(way.settings.iter().copied());
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Some(Build {
            program: target.join("release").join("foreign"),
            arguments: way.contestants,
            suffix: way.suffix,
            told: way.told,
        }),
        Ok(output) => {
            skipped(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("it failed"));
            None
        }
        Err(error) => {
            skipped(&error.to_string());
            None
        }
    }
}
