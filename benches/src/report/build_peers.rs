//! Builds the peers, or finds out why one can't be had.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::command::{quietly, said};
use super::contestants::{ALL, Entry, Source};
use super::echoes::ECHOES;
use super::launch::{Built, Launch, build_folder, built, peers_folder, remember};

/// Builds these peers (all, if none is named) and says what became of each. `install` lets it install packages of the system.
pub(super) fn build_peers(names: &[String], install: bool) -> Result<(), String> {
    std::fs::create_dir_all(build_folder()).map_err(|error| error.to_string())?;
    let mut known = built();
    let mut updated = false;
    let wanted = |entry: &&Entry| names.is_empty() || names.iter().any(|n| n == entry.name);
    for entry in ALL.iter().chain(ECHOES).filter(wanted) {
        let outcome = match &entry.source {
            Source::Own { .. } => continue,
            Source::Cargo { package, library, options } => cargo(package, library, options),
            Source::Go { file, library } => go(file, *library, install, &mut updated),
            Source::System { .. } => system(entry, install, &mut updated),
            Source::Node { file, packages } => node(entry.name, file, packages),
            Source::Cpp { file, repositories } => cpp(entry.name, file, repositories),
            Source::Python { packages, pythons, arguments } => {
                python(entry.name, packages, pythons, arguments)
            }
        };
        match &outcome {
            Ok(launch) => println!("{}: {}", entry.title, launch.version),
            Err(reason) => println!("{}: skipped: {reason}", entry.title),
        }
        known.retain(|built| built.name != entry.name);
        known.push(Built { name: entry.name.into(), outcome });
        remember(&known)?;
    }
    Ok(())
}

/// One job at the lowest priority but for idle: a build takes a while, and this machine may have other work.
fn cargo(package: &str, library: &str, options: &[&str]) -> Result<Launch, String> {
    let folder = build_folder().join("target");
    let mut command = Command::new("nice");
    command.args([
        "-n",
        "10",
        "cargo",
        "build",
        "--release",
        "--locked",
        "--jobs",
        "1",
        "--package",
        package,
    ]);
    command.arg("--manifest-path").arg(peers_folder().join("Cargo.toml"));
    // What this program was built with is not meant for them.
    command.arg("--target-dir").arg(&folder).env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
    quietly(&mut command)?;
    let lock = std::fs::read_to_string(peers_folder().join("Cargo.lock")).unwrap_or_default();
    let mut arguments: Vec<String> = ["--listen", "{address}"].map(String::from).into();
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    Ok(Launch {
        program: folder.join("release").join(package),
        arguments,
        configuration: None,
        version: format!("{library} {}", locked(&lock, library).unwrap_or("of unknown version")),
    })
}

/// Builds packages of this workspace.
pub(crate) fn quiet_build(arguments: &[&str]) -> Result<(), String> {
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let mut command = Command::new("cargo");
    command.args(["build", "--release", "--locked", "--manifest-path", workspace]).args(arguments);
    quietly(&mut command)
}

/// The version of a package in the text of a lock file.
fn locked<'t>(lock: &'t str, package: &str) -> Option<&'t str> {
    let (_, behind) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    behind.split('"').next()
}

fn go(
    file: &str,
    library: Option<&str>,
    install: bool,
    updated: &mut bool,
) -> Result<Launch, String> {
    let compiler = program("go", "golang-go", install, updated)?;
    if let Some(library) = library
        && !installed(library)
    {
        apt(library, install, updated)?;
    }
    let binary = build_folder().join(file.trim_end_matches(".go"));
    let mut command = Command::new("nice");
    command.args(["-n", "10"]).arg(&compiler).args(["build", "-p", "1", "-o"]).arg(&binary);
    // Debian's libraries are sources in a tree of the old kind.
    command.arg(peers_folder().join("go").join(file)).envs([
        ("GO111MODULE", "off"),
        ("GOPATH", "/usr/share/gocode"),
        ("GOFLAGS", ""),
    ]);
    quietly(&mut command)?;
    let compiler = said(Command::new(compiler).arg("version"))?.replace("go version ", "");
    let library = library.and_then(debian_version);
    // What stands before the colon orders Debian's versions.
    let library =
        library.map(|version| format!("{} with ", version.rsplit(':').next().unwrap_or_default()));
    Ok(Launch {
        program: binary,
        arguments: ["--listen", "{address}"].map(String::from).into(),
        configuration: None,
        version: format!("{}{compiler}", library.unwrap_or_default()),
    })
}

