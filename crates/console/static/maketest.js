// "Make this a test": what was done to a call, written as a test that does it again and looks at how it ends.

import { get, Problem, e } from './api.js';
import { python, rust } from './actions.js';
import { copy, dialog, h, put } from './dom.js';
import { ms, number } from './text.js';

const round = (seconds) => Math.round(seconds * 1e6) / 1e6;

/** What has to be there before the call, in an account of its own. */
async function props(call) {
  const found = [];
  const numbers = [...new Set([call.from, call.to, ...call.legs.map((leg) => leg.party)].map(number))];
  for (const one of numbers) {
    for (const kind of ['services', 'extensions']) {
      try {
        const known = await get(`/${kind}/${e(one)}`, { vendor: call.vendor, account: call.account });
        found.push({ method: 'PUT', path: `/${kind}/${e(one)}`,
          body: kind === 'services' ? { kind: known.kind } : { registered: known.registered, do_not_disturb: known.do_not_disturb } });
        break;
      } catch (error) { if (!(error instanceof Problem)) throw error; }
    }
  }
  return found;
}

const calledBy = (call) => call.legs.find((leg) => leg.side === 'b' && leg.role === 'talks')?.leg ?? 1;

/**
 * The steps of a call as it went: who does what when, by its timeline. People who picked up, held, pressed keys
 * and hung up are driven by hand, so that nothing depends on what a seed draws.
 */
export function steps(call) {
  const begin = ms(call.created_at);
  const done = [];
  const push = (event, verb, body) => done.push({ after: round((ms(event.at) - begin) / 1000), verb, body });
  const isService = call.to.kind === 'service';
  const service = new Set(call.legs.filter((leg) => leg.party.kind === 'service').map((leg) => leg.leg));
  const rang = new Set();
  let transferred = false;
  for (const event of call.timeline) {
    switch (event.event) {
      case 'leg_ringing':
        if (service.has(event.leg) || rang.has(event.leg)) break;
        rang.add(event.leg);
        // Of a phone that the dialled behaviour does not cover.
        if (isService || transferred || event.leg > 1) push(event, 'take_over', { leg: event.leg });
        break;
      case 'leg_answered':
        if (event.leg > 0 && !service.has(event.leg) && rang.has(event.leg)) push(event, 'answer', { leg: event.leg });
        break;
      case 'leg_held': push(event, 'hold', { leg: event.leg }); break;
      case 'leg_resumed': push(event, 'resume', { leg: event.leg }); break;
      case 'dtmf': push(event, 'dtmf', { leg: event.leg, digits: event.digits }); break;
      case 'recording_started': case 'recording_stopped': case 'supervision_changed': case 'leg_created': case 'leg_ended': break;
      case 'call_transferred': {
        const stays = call.legs.find((leg) => leg.leg === event.leg), rung = call.legs.find((leg) => leg.leg === event.to_leg);
        if (stays?.side && rung) { push(event, 'transfer', { moved: stays.side, to: rung.party.number }); transferred = true; }
        break;
      }
    }
  }
  const ended = call.timeline.find((event) => event.event === 'call_ended');
  if (ended) {
    const cause = ended.cause;
    const last = [...call.timeline].reverse().find((event) => event.event === 'leg_ended' && event.cause === cause);
    if (call.answered_at) push(ended, 'hang_up', { leg: last?.leg ?? 0 });
    else if (cause === 'CALL_REJECTED') push(ended, 'reject', { leg: calledBy(call) });
    else if (cause === 'ORIGINATOR_CANCEL') push(ended, 'hang_up', { leg: 'a' });
    else done.push({ after: round((ms(ended.at) - begin) / 1000) });
  }
  return done;
}

/** What decides the call where nobody drives it. */
function behaviour(call) {
  if (call.to.kind === 'service') return undefined;
  const cause = call.cause;
  const ringing = call.timeline.find((event) => event.event === 'leg_ringing' && event.leg > 0);
  const seconds = (from, to) => round((ms(to) - ms(from)) / 1000);
  const setup = ringing ? seconds(call.created_at, ringing.at) : 0;
  const ring = ringing && call.ended_at ? seconds(ringing.at, call.ended_at) : 0;
  const more = { ...(setup > 0 ? { setup } : {}), ring };
  if (call.answered_at || !cause || ['CALL_REJECTED', 'ORIGINATOR_CANCEL'].includes(cause)) return { outcome: 'manual', ...(setup > 0 ? { setup } : {}) };
  if (cause === 'USER_BUSY') return { outcome: 'busy', ...more };
  if (cause === 'NO_ANSWER') return { outcome: 'no_answer', ...more };
  return { outcome: { fail: cause }, ...more };
}

