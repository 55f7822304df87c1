//! Tables that become Markdown or HTML.

use super::super::charts::escape;

/// A table: its first column is text, the others hold figures unless `prose` says that they are words.
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) prose: bool,
}

/// A row, and what it stands for: the class of its HTML.
pub(super) struct Row {
    pub(super) class: &'static str,
    pub(super) cells: Vec<String>,
}

impl Table {
    pub(super) fn new(head: &[&str]) -> Table {
        Table {
            head: head.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
            prose: false,
        }
    }

    /// A table whose columns hold words.
    pub(super) fn of_prose(head: &[&str]) -> Table {
        Table { prose: true, ..Table::new(head) }
    }

    pub(super) fn row(&mut self, class: &'static str, cells: Vec<String>) {
        self.rows.push(Row { class, cells });
    }

    pub(super) fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            format!(
                "| {} |\n",
                cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | ")
            )
        };
        let others = if self.prose { "---|" } else { "---:|" };
        let mut text = line(&self.head);
        text += &format!("|---|{}\n", others.repeat(self.head.len().saturating_sub(1)));
        for row in &self.rows {
            let mut cells = row.cells.clone();
            if row.class == "ours" && !self.prose {
                cells
                    .iter_mut()
                    .filter(|cell| !cell.is_empty())
                    .for_each(|cell| *cell = format!("**{cell}**"));
            }
            text += &line(&cells);
        }
        text
    }

    pub(super) fn html(&self) -> String {
        let cells = |tag: &str, cells: &[String]| {
            cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell))).collect::<String>()
        };
        let kind = if self.prose { "prose" } else { "figures" };
        let mut text = format!(
            "<div class=\"scroll\"><table class=\"{kind}\">\n<thead><tr>{}</tr></thead>\n<tbody>\n",
            cells("th", &self.head)
        );
        for row in &self.rows {
            text += &format!("<tr class=\"{}\">{}</tr>\n", row.class, cells("td", &row.cells));
        }
        text + "</tbody></table></div>\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_table_is_written_in_two_ways() {
        let mut table = Table::new(&["who", "how | fast"]);
        table.row("ours", vec!["a".into(), "1 < 2".into()]);
        assert_eq!(table.markdown(), "| who | how \\| fast |\n|---|---:|\n| **a** | **1 < 2** |\n");
        assert!(table.html().contains("<tr class=\"ours\"><td>a</td><td>1 &lt; 2</td></tr>"));
    }
}