fn system(entry: &Entry, install: bool, updated: &mut bool) -> Result<Launch, String> {
    let Source::System { program: name, package, configuration, arguments, version } =
        &entry.source
    else {
        return Err("is no program of the system".into());
    };
    let found = program(name, package, install, updated)?;
    let configuration = peers_folder().join(configuration);
    let configuration = std::fs::read_to_string(&configuration)
        .map_err(|error| format!("{}: {error}", configuration.display()))?;
    let version = said(Command::new(&found).arg(version))?;
    let version = version.lines().next().unwrap_or_default();
    Ok(Launch {
        program: found,
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        configuration: Some(configuration),
        version: version.replace("nginx version: ", "").replace("h2o version ", "h2o/"),
    })
}

/// Installs the packages into a folder of their own.
fn node(name: &str, file: &str, packages: &[&str]) -> Result<Launch, String> {
    let program = which("node").ok_or("there is no program `node`")?;
    let mut version = said(Command::new(&program).arg("--version"))?;
    let mut arguments = vec![format!("{{peers}}/{file}")];
    if !packages.is_empty() {
        let npm = which("npm").ok_or("there is no program `npm`")?;
        let folder = build_folder().join(name);
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let install = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"];
        quietly(Command::new(npm).args(install).arg(&folder).args(packages))?;
        for package in packages {
            let file = folder.join("node_modules").join(package).join("package.json");
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let read = serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default();
            let number = read["version"].as_str().unwrap_or("of unknown version");
            version = format!("{version}, {package} {number}");
        }
        arguments.push(folder.display().to_string());
    }
    arguments.extend(["--listen", "{address}"].map(str::to_owned));
    Ok(Launch { version, program, arguments, configuration: None })
}

/// Clones uWebSockets and uSockets, unless their folders are there, and builds a server with them.
fn cpp(name: &str, file: &str, repositories: &[(&str, &str)]) -> Result<Launch, String> {
    let (cc, cxx) = (which("gcc"), which("g++"));
    let (cc, cxx) = cc.zip(cxx).ok_or("there is no gcc and g++")?;
    let folder = build_folder().join(name);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut versions = Vec::new();
    let mut includes = Vec::new();
    for (library, address) in repositories {
        let sources = folder.join(library);
        if !sources.is_dir() {
            let git = which("git").ok_or("there is no program `git`")?;
            quietly(
                Command::new(git).args(["clone", "--quiet", "--depth", "1", address]).arg(&sources),
            )?;
        }
        let commit = said(
            Command::new("git").arg("-C").arg(&sources).args(["describe", "--always", "--tags"]),
        );
        versions.push(format!("{library} {}", commit.unwrap_or_default()));
        includes.push(format!("-I{}", sources.join("src").display()));
    }
    let flags = ["-O3", "-flto=auto", "-DLIBUS_NO_SSL"];
    let c_files = folder.join("uSockets/src");
    let mut objects = Vec::new();
    for sources in [c_files.clone(), c_files.join("eventing")] {
        let entries = std::fs::read_dir(&sources).map_err(|error| error.to_string())?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let Some(stem) = path.file_stem().filter(|_| path.extension() == Some("c".as_ref()))
            else {
                continue;
            };
            let object = folder.join(stem).with_extension("o");
            quietly(
                Command::new(&cc)
                    .args(["-std=c11", "-c"])
                    .args(flags)
                    .args(&includes)
                    .arg(&path)
                    .arg("-o")
                    .arg(&object),
            )?;
            objects.push(object);
        }
    }
    let program = folder.join("server");
    quietly(
        Command::new(cxx)
            .arg("-std=c++20")
            .args(flags)
            .args(&includes)
            .arg(peers_folder().join(file))
            .args(&objects)
            .args(["-lz", "-o"])
            .arg(&program),
    )?;
    let compiler = said(Command::new(cc).arg("-dumpfullversion"))?;
    Ok(Launch {
        program,
        arguments: ["--listen", "{address}"].map(String::from).into(),
        configuration: None,
        version: format!("{}, gcc {compiler}", versions.join(", ")),
    })
}