const slug = (call) => `a call from ${number(call.from)} to ${number(call.to)} ${call.cause ? `ends with ${call.cause}` : 'is made again'}`;
const name = (call) => slug(call).replace(/[^a-zA-Z0-9]+/g, '_').toLowerCase().replace(/^_|_$/g, '');

/** Everything that the three languages write down. */
export async function plan(call) {
  const done = steps(call);
  const dial = { from: number(call.from), to: number(call.to) };
  const how = behaviour(call);
  if (how) dial.behaviour = how;
  // A call from outside goes to the exchange's own number, or straight to the phone.
  if (call.direction === 'inbound' && call.to.kind === 'extension' && !call.line) dial.direct = true;
  const wanted = { state: call.state, direction: call.direction };
  if (call.cause) wanted.cause = call.cause;
  if (call.ended_at) wanted.seconds = round((ms(call.ended_at) - ms(call.created_at)) / 1000);
  if (call.answered_at && call.ended_at) wanted.talked = round((ms(call.ended_at) - ms(call.answered_at)) / 1000);
  return { call, name: name(call), title: slug(call), vendor: call.vendor, props: await props(call), dial, steps: done, wanted };
}

/** Where a step goes: jumps between moments, and what is done at each. */
function* script({ steps: all }) {
  let at = 0;
  for (const { after, verb, body } of all) {
    if (after > at) { yield { jump: round(after - at) }; at = after; }
    if (verb) yield { verb, body };
  }
}

const asPytest = (made) => `import json
import os
import urllib.request
from datetime import datetime

RINGBACK = os.environ.get("RINGBACK_URL", ${JSON.stringify(location.origin)})
ACCOUNT = "test-${made.call.id}-py"


def ask(method, path, body=None):
    request = urllib.request.Request(
        f"{RINGBACK}/__admin/${made.vendor}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Ringback-Account": ACCOUNT} if not path.startswith("/accounts") else {},
    )
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def seconds(begin, end):
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def test_${made.name}():
    # An account of its own, whose time stands still unless it is moved here.
    ask("PUT", f"/accounts/{ACCOUNT}")
    try:
        ask("POST", "/clock/freeze")
${made.props.map((one) => `        ask("${one.method}", ${JSON.stringify(one.path)}, ${python(one.body)})\n`).join('')}        call = ask("POST", "/calls", ${python(made.dial)})["id"]
${[...script(made)].map((step) => step.jump ? `        ask("POST", "/clock/advance", {"seconds": ${step.jump}})\n` :
    `        ask("POST", f"/calls/{call}/${step.verb}", ${python(step.body)})\n`).join('')}
        call = ask("GET", f"/calls/{call}")
        assert call["state"] == ${JSON.stringify(made.wanted.state)}
        assert call["direction"] == ${JSON.stringify(made.wanted.direction)}
${made.wanted.cause ? `        assert call["cause"] == ${JSON.stringify(made.wanted.cause)}\n` : ''}${made.wanted.seconds != null ? `        assert seconds(call["created_at"], call["ended_at"]) == ${made.wanted.seconds}\n` : ''}${made.wanted.talked != null ? `        assert seconds(call["answered_at"], call["ended_at"]) == ${made.wanted.talked}\n` : ''}    finally:
        ask("DELETE", f"/accounts/{ACCOUNT}")
`;

