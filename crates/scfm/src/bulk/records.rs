//! The records of a CSV text with the lines on which they begin.

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::ImportRefused;

/// Goes over the records of a CSV text, empty lines left out.
pub(super) struct Records<'a> {
    csv: &'a str,
    reader: Reader<&'a [u8]>,
    record: StringRecord,
    /// How much of the text the lines are counted of, and how many begin there and before.
    counted: usize,
    line: usize,
}

impl<'a> Records<'a> {
    pub(super) fn of(csv: &'a str) -> Self {
        // Positions are counted from behind the mark, where the reader would count it.
        let csv = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        let mut builder = ReaderBuilder::new();
        let reader = builder.has_headers(false).flexible(true).from_reader(csv.as_bytes());
        Self { csv, reader, record: StringRecord::new(), counted: 0, line: 1 }
    }

    fn read(&mut self) -> Result<Option<(usize, Vec<String>)>, ImportRefused> {
        let read = self.reader.read_record(&mut self.record);
        let begin = self.record.position().map_or(0, |position| position.byte());
        let raw = self.csv.get(usize::try_from(begin).unwrap_or(usize::MAX)..).unwrap_or_default();
        // The reader's position is before the empty lines that it passes over.
        let raw = raw.trim_start_matches(['\r', '\n']);
        let line = self.line_of(self.csv.len() - raw.len());
        match read {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(ImportRefused { line, why: error.to_string() }),
        }
        check_quotes(raw, &self.record).map_err(|why| ImportRefused { line, why })?;
        Ok(Some((line, self.record.iter().map(str::to_owned).collect())))
    }

    /// Counts on to the line that begins at a place of the text.
    fn line_of(&mut self, place: usize) -> usize {
        let passed = self.csv.get(self.counted..place).unwrap_or_default();
        let alone = passed.matches('\r').count() - passed.matches("\r\n").count();
        self.line += passed.matches('\n').count() + alone;
        self.counted = place;
        self.line
    }
}

impl Iterator for Records<'_> {
    type Item = Result<(usize, Vec<String>), ImportRefused>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let read = self.read().transpose()?;
            let blank = |fields: &[String]| matches!(fields, [only] if only.trim().is_empty());
            if !read.as_ref().is_ok_and(|(_, fields)| blank(fields)) {
                return Some(read);
            }
        }
    }
}

/// Checks that quotation marks are closed, and where a value ends: the reader takes whatever comes,
/// and with a mark forgotten all lines after it would become one value.
fn check_quotes(raw: &str, fields: &StringRecord) -> Result<(), String> {
    let mut rest = raw;
    for field in fields {
        rest = match rest.strip_prefix('"') {
            None => rest.strip_prefix(field).unwrap_or_default(),
            Some(quoted) => {
                let written = field.replace('"', "\"\"");
                if quoted == written {
                    return Err("a quotation mark is not closed".to_owned());
                }
                let after = quoted.strip_prefix(&written).and_then(|rest| rest.strip_prefix('"'));
                after
                    .filter(|rest| rest.is_empty() || rest.starts_with([',', '\r', '\n']))
                    .ok_or("something stands after a closing quotation mark")?
            }
        };
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    Ok(())
}
