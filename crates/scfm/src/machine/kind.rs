//! Which records a path is about.

/// The kinds of records, as the paths name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Contact,
    Callout,
    Population,
    Batch,
    Participation,
    PhoneCall,
    RemoteEvent,
}

/// Whose records are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    All,
    Contact,
    Callout,
    Population,
    PopulationPreview,
    Participation,
    PhoneCall,
    RemoteEvent,
    Batch,
    BatchPreview,
}
