//! `include/rajada.h` says what the Rust source is: functions with their types, numbers, kinds of errors, layouts.

use std::collections::BTreeMap;
use std::fs;
use std::mem::offset_of;
use std::path::Path;
#[cfg(all(unix, not(miri)))]
use std::{env, path::PathBuf, process::Command};

use rajada::native as c;
use rajada_parser::ErrorKind;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The header without comments, each run of white space one space.
fn header() -> String {
    let text = fs::read_to_string(folder().join("include/rajada.h")).expect("the header");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").expect("a comment ends").1;
    }
    plain.push_str(rest);
    spaced(&plain)
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All files of the native interface.
fn sources() -> String {
    let files = fs::read_dir(folder().join("src/native")).expect("the folder");
    files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("text")).collect()
}

/// By name, each function as the header has to declare it.
fn functions() -> BTreeMap<String, String> {
    let sources = sources();
    let mut functions = BTreeMap::new();
    for rest in sources.split("extern \"C\" fn ").skip(1) {
        let (name, rest) = rest.split_once('(').expect("parameters");
        let (parameters, rest) = rest.split_once(')').expect("their end");
        let result = rest.split_once('{').expect("a body").0.trim().trim_start_matches("-> ");
        let parameters: Vec<String> = parameters
            .split(',')
            .filter_map(|parameter| parameter.trim().split_once(": "))
            .map(|(name, kind)| declared(kind, name))
            .collect();
        let parameters = if parameters.is_empty() { "void".into() } else { parameters.join(", ") };
        functions.insert(name.to_owned(), format!("{}({parameters})", declared(result, name)));
    }
    functions
}

/// A name with its type, as C has it.
fn declared(kind: &str, name: &str) -> String {
    if let Some(pointee) = kind.strip_prefix("*const ") {
        return format!("const {} *{name}", named(pointee));
    }
    if let Some(pointee) = kind.strip_prefix("*mut ") {
        return format!("{} *{name}", named(pointee));
    }
    format!("{} {name}", named(kind))
}

fn named(kind: &str) -> String {
    match kind {
        "c_char" => "char".into(),
        "usize" => "size_t".into(),
        "u8" | "u16" | "u32" | "u64" => format!("uint{}_t", &kind[1..]),
        "i32" => "int32_t".into(),
        "FieldPosition" => "rajada_field".into(),
        structure => format!("rajada_{}", structure.to_lowercase()),
    }
}

#[test]
fn every_function_is_declared_as_it_is_and_no_other_is() {
    let (header, functions) = (header(), functions());
    let declared: BTreeMap<String, String> = header
        .split(';')
        // Behind the word that opens a block of C++, and behind directives, which are no statements.
        .filter_map(|statement| {
            let end = statement.find("(")?;
            let name = statement[..end].rsplit([' ', '*']).next()?;
            let kinds = ["const char *", "int32_t ", "uint32_t ", "uint64_t ", "size_t "];
            let start = kinds.iter().filter_map(|kind| statement[..end].rfind(kind)).min()?;
            Some((name.to_owned(), statement[start..].trim().to_owned()))
        })
        .collect();
    assert!(functions.len() >= 20, "{functions:?}");
    assert_eq!(declared, functions);
}

/// By name, each number: of the header's enumerators and of its one macro.
fn numbers_of_header() -> BTreeMap<String, i64> {
    let header = header();
    let mut numbers: BTreeMap<String, i64> = header
        .split([',', '{', '}'])
        .filter_map(|enumerator| enumerator.trim().split_once(" = "))
        .map(|(name, number)| (name.to_owned(), parsed(number)))
        .collect();
    let (_, abi) =
        header.split_once("#define RAJADA_ABI_VERSION ").expect("the version of the ABI");
    numbers.insert("RAJADA_ABI_VERSION".into(), parsed(abi.split(' ').next().unwrap()));
    numbers
}

fn parsed(number: &str) -> i64 {
    match number.trim().strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).expect(number),
        None => number.trim().parse().expect(number),
    }
}

#[test]
fn every_number_is_the_one_of_the_source_and_no_other_is_there() {
    let mut expected: BTreeMap<String, i64> = sources()
        .split("pub const RAJADA_")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once(": ").expect("a type");
            let (_, number) =
                rest.split_once(';').expect("an end").0.split_once(" = ").expect("a number");
            (format!("RAJADA_{name}"), parsed(number))
        })
        .collect();
    assert!(expected.len() > 30);
    for kind in ErrorKind::ALL {
        let mut name = String::from("RAJADA_ERROR");
        for letter in format!("{kind:?}").chars() {
            name.extend(letter.is_uppercase().then_some('_'));
            name.push(letter.to_ascii_uppercase());
        }
        expected.insert(name, c::kind_number(*kind).into());
    }
    assert_eq!(numbers_of_header(), expected);
}

