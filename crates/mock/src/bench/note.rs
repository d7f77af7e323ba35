//! What is learnt of a request while its handler runs: whose it is, which commands it executed, why it
//! was refused. It is at hand wherever the handler is, so that no vendor has to carry it about.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_util::future::LocalBoxFuture;

use crate::AccountId;

/// The steps of which one refuses a request.
pub(crate) const STEPS: [&str; 7] =
    ["routing", "body", "auth", "parameters", "rule", "limit", "engine"];

/// Why a vendor refuses a request, for people who look for their mistake. What goes over the wire is
/// the vendor's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which step refused it: `routing`, `body`, `auth`, `parameters`, `rule`, `limit` or `engine`.
    pub step: &'static str,
    /// The parameter, header or part of the path to blame, if it is one.
    pub field: Option<String>,
    /// What is wrong.
    pub detail: String,
    /// The nearest right value, if there is one.
    pub nearest: Option<String>,
}

impl Refusal {
    /// Says which step refused, and why.
    pub fn new(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, field: None, detail: detail.into(), nearest: None }
    }

    /// Says what is to blame.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Finds the nearest right value to what was given.
    #[must_use]
    pub fn nearest(mut self, given: &str, known: &[&str]) -> Self {
        self.nearest = crate::nearest(given, known).map(str::to_owned);
        self
    }

    /// Notes it with the request whose handler runs; the first that is noted counts. Outside a handler
    /// nothing happens.
    pub fn note(self) {
        with(|note| {
            note.refusal.borrow_mut().get_or_insert(self);
        });
    }
}

/// What is learnt of one request.
#[derive(Debug, Default)]
pub(crate) struct RequestNote {
    account: Cell<Option<AccountId>>,
    /// Whether the account is that of a credential, and not only one that was looked into.
    is_admitted: Cell<bool>,
    commands: RefCell<Vec<u64>>,
    refusal: RefCell<Option<Refusal>>,
}

/// So many commands of one request are noted.
const COMMANDS: usize = 64;

thread_local! {
    static CURRENT: RefCell<Option<Rc<RequestNote>>> = const { RefCell::new(None) };
}

fn with(change: impl FnOnce(&RequestNote)) {
    CURRENT.with_borrow(|current| {
        if let Some(note) = current {
            change(note);
        }
    });
}

/// Notes the account of a credential.
pub(crate) fn admitted(account: AccountId) {
    with(|note| {
        note.account.set(Some(account));
        note.is_admitted.set(true);
    });
}

/// Notes an account whose world is read or changed.
pub(crate) fn touched(account: AccountId) {
    with(|note| {
        if note.account.get().is_none() {
            note.account.set(Some(account));
        }
    });
}

/// Notes a command.
pub(crate) fn executed(account: AccountId, number: u64) {
    touched(account);
    with(|note| {
        let mut commands = note.commands.borrow_mut();
        if commands.len() < COMMANDS {
            commands.push(number);
        }
    });
}

impl RequestNote {
    pub(crate) fn account(&self) -> Option<AccountId> {
        self.account.get()
    }

    pub(crate) fn take(&self) -> (Vec<u64>, Option<Refusal>) {
        (self.commands.take(), self.refusal.take())
    }

    /// Does something as the handler of this request.
    pub(crate) fn within<R>(self: &Rc<Self>, act: impl FnOnce() -> R) -> R {
        let before = CURRENT.replace(Some(Rc::clone(self)));
        let result = act();
        CURRENT.set(before);
        result
    }
}

/// The handler of a request with its note.
pub(crate) struct Noting<'a, T> {
    pub(crate) note: Rc<RequestNote>,
    pub(crate) handler: LocalBoxFuture<'a, T>,
}

impl<T> Future for Noting<'_, T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Self { note, handler } = self.get_mut();
        note.within(|| handler.as_mut().poll(context))
    }
}
