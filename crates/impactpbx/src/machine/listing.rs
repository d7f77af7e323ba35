//! The list that `/get_cdr` returns, kept as the text it is sent as.

use std::sync::Arc;

use time::OffsetDateTime;

/// How many records make a segment.
const SEGMENT: usize = 128;

/// The listed records in the order in which they were listed.
///
/// Records never change once listed, so each is written once. Full segments are shared with the
/// answers under way: taking the whole list costs a pointer for every 128 records.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    full: Vec<Arc<str>>,
    open: String,
    records: usize,
    latest: Option<OffsetDateTime>,
}

impl Listing {
    pub(super) fn push(&mut self, start: OffsetDateTime, record: &str) {
        if !self.records.is_multiple_of(SEGMENT) {
            self.open.push(',');
        }
        self.open.push_str(record);
        self.records += 1;
        if self.records.is_multiple_of(SEGMENT) {
            self.full.push(std::mem::take(&mut self.open).into());
        }
        self.latest = self.latest.max(Some(start));
    }

    pub(super) fn len(&self) -> usize {
        self.records
    }

    /// Returns the latest start of all, whenever it was listed.
    pub(super) fn latest(&self) -> Option<OffsetDateTime> {
        self.latest
    }

    pub(super) fn page(&self) -> Page {
        let Self { full, open, records, .. } = self;
        Page { full: full.clone(), open: open.clone(), records: *records }
    }
}

/// The whole list at one moment, not yet put together.
#[derive(Debug, Clone)]
pub struct Page {
    full: Vec<Arc<str>>,
    open: String,
    records: usize,
}

impl Page {
    /// Returns the number of records.
    ///
    /// ```
    /// # use ringback_impactpbx::ImpactPbx;
    /// # let mock = ImpactPbx::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|pbx| pbx.page().total()) > Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn total(&self) -> usize {
        self.records
    }

    /// Puts the text of the answer together.
    ///
    /// ```
    /// # use ringback_impactpbx::ImpactPbx;
    /// # let mock = ImpactPbx::builder().frozen_clock().build()?;
    /// let body = mock.demo().read(|pbx| pbx.page().into_body()).unwrap_or_default();
    /// assert!(body.starts_with(br#"{"total":"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_body(self) -> Vec<u8> {
        let Self { full, open, records } = self;
        let head = format!(r#"{{"total":{records},"data":["#);
        let length = full.iter().map(|segment| segment.len() + 1).sum::<usize>() + open.len();
        let mut body = Vec::with_capacity(head.len() + length + 2);
        body.extend_from_slice(head.as_bytes());
        let open = (!open.is_empty()).then_some(open.as_str());
        for (place, segment) in full.iter().map(AsRef::as_ref).chain(open).enumerate() {
            if place > 0 {
                body.push(b',');
            }
            body.extend_from_slice(segment.as_bytes());
        }
        body.extend_from_slice(b"]}");
        body
    }
}

#[cfg(test)]
mod tests;
