//! A user's export as it comes: CSV with a header line, JSON, or lines of JSON.

use serde_json::Value;

/// The most rows of an export.
pub(crate) const ROWS: usize = 100_000;

/// The most bytes of a value that are read.
const VALUE: usize = 512;

/// One row of an export, as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its number, counted from 1, without the header line.
    pub(crate) number: usize,
    pub(crate) id: Option<String>,
    pub(crate) start: Option<String>,
    pub(crate) duration: Option<String>,
    pub(crate) talk: Option<String>,
    pub(crate) status: Option<String>,
}

/// Why an export cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unread {
    #[error("the body is empty: an export as CSV or JSON is wanted")]
    Empty,
    #[error("the body is not JSON: {0}")]
    Json(String),
    #[error("the body is not CSV: {0}")]
    Csv(String),
    #[error("a list of objects is wanted, or an object with one")]
    Shape,
    #[error("no column says which call it is: there are {0}")]
    NoId(String),
    #[error("more than {ROWS} rows")]
    TooMany,
}

/// The rows, and the names of columns that say nothing that is looked at.
pub(crate) type Table = (Vec<Row>, Vec<String>);

/// What a column says, and the names that say so: in letters and digits alone.
const COLUMNS: [(Column, &[&str]); 5] = [
    (
        Column::Id,
        &[
            "id",
            "callid",
            "call",
            "uuid",
            "uniqueid",
            "entryid",
            "sipcallid",
            "phonecallid",
            "callsid",
            "linkedid",
            "calluuid",
            "externalid",
            "remotecallid",
            "vendorid",
        ],
    ),
    (
        Column::Start,
        &[
            "start",
            "started",
            "startedat",
            "starttime",
            "timestarted",
            "callstart",
            "startat",
            "begin",
            "beganat",
            "created",
            "createdat",
            "createtime",
            "createdtime",
            "calldate",
            "contextstarttime",
            "date",
            "datetime",
            "time",
            "timestamp",
        ],
    ),
    (
        Column::Duration,
        &[
            "duration",
            "seconds",
            "length",
            "callduration",
            "durationseconds",
            "totalduration",
            "totalseconds",
            "durationsec",
            "total",
        ],
    ),
    (
        Column::Talk,
        &[
            "billsec",
            "talk",
            "talktime",
            "talkseconds",
            "talkduration",
            "billable",
            "billseconds",
            "billableseconds",
            "conversation",
            "talksec",
        ],
    ),
    (
        Column::Status,
        &[
            "status",
            "state",
            "result",
            "disposition",
            "callstatus",
            "outcome",
            "cause",
            "hangupcause",
            "contextstatus",
            "entryresult",
            "answered",
        ],
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    Start,
    Duration,
    Talk,
    Status,
}

impl Column {
    /// Finds what a column says by its name, and how well the name fits: a lower number is better.
    fn named(name: &str) -> Option<(Self, usize)> {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        COLUMNS.iter().find_map(|(column, names)| {
            names.iter().position(|known| *known == letters).map(|place| (*column, place))
        })
    }
}

impl Row {
    fn set(&mut self, column: Column, value: String) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let value = value.chars().take(VALUE).collect();
        let place = match column {
            Column::Id => &mut self.id,
            Column::Start => &mut self.start,
            Column::Duration => &mut self.duration,
            Column::Talk => &mut self.talk,
            Column::Status => &mut self.status,
        };
        *place = Some(value);
    }
}

/// Reads an export.
pub(crate) fn read(body: &[u8]) -> Result<Table, Unread> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Unread::Empty),
        Some(b'[' | b'{') => json(body),
        Some(_) => csv(body),
    }
}

