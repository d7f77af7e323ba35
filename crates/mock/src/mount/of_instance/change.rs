//! Opening, removing and resetting accounts.

use std::sync::Arc;

use crate::{
    AccountId, ControlError, ControlRefused, ExecuteError, Instance, OpenRefused, Remove,
    RemoveRefused, Vendor, mount::AccountChange,
};

/// Changes an account, and returns which; `None` if it is not there.
pub(super) async fn change<V: Vendor>(
    instance: &Arc<Instance<V>>,
    change: AccountChange,
) -> Result<Option<AccountId>, ControlError> {
    let conflict = |why: String| ControlError::from(ControlRefused::Conflict(why));
    match change {
        AccountChange::Open(credential) => {
            let open = instance.opening(credential, true);
            let opened = instance.engine().execute(open).await.map_err(ExecuteError::from)?;
            let refused = |refused: OpenRefused| conflict(refused.to_string());
            opened.map(Some).map_err(refused)
        }
        AccountChange::Remove(id) => {
            let removed = instance.engine().execute(Remove(id)).await;
            match removed.map_err(ExecuteError::from)? {
                Ok(()) => {
                    instance.delivery_bench().chaos.set(Some(id), None);
                    Ok(Some(id))
                }
                Err(RemoveRefused::Unknown) => Ok(None),
                Err(refused @ RemoveRefused::Demo) => Err(conflict(refused.to_string())),
            }
        }
        AccountChange::Reset(id) => {
            let reset = instance.engine().execute(instance.resetting(id)).await;
            Ok(reset.map_err(ExecuteError::from)?.map(|()| id))
        }
    }
}
