//! Every result code and what it says. vendors/mango.md, 5.3

/// Says in a few words what a result code means.
///
/// A code that is not in the table is to be read as its class: 2219 as 2210, that as 2200, that as
/// 2000.
pub(crate) fn words(code: u16) -> &'static str {
    let exact = |code| {
        let place = WORDS.binary_search_by_key(&code, |(known, _)| *known).ok()?;
        WORDS.get(place).map(|(_, words)| *words)
    };
    let classes = [1, 10, 100, 1000].into_iter().map(|class| code - code % class);
    { classes }.find_map(exact).unwrap_or("unknown result")
}

/// The codes in ascending order.
const WORDS: &[(u16, &str)] = &[
    (1000, "done"),
    (1001, "done, with a remark"),
    (1100, "call ended normally"),
    (1110, "caller hung up"),
    (1111, "no answer in time"),
    (1120, "callee hung up"),
    (1121, "busy"),
    (1122, "declined by callee"),
    (1123, "do-not-disturb signal"),
    (1124, "employee unavailable"),
    (1125, "operator stopped the campaign task"),
    (1130, "restriction on the called number"),
    (1131, "called number unavailable"),
    (1132, "called number not served"),
    (1133, "called number does not exist"),
    (1134, "too many redirections"),
    (1135, "forwarding forbidden"),
    (1140, "region forbidden by settings"),
    (1150, "restriction on the calling number"),
    (1151, "caller is on the black list"),
    (1152, "caller is not on the white list"),
    (1160, "group call failed"),
    (1161, "hold forbidden"),
    (1162, "hold queue full"),
    (1163, "waited too long in hold queue"),
    (1164, "no operator available"),
    (1170, "ended by the routing scheme"),
    (1171, "routing scheme misconfigured"),
    (1180, "ended by a user's command"),
    (1181, "ended by the external system's command"),
    (1182, "picked up by another operator"),
    (1183, "a new operator was assigned"),
    (1190, "called number inactive"),
    (1191, "called number deactivated"),
    (1192, "called number inactive by schedule"),
    (1193, "callee busy and set to auto-reject"),
    (2000, "billing restriction"),
    (2100, "account problem"),
    (2110, "no access to the account"),
    (2120, "account blocked"),
    (2130, "account closed"),
    (2140, "account frozen"),
    (2200, "access limited"),
    (2210, "limit of the period reached"),
    (2220, "too many simultaneous calls or actions"),
    (2230, "service unavailable"),
    (2240, "not enough money"),
    (2250, "usage cap reached"),
    (2300, "direction blocked"),
    (2400, "billing error"),
    (3000, "bad request"),
    (3100, "wrong command parameters"),
    (3101, "method is not POST"),
    (3102, "sign mismatch"),
    (3103, "required parameter missing"),
    (3104, "parameter in a wrong format"),
    (3105, "wrong access key"),
    (3106, "value already in use"),
    (3107, "invalid quantity or attribute"),
    (3108, "value too small"),
    (3109, "value too large"),
    (3110, "confirmation differs"),
    (3111, "from/to dates wrong"),
    (3112, "e-mail address problem"),
    (3120, "password problem"),
    (3121, "bad SIP login"),
    (3122, "bad SIP domain"),
    (3123, "exactly one of the parameters needed"),
    (3124, "line not usable as outgoing"),
    (3125, "parameters must come together"),
    (3126, "loop in the IVR scheme"),
    (3127, "bad auth token"),
    (3128, "bad URL"),
    (3129, "bad audio channels"),
    (3130, "password problem"),
    (3135, "one of the parameters needed"),
    (3136, "bad number format"),
    (3137, "password problem"),
    (3200, "wrong subscriber number"),
    (3300, "object does not exist"),
    (3310, "call not found"),
    (3320, "recording not found"),
    (3330, "number not found at PBX or employee"),
    (3340, "file not found"),
    (3400, "malformed JSON"),
    (3503, "search request too big"),
    (4000, "action impossible"),
    (4001, "command not supported"),
    (4002, "recording too short, not kept"),
    (4100, "not possible by PBX logic"),
    (4101, "call ended or unknown"),
    (4102, "already recording"),
    (4104, "too many redirections"),
    (4200, "subscriber unreachable now"),
    (4290, "too many requests"),
    (4300, "SMS not sent"),
    (4301, "SMS expired"),
    (4391, "SMS lost by the carrier"),
    (4392, "SMS rejected by the carrier"),
    (4393, "SMS cancelled by the carrier"),
    (4400, "conference problem"),
    (4500, "security restriction"),
    (4501, "call rate too high"),
    (4502, "caller on inbound black list"),
    (4503, "file too big"),
    (5000, "server error"),
    (5001, "server overload"),
    (5002, "server restart"),
    (5003, "server technical failure"),
    (5004, "server database failure"),
    (5101, "no contact-centre product"),
    (5102, "active-campaign cap reached"),
    (5103, "campaign cap reached"),
    (5104, "bad parameter mix"),
    (5105, "created_by unknown"),
    (5106, "campaign status forbids it"),
    (5107, "task cap reached"),
    (5108, "active-task cap reached"),
    (5109, "duplicate numbers"),
    (5110, "task start failed"),
    (5111, "task status forbids it"),
    (5112, "campaign cap reached"),
    (5113, "total task cap reached"),
    (5200, "service off, or object in use"),
    (5212, "no active number"),
    (5221, "black/white-list service off or employee cap reached"),
    (5222, "black/white-list cap reached"),
    (5228, "employee cap reached"),
    (5300, "address-book service off"),
    (5301, "bad source type"),
    (5302, "robot employee"),
    (6000, "fax problem"),
];

#[cfg(test)]
mod tests {
    use super::{WORDS, words};

    #[test]
    fn every_code_is_found() {
        assert!(WORDS.is_sorted_by(|(code, _), (next, _)| code < next));
    }

    #[test]
    fn a_code_without_words_of_its_own_is_read_as_its_class() {
        assert_eq!(words(3300), "object does not exist");
        assert_eq!(words(2219), words(2210));
        assert_eq!(words(2230 + 9), words(2230));
        assert_eq!(words(2199), words(2100));
        assert_eq!(words(9999), "unknown result");
    }
}
