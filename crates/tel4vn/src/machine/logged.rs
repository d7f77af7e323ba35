//! Every command, as the log stores it.

use ringback_mock::OutboxCommand;

use super::{
    AddHook, Autocall, ChangeExtension, ClickToCall, CreateExtension, DeleteExtension, Edit,
    IssueToken, Operate, Park, Pbx, RemoveHook, Supervise, Transfer,
};

ringback_engine::logged! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {
        /// As [`IssueToken`].
        IssueToken(IssueToken),
        /// As [`ClickToCall`].
        ClickToCall(ClickToCall),
        /// As [`Transfer`].
        Transfer(Transfer),
        /// As [`Supervise`].
        Supervise(Supervise),
        /// As [`Park`].
        Park(Park),
        /// As [`AddHook`].
        AddHook(AddHook),
        /// As [`RemoveHook`].
        RemoveHook(RemoveHook),
        /// As [`CreateExtension`].
        CreateExtension(CreateExtension),
        /// As [`ChangeExtension`].
        ChangeExtension(ChangeExtension),
        /// As [`DeleteExtension`].
        DeleteExtension(DeleteExtension),
        /// As [`Edit`].
        Edit(Edit),
        /// As [`Autocall`].
        Autocall(Autocall),
        /// As [`Operate`].
        Operate(Operate),
        /// As [`OutboxCommand`].
        Outbox(OutboxCommand),
    }
}