#[test]
fn every_kind_of_error_is_described_with_its_text_and_status() {
    let text = fs::read_to_string(folder().join("include/rajada.h")).expect("the header");
    for kind in ErrorKind::ALL {
        let status =
            if kind.status() == 400 { String::new() } else { format!(": {}", kind.status()) };
        let entry = format!("/* {kind}{status} */\n    RAJADA_ERROR_");
        let number = format!(" = {}", c::kind_number(*kind));
        let (_, behind) = text.split_once(&entry).unwrap_or_else(|| panic!("{entry}"));
        let line = behind.lines().next().unwrap().trim_end_matches(',');
        assert!(line.ends_with(&number), "{kind:?}: {line}");
    }
}

/// What a C compiler has to find true of a struct.
macro_rules! layout {
    ($facts:ident, $name:literal, $type:ty $(, $member:ident)*) => {
        $facts.push(format!("sizeof({}) == {}", $name, size_of::<$type>()));
        $facts.push(format!("ALIGN({}) == {}", $name, align_of::<$type>()));
        $($facts.push(format!("offsetof({}, {}) == {}", $name, stringify!($member), offset_of!($type, $member)));)*
    };
}

fn facts() -> Vec<String> {
    let mut facts = Vec::new();
    layout!(facts, "rajada_error", c::Error, offset, kind, status, reserved);
    layout!(facts, "rajada_config", c::Config);
    layout!(facts, "rajada_resume", c::Resume);
    layout!(facts, "rajada_chunked", c::Chunked);
    layout!(facts, "rajada_field", c::FieldPosition, name_start, name_end, value_start, value_end);
    layout!(
        facts,
        "rajada_framing",
        c::Framing,
        content_length,
        body,
        persistent,
        keep_alive,
        expect_continue,
        upgrade,
        tunnel,
        reserved
    );
    layout!(
        facts,
        "rajada_request",
        c::Request,
        start,
        head_len,
        first_field,
        field_count,
        method_start,
        method_end,
        target_start,
        target_end,
        minor_version,
        reserved,
        framing,
        reserved_words
    );
    layout!(
        facts,
        "rajada_response",
        c::Response,
        head_len,
        field_count,
        reason_start,
        reason_end,
        minor_version,
        code,
        reserved,
        framing,
        reserved_words
    );
    layout!(facts, "rajada_burst", c::Burst, request_count, field_count, consumed, reserved);
    layout!(facts, "rajada_chunk", c::Chunk, data_start, data_len, consumed);
    layout!(facts, "rajada_decoded", c::Decoded, content, consumed);
    layout!(facts, "rajada_section", c::Section, section_len, field_count);
    facts
}

/// Each fact makes an array of one element, or of -1.
fn program(facts: &[String]) -> String {
    let mut program = String::from(
        "#include \"rajada.h\"\n#define ALIGN(type) offsetof(struct { char c; type t; }, t)\n\
         #ifdef __cplusplus\n#undef ALIGN\n#define ALIGN(type) alignof(type)\n#endif\n",
    );
    for (number, fact) in facts.iter().enumerate() {
        program += &format!("typedef char fact_{number}[({fact}) ? 1 : -1];\n");
    }
    program
}

#[test]
fn every_struct_has_a_member_of_the_header_checked() {
    let (header, facts) = (header(), facts().join("\n"));
    let mut count = 0;
    for rest in header.split("typedef struct ").skip(1) {
        let (name, rest) = rest.split_once(" { ").expect("members");
        for member in
            rest.split_once('}').expect("an end").0.split("; ").filter(|member| !member.is_empty())
        {
            let member = member.rsplit(' ').next().unwrap().split('[').next().unwrap();
            let fact = format!("offsetof({name}, {member}) == ");
            assert!(member == "opaque" || facts.contains(&fact), "{fact}");
            count += 1;
        }
        assert!(facts.contains(&format!("sizeof({name}) == ")), "{name}");
    }
    assert_eq!(count, facts.matches("offsetof(").count() + 3, "three are opaque");
}

/// The compiler that `variable` names, or else the usual one.
#[cfg(all(unix, not(miri)))]
fn compiles(variable: &str, usual: &str, options: &[&str], program: &str) -> Result<(), String> {
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let source = scratch.join(format!("native-header-{}-{}.c", usual, program.len()));
    fs::write(&source, program).expect("a file");
    let compiler = env::var(variable).unwrap_or_else(|_| usual.into());
    let output = Command::new(&compiler)
        .args(options)
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I"])
        .arg(folder().join("include"))
        .arg(&source)
        .output()
        .unwrap_or_else(|error| panic!("{compiler}: {error}"));
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

/// C99 and C++17. Where the tests are built for another machine, `CC` and `CXX` name its compilers.
#[cfg(all(unix, not(miri)))]
#[test]
fn a_c_compiler_finds_all_layouts_to_be_those_of_the_source() {
    let facts = facts();
    for (variable, usual, options) in
        [("CC", "cc", &["-std=c99"][..]), ("CXX", "c++", &["-std=c++17", "-x", "c++"][..])]
    {
        if let Err(messages) = compiles(variable, usual, options, &program(&facts)) {
            panic!("{messages}");
        }
        let wrong = program(&["sizeof(rajada_request) == 1000".into()]);
        assert!(compiles(variable, usual, options, &wrong).is_err(), "the compiler judges nothing");
    }
}
