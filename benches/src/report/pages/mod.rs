//! Writes a report: `serving.json`, the raw data; `serving.md`; `serving.html`, which needs no other file; and the charts. Or with another name.

mod html;
mod markdown;
mod sections;
mod table;

use std::path::Path;

use super::charts;
use super::record::Record;

/// Writes all of it into a folder.
pub(super) fn write(record: &Record, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let charts = charts::all(record);
    let data = serde_json::to_string(record).map_err(|error| error.to_string())?;
    let name = &record.settings.name;
    put(folder, &format!("{name}.json"), &data.replace("},{", "},\n{"))?;
    put(folder, &format!("{name}.md"), &markdown::page(record, &charts))?;
    put(folder, &format!("{name}.html"), &html::page(record, &charts))?;
    charts
        .iter()
        .try_for_each(|chart| put(folder, &format!("{name}-{}.svg", chart.name), &chart.svg))
}

/// Reads raw data.
pub(super) fn read(file: &Path) -> Result<Record, String> {
    serde_json::from_str(&text(file)?).map_err(|error| format!("{}: {error}", file.display()))
}

/// The text of a file.
pub(super) fn text(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn put(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    let file = folder.join(name);
    std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
}

/// `2026-11-24 10:45 UTC` is a day.
fn day(moment: &str) -> &str {
    moment.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::summary::tests::record;
    use super::*;

    #[test]
    fn what_is_written_can_be_read_and_rendered_again() {
        let folder = std::env::temp_dir().join(format!("rajada-pages-{}", std::process::id()));
        write(&record(), &folder).unwrap();
        let again = read(&folder.join("serving.json")).unwrap();
        let page = |record: &Record| html::page(record, &charts::all(record));
        assert_eq!(page(&again), page(&record()));
        assert!(folder.join("serving-rates.svg").is_file());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere_and_nothing_goes_unescaped() {
        let page = html::page(&record(), &charts::all(&record()));
        assert!(page.contains("one &lt;worker&gt;") && !page.contains("<worker>"));
        for outside in ["src=", "@import", "href=\"http", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        let markdown = markdown::page(&record(), &charts::all(&record()));
        assert!(markdown.contains("](serving-rates.svg)") && markdown.contains("null-mio"));
    }
}
