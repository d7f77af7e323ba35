//! What an endpoint takes: its parameters as data, from which pages, documents and tests are made.
//!
//! ```
//! use ringback_mock::Param;
//!
//! const TRANSFER: &[Param] = &[
//!     Param::json("ext").required().note("who takes over"),
//!     Param::json("legs").one_of(&["aleg", "bleg"]).required(),
//! ];
//! ```

/// One parameter of an endpoint: optional and of plain text unless its table says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param {
    /// Its name, with those around it: `from.number` is within `from`, `tasks[].number` within every
    /// item of `tasks`. In a query or a form the same is written `from[number]`.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What it may be.
    pub kind: Kind,
    /// Whether a request without it is refused; within an object that is not there nothing is.
    pub required: bool,
    /// Another parameter that does as well, of those that are required.
    pub instead: Option<&'static str>,
    /// What counts when it is not given.
    pub default: Option<&'static str>,
    /// What the name does not say; empty where it says all.
    pub note: &'static str,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path. A `{name}` of a path that no table describes is a text.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// In a form, urlencoded or multipart.
    Form,
    /// In a JSON body.
    Json,
    /// In a JSON text that this field of a form holds.
    Within(&'static str),
    /// In the query string, a form or a JSON body, as the client likes.
    Anywhere,
    /// It is the body itself.
    Body,
}

/// What a parameter may be.
///
/// A number is as good as the text of it everywhere, and a text of digits as good as the number;
/// null is not there. So does every vendor read, and no kind says it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A yes or no; `1`, `0` and the words are as good.
    Flag,
    /// A moment written as one of these patterns, which stand with ` or ` between them: `YYYY-MM-DD
    /// hh:mm:ss`. Without a pattern its note says how.
    Moment(&'static str),
    /// A day, written as [`Kind::Moment`] says.
    Date(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list; one item that stands alone is as good.
    List(&'static Kind),
    /// An object. Where no table describes what is in it, that may be anything.
    Object,
    /// A file of a multipart form.
    File,
}

impl Param {
    /// An optional text.
    const fn new(name: &'static str, place: Place) -> Self {
        let (instead, default) = (None, None);
        Self { name, place, kind: Kind::Text, required: false, instead, default, note: "" }
    }

    /// A parameter of the path: required, as every one of them.
    pub const fn path(name: &'static str) -> Self {
        Self::new(name, Place::Path).required()
    }

    /// A parameter of the query string.
    pub const fn query(name: &'static str) -> Self {
        Self::new(name, Place::Query)
    }

    /// A header.
    pub const fn header(name: &'static str) -> Self {
        Self::new(name, Place::Header)
    }

    /// A field of a form.
    pub const fn form(name: &'static str) -> Self {
        Self::new(name, Place::Form)
    }

    /// A field of a JSON body.
    pub const fn json(name: &'static str) -> Self {
        Self::new(name, Place::Json)
    }

    /// A field of the JSON text in a field of a form.
    pub const fn within(field: &'static str, name: &'static str) -> Self {
        Self::new(name, Place::Within(field))
    }

    /// A parameter of the query string, a form or a JSON body.
    pub const fn anywhere(name: &'static str) -> Self {
        Self::new(name, Place::Anywhere)
    }

    /// The body itself, whatever is in it.
    pub const fn body(note: &'static str) -> Self {
        Self::new("", Place::Body).any().note(note)
    }

    /// The same, but of this kind.
    #[must_use]
    pub const fn of(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The same, but anything.
    #[must_use]
    pub const fn any(self) -> Self {
        self.of(Kind::Any)
    }

    /// The same, but a whole number.
    #[must_use]
    pub const fn integer(self) -> Self {
        self.of(Kind::Integer)
    }

    /// The same, but a number.
    #[must_use]
    pub const fn number(self) -> Self {
        self.of(Kind::Number)
    }

    /// The same, but a yes or no.
    #[must_use]
    pub const fn flag(self) -> Self {
        self.of(Kind::Flag)
    }

    /// The same, but a moment of such a pattern.
    #[must_use]
    pub const fn moment(self, pattern: &'static str) -> Self {
        self.of(Kind::Moment(pattern))
    }

    /// The same, but a day of such a pattern.
    #[must_use]
    pub const fn date(self, pattern: &'static str) -> Self {
        self.of(Kind::Date(pattern))
    }

    /// The same, but one of these words.
    #[must_use]
    pub const fn one_of(self, words: &'static [&'static str]) -> Self {
        self.of(Kind::OneOf(words))
    }

    /// The same, but a list of this kind.
    #[must_use]
    pub const fn list(self, items: &'static Kind) -> Self {
        self.of(Kind::List(items))
    }

    /// The same, but an object.
    #[must_use]
    pub const fn object(self) -> Self {
        self.of(Kind::Object)
    }

    /// The same, but required.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, but required unless another one is there.
    #[must_use]
    pub const fn unless(mut self, instead: &'static str) -> Self {
        self.instead = Some(instead);
        self.required()
    }

    /// The same, with what counts when it is not given.
    #[must_use]
    pub const fn default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// The same, with what its name does not say.
    #[must_use]
    pub const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }

    /// Returns whether it may stand in such a place.
    pub fn stands_in(&self, place: Place) -> bool {
        let is_any = self.place == Place::Anywhere;
        self.place == place || is_any && matches!(place, Place::Query | Place::Form | Place::Json)
    }

    /// Joins tables into one, in a constant: [`joined!`](crate::joined) counts for it.
    #[doc(hidden)]
    #[expect(clippy::indexing_slicing, reason = "the compiler evaluates it, and would refuse it")]
    pub const fn join<const N: usize>(tables: &[&[Self]]) -> [Self; N] {
        let (mut all, mut next, mut table) = ([Self::body(""); N], 0, 0);
        while table < tables.len() {
            let mut row = 0;
            while row < tables[table].len() {
                all[next] = tables[table][row];
                next += 1;
                row += 1;
            }
            table += 1;
        }
        all
    }
}

/// Joins tables of parameters into one, in a constant: for what several endpoints share.
///
/// ```
/// use ringback_mock::{Param, joined};
///
/// const PAGE: &[Param] = &[Param::query("limit").integer(), Param::query("offset").integer()];
/// const CALLS: &[Param] = joined!(PAGE, &[Param::query("status")]);
///
/// assert_eq!(CALLS.len(), 3);
/// ```
#[macro_export]
macro_rules! joined {
    ($($table:expr),+ $(,)?) => {
        &$crate::Param::join::<{ 0 $(+ { const TABLE: &[$crate::Param] = $table; TABLE.len() })+ }>(&[$($table),+])
    };
}

/// One of the operations that share an endpoint: which of them a request is, one of its parameters
/// says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// The parameter that says it.
    pub param: &'static str,
    /// What it says.
    pub value: &'static str,
    /// What the operation takes beside what the endpoint takes.
    pub accepts: &'static [Param],
}

impl Variant {
    /// An operation that requests ask for by the value of a parameter.
    pub const fn new(param: &'static str, value: &'static str, accepts: &'static [Param]) -> Self {
        Self { param, value, accepts }
    }
}
