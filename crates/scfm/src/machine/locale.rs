//! What people and places of Cambodia are called: a locale that `fake` does not have of its own.

use fake::locales::Data;

/// Khmer names in Latin letters.
#[derive(Clone, Copy)]
pub(super) struct KmKh;

impl Data for KmKh {
    const NAME_FIRST_NAME: &'static [&'static str] = &[
        "Sokha", "Dara", "Bopha", "Chanthou", "Kosal", "Maly", "Nary", "Phirun", "Pisey", "Rith",
        "Sambath", "Sophea", "Srey", "Thida", "Veasna", "Vuthy", "Kunthea", "Makara", "Nimol",
        "Ponleak", "Rachana", "Samnang", "Sreymom", "Vichea",
    ];

    const NAME_LAST_NAME: &'static [&'static str] =
        &["Chan", "Chea", "Heng", "Keo", "Kim", "Lim", "Ly", "Mao", "Prak", "Sok", "Tan", "Yim"];

    /// Provinces, and towns on the border.
    const ADDRESS_STATE: &'static [&'static str] = &[
        "Battambang",
        "Bavet",
        "Kampong Cham",
        "Kampong Chhnang",
        "Kampong Speu",
        "Kampong Thom",
        "Kampot",
        "Kandal",
        "Koh Kong",
        "Kratie",
        "Mondulkiri",
        "Oddar Meanchey",
        "Pailin",
        "Phnom Penh",
        "Poipet",
        "Preah Sihanouk",
        "Preah Vihear",
        "Prey Veng",
        "Pursat",
        "Ratanakiri",
        "Siem Reap",
        "Stung Treng",
        "Svay Rieng",
        "Takeo",
    ];
}