fn json(body: &[u8]) -> Result<Table, Unread> {
    let mut stream = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    let mut values = Vec::new();
    for value in stream.by_ref() {
        values.push(value.map_err(|error| Unread::Json(error.to_string()))?);
        if values.len() > ROWS {
            return Err(Unread::TooMany);
        }
    }
    let is_row = |value: &Value| {
        value.as_object().is_some_and(|fields| {
            fields.keys().any(|name| matches!(Column::named(name), Some((Column::Id, _))))
        })
    };
    let items = match values.as_slice() {
        [Value::Array(items)] => items.clone(),
        // `{"calls": [...]}`, whatever the list is called.
        [Value::Object(fields)] if !is_row(&Value::Object(fields.clone())) => {
            let mut lists = fields.values().filter_map(Value::as_array);
            match (lists.next(), lists.next()) {
                (Some(items), None) => items.clone(),
                _ => return Err(Unread::Shape),
            }
        }
        _ => values,
    };
    if items.len() > ROWS {
        return Err(Unread::TooMany);
    }
    let objects: Option<Vec<_>> = items.iter().map(Value::as_object).collect();
    let objects = objects.ok_or(Unread::Shape)?;
    let mut names: Vec<String> = Vec::new();
    for name in objects.iter().flat_map(|fields| fields.keys()) {
        if names.len() < 100 && !names.contains(name) {
            names.push(name.clone());
        }
    }
    let (columns, ignored) = columns(&names)?;
    let rows = (1..).zip(&objects).map(|(number, fields)| {
        let mut row = Row { number, ..Row::default() };
        for (name, column) in names.iter().zip(&columns) {
            let (Some(column), Some(value)) = (column, fields.get(name)) else { continue };
            match value {
                Value::Null | Value::Array(_) | Value::Object(_) => {}
                Value::String(text) => row.set(*column, text.clone()),
                Value::Bool(_) | Value::Number(_) => row.set(*column, value.to_string()),
            }
        }
        row
    });
    Ok((rows.collect(), ignored))
}

fn csv(body: &[u8]) -> Result<Table, Unread> {
    let head = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| head.iter().filter(|byte| **byte == wanted).count();
    let delimiter = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|sign| count(*sign));
    let mut reader = ::csv::ReaderBuilder::new();
    reader.delimiter(delimiter.unwrap_or(b',')).flexible(true);
    let mut reader = reader.from_reader(body);
    let failed = |error: ::csv::Error| Unread::Csv(error.to_string());
    let names = reader.headers().map_err(failed)?.iter().map(str::to_owned).collect::<Vec<_>>();
    let (columns, ignored) = columns(&names)?;
    let mut rows = Vec::new();
    for (number, record) in (1..).zip(reader.records()) {
        if number > ROWS {
            return Err(Unread::TooMany);
        }
        let record = record.map_err(failed)?;
        let mut row = Row { number, ..Row::default() };
        for (value, column) in record.iter().zip(&columns) {
            if let Some(column) = column {
                row.set(*column, value.to_owned());
            }
        }
        rows.push(row);
    }
    Ok((rows, ignored))
}

/// Returns what each column says, and the names of those that say nothing here. Of several that could
/// say the same the best known name is taken.
fn columns(names: &[String]) -> Result<(Vec<Option<Column>>, Vec<String>), Unread> {
    let found: Vec<Option<(Column, usize)>> =
        names.iter().map(|name| Column::named(name)).collect();
    let is_best = |column: Column, place: usize| {
        let others = found.iter().flatten().filter(|(other, _)| *other == column);
        others.map(|(_, place)| *place).min() == Some(place)
    };
    let mut taken: Vec<Column> = Vec::new();
    let mut columns = Vec::with_capacity(names.len());
    for known in &found {
        let column =
            known.filter(|(column, place)| is_best(*column, *place) && !taken.contains(column));
        taken.extend(column.map(|(column, _)| column));
        columns.push(column.map(|(column, _)| column));
    }
    if !taken.contains(&Column::Id) {
        let names: Vec<&str> = names.iter().take(20).map(String::as_str).collect();
        return Err(Unread::NoId(names.join(", ")));
    }
    let ignored = names.iter().zip(&columns).filter(|(_, column)| column.is_none());
    Ok((columns.clone(), ignored.map(|(name, _)| name.clone()).collect()))
}