/// Makes an environment and installs the packages there.
fn python(
    name: &str,
    packages: &[&str],
    pythons: &[&str],
    arguments: &[&str],
) -> Result<Launch, String> {
    let interpreters = interpreters(pythons);
    if interpreters.is_empty() {
        return Err(match pythons {
            [] => "there is no program `python3`".into(),
            some => format!("there is no CPython {}", some.join(" or ")),
        });
    }
    let folder = build_folder().join(name);
    let mut reason = String::new();
    for interpreter in interpreters {
        let program = folder.join("bin/python");
        let made = quietly(Command::new(&interpreter).args(["-m", "venv", "--clear"]).arg(&folder))
            .and_then(|()| {
                let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
                quietly(Command::new(&program).args(pip).args(packages))
            });
        match made {
            Ok(()) => {
                let python = said(Command::new(&program).arg("--version"))?;
                return Ok(Launch {
                    version: format!("{} on C{}", pip_versions(&program, packages), python),
                    program,
                    arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
                    configuration: None,
                });
            }
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

/// `uvicorn 0.54.0, httptools 0.9.0`.
fn pip_versions(python: &Path, packages: &[&str]) -> String {
    let freeze = said(Command::new(python).args(["-m", "pip", "freeze"])).unwrap_or_default();
    let version = |package: &&str| {
        let line = freeze.lines().find_map(|line| line.strip_prefix(&format!("{package}==")))?;
        Some(format!("{package} {line}"))
    };
    packages.iter().filter_map(version).collect::<Vec<_>>().join(", ")
}

/// Interpreters of these versions, on the path or among those of pyenv.
fn interpreters(versions: &[&str]) -> Vec<PathBuf> {
    if versions.is_empty() {
        return which("python3").into_iter().collect();
    }
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let pyenv = pyenv.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".pyenv")));
    let folders = pyenv.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    let folders: Vec<PathBuf> =
        folders.into_iter().flatten().flatten().map(|folder| folder.path()).collect();
    let mut found = Vec::new();
    for version in versions {
        found.extend(which(&format!("python{version}")));
        let of_version = |folder: &&PathBuf| {
            let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        found.extend(folders.iter().filter(of_version).map(|folder| folder.join("bin/python")));
    }
    found.retain(|interpreter| said(Command::new(interpreter).arg("--version")).is_ok());
    found
}

/// A program of the system, whose package is installed if need be.
fn program(
    name: &str,
    package: &str,
    install: bool,
    updated: &mut bool,
) -> Result<PathBuf, String> {
    if let Some(found) = which(name) {
        return Ok(found);
    }
    apt(package, install, updated)?;
    which(name).ok_or_else(|| format!("the package {package} brought no program `{name}`"))
}

/// Installs a Debian package.
fn apt(package: &str, install: bool, updated: &mut bool) -> Result<(), String> {
    if !install {
        return Err(format!("needs the package {package}, and nothing is to be installed"));
    }
    if which("apt-get").is_none() {
        return Err(format!("needs the Debian package {package}, and there is no apt-get"));
    }
    let apt = |arguments: &[&str]| {
        // The run level keeps services that come with a package from being started.
        let environment = [("DEBIAN_FRONTEND", "noninteractive"), ("RUNLEVEL", "1")];
        quietly(Command::new("apt-get").args(arguments).envs(environment))
    };
    if !std::mem::replace(updated, true) {
        apt(&["update", "-qq"])?;
    }
    apt(&["install", "-y", "-qq", "--no-install-recommends", package])
}

fn installed(package: &str) -> bool {
    debian_version(package).is_some()
}

fn debian_version(package: &str) -> Option<String> {
    let query = ["-W", "-f=${Version}", package];
    said(Command::new("dpkg-query").args(query)).ok().filter(|version| !version.is_empty())
}

/// The first file of this name in the folders where programs are.
fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let more = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(more)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_a_lock_file() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.3.4\"\n";
        assert_eq!(locked(lock, "b"), Some("2.3.4"));
        assert_eq!(locked(lock, "a"), None);
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(which("sh").is_some());
        assert_eq!(which("no-such-program-here"), None);
    }
}
