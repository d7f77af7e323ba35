use serde_json::json;

use super::{Done, Seen, Step, write};
use crate::mcp::args::{Language, Whose};

#[test]
fn each_inbox_has_one_variable_that_is_given_once() {
    let whose = Whose { vendor: "mango".to_owned(), account: None };
    let steps = ["crm", "crm", "CRM!"].map(|name| Step {
        whose: Some(whose.clone()),
        done: Done::Inbox { name: name.to_owned(), plan: Vec::new(), then: json!(200) },
        cursor: 0,
    });
    let messages = vec![("CRM!".to_owned(), vec!["/__inbox/CRM!".to_owned()])];
    let seen = Seen { messages, ..Seen::default() };
    let source = write(Language::Javascript, &whose, "it", &steps, &seen);
    let lines: Vec<&str> = source.lines().filter(|line| line.contains("inbox")).collect();
    assert_eq!(
        lines,
        [
            "  const inbox_crm = await mango.inbox(\"crm\");",
            "  await mango.inbox(\"crm\");",
            "  const inbox_crm_2 = await mango.inbox(\"CRM!\");",
            "  await inbox_crm_2.verify({ path: \"/__inbox/CRM!\" }, { times: 1 });",
        ]
    );
}