const asNode = (made) => `import assert from 'node:assert/strict';
import { test } from 'node:test';

const RINGBACK = process.env.RINGBACK_URL ?? ${JSON.stringify(location.origin)};
const ACCOUNT = ${JSON.stringify(`test-${made.call.id}-js`)};

async function ask(method, path, body) {
  const headers = path.startsWith('/accounts') ? {} : { 'ringback-account': ACCOUNT };
  const answer = await fetch(\`\${RINGBACK}/__admin/${made.vendor}\${path}\`, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, \`\${method} \${path}: \${text}\`);
  return text ? JSON.parse(text) : null;
}

const seconds = (begin, end) => (Date.parse(end) - Date.parse(begin)) / 1000;

test(${JSON.stringify(made.title)}, async () => {
  // An account of its own, whose time stands still unless it is moved here.
  await ask('PUT', \`/accounts/\${ACCOUNT}\`);
  try {
    await ask('POST', '/clock/freeze');
${made.props.map((one) => `    await ask('${one.method}', ${JSON.stringify(one.path)}, ${JSON.stringify(one.body)});\n`).join('')}    const { id } = await ask('POST', '/calls', ${JSON.stringify(made.dial)});
${[...script(made)].map((step) => step.jump ? `    await ask('POST', '/clock/advance', { seconds: ${step.jump} });\n` :
    `    await ask('POST', \`/calls/\${id}/${step.verb}\`, ${JSON.stringify(step.body)});\n`).join('')}
    const call = await ask('GET', \`/calls/\${id}\`);
    assert.equal(call.state, ${JSON.stringify(made.wanted.state)});
    assert.equal(call.direction, ${JSON.stringify(made.wanted.direction)});
${made.wanted.cause ? `    assert.equal(call.cause, ${JSON.stringify(made.wanted.cause)});\n` : ''}${made.wanted.seconds != null ? `    assert.ok(Math.abs(seconds(call.created_at, call.ended_at) - ${made.wanted.seconds}) < 0.002);\n` : ''}${made.wanted.talked != null ? `    assert.ok(Math.abs(seconds(call.answered_at, call.ended_at) - ${made.wanted.talked}) < 0.002);\n` : ''}  } finally {
    await ask('DELETE', \`/accounts/\${ACCOUNT}\`);
  }
});
`;

const asRust = (made) => `// [dev-dependencies]
// serde_json = "1"
// ureq = { version = "3", default-features = false, features = ["json"] }

use serde_json::{Value, json};

const ACCOUNT: &str = "test-${made.call.id}-rs";

fn ask(method: &str, path: &str, body: Option<Value>) -> Value {
    let ringback = std::env::var("RINGBACK_URL").unwrap_or_else(|_| ${rust(location.origin)}.to_owned());
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{ringback}/__admin/${made.vendor}{path}"));
    if !path.starts_with("/accounts") {
        request = request.header("ringback-account", ACCOUNT);
    }
    let body = body.map_or_else(String::new, |body| body.to_string());
    let request = request.body(body).unwrap();
    let answer = ureq::Agent::config_builder().allow_non_standard_methods(true).build().new_agent().run(request);
    let text = answer.unwrap().body_mut().read_to_string().unwrap();
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}

#[test]
fn ${made.name}() {
    // An account of its own, whose time stands still unless it is moved here.
    ask("PUT", &format!("/accounts/{ACCOUNT}"), None);
    ask("POST", "/clock/freeze", None);
${made.props.map((one) => `    ask("${one.method}", ${rust(one.path)}, Some(json!(${JSON.stringify(one.body)})));\n`).join('')}    let call = ask("POST", "/calls", Some(json!(${JSON.stringify(made.dial)})));
    let id = call["id"].as_str().unwrap().to_owned();
${[...script(made)].map((step) => step.jump ? `    ask("POST", "/clock/advance", Some(json!({ "seconds": ${step.jump} })));\n` :
    `    ask("POST", &format!("/calls/{id}/${step.verb}"), Some(json!(${JSON.stringify(step.body)})));\n`).join('')}
    let call = ask("GET", &format!("/calls/{id}"), None);
    ask("DELETE", &format!("/accounts/{ACCOUNT}"), None);
    assert_eq!(call["state"], ${rust(made.wanted.state)});
    assert_eq!(call["direction"], ${rust(made.wanted.direction)});
${made.wanted.cause ? `    assert_eq!(call["cause"], ${rust(made.wanted.cause)});\n` : ''}}
`;

export const WRITERS = [['pytest', 'test_call.py', asPytest], ['node:test', 'call.test.mjs', asNode], ['Rust', 'call.rs', asRust]];

/** Shows the three tests of a call. */
export async function testDialog(call) {
  const out = h('pre.code', { tabindex: 0 });
  let text = '', file = '';
  const made = await plan(call);
  const tabs = WRITERS.map(([label, name, write]) => h('button', { 'aria-pressed': 'false', data: { test: label }, onclick: (event) => {
    text = write(made);
    file = name;
    put(out, text);
    for (const one of tabs) one.setAttribute('aria-pressed', String(one === event.currentTarget));
  } }, label));
  const box = dialog('Make this a test',
    h('p.hint', call.state === 'ended' ? 'It does what happened, in an account and a time of its own, and looks at how it ends.' :
      'The call is not over: the test does what has happened so far.'),
    h('div.seg', tabs), out,
    h('footer', h('button', { onclick: () => copy(text, `Copied ${file}`) }, 'Copy')));
  box.classList.add('wide');
  tabs[0].click();
}
