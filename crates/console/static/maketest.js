// "Make this a test": what was done to a call, written as a test that does it again and looks at how it ends.

import { get, Problem, e } from './api.js';
import { python, rust } from './actions.js';
import { copy, dialog, h, hint, put } from './dom.js';
import { ms, number } from './text.js';

const json = JSON.stringify;
const OWN = 'An account of its own, whose time stands still unless it is moved here.';
const round = seconds => Math.round(seconds * 1e6) / 1e6;

/** What has to be there before the call, in an account of its own. */
async function props(call) {
  const found = [];
  const numbers = [...new Set([call.from, call.to, ...call.legs.map(leg => leg.party)].map(number))];
  for (const one of numbers) {
    for (const kind of ['services', 'extensions']) {
      try {
        const known = await get(`/${kind}/${e(one)}`, { vendor: call.vendor, account: call.account });
        found.push({ path: `/${kind}/${e(one)}`, body: kind === 'services' ? { kind: known.kind } : { registered: known.registered, do_not_disturb: known.do_not_disturb } });
        break;
      } catch (error) { if (!(error instanceof Problem)) throw error; }
    }
  }
  return found;
}

/** Whom one side asked while the other waited, each with when that was over and whether it led to a transfer. */
function consultations(call) {
  const found = new Map();
  const at = (kind, leg) => call.timeline.find(event => event.event === kind && event.leg === leg)?.at;
  for (const { leg, role } of call.legs) if (role === 'consults') found.set(leg, { until: at('leg_ended', leg), done: false });
  // Who is transferred to at once was not asked before.
  for (const event of call.timeline) if (event.event === 'call_transferred' && at('leg_created', event.to_leg) < event.at) found.set(event.to_leg, { until: event.at, done: true });
  return found;
}

const calledBy = call => call.legs.find(leg => leg.side === 'b' && leg.role === 'talks')?.leg ?? 1;

/**
 * The steps of a call as it went: who does what when, by its timeline. People who picked up, held, pressed keys
 * and hung up are driven by hand, so that nothing depends on what a seed draws.
 */
export function steps(call) {
  const begin = ms(call.created_at);
  const done = [];
  const since = event => round((ms(event.at) - begin) / 1000);
  const push = (event, verb, body) => done.push({ after: since(event), verb, body });
  const isService = call.to.kind === 'service';
  const service = new Set(call.legs.filter(leg => leg.party.kind === 'service').map(leg => leg.leg));
  const partyOf = leg => number(call.legs.find(one => one.leg === leg)?.party);
  const rang = new Set(), asked = consultations(call), end = call.ended_at;
  let transferred = false;
  for (const event of call.timeline) {
    switch (event.event) {
      case 'leg_created': {
        const { role, supervision, side } = call.legs.find(leg => leg.leg === event.leg) ?? {};
        if (asked.has(event.leg)) {
          // Who waits meanwhile is held by it.
          if (done.at(-1)?.verb === 'hold' && done.at(-1).after === since(event)) done.pop();
          push(event, 'consult', { by: side, to: partyOf(event.leg) });
        }
        if (role === 'supervises') push(event, 'supervise', { extension: partyOf(event.leg), supervision });
        break;
      }
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
      case 'leg_resumed': if (![...asked.values()].some(({ until }) => until === event.at)) push(event, 'resume', { leg: event.leg }); break;
      case 'dtmf': push(event, 'dtmf', { leg: event.leg, digits: event.digits }); break;
      case 'supervision_changed': push(event, 'supervise', { extension: partyOf(event.leg), supervision: event.supervision }); break;
      case 'leg_ended':
        if (asked.get(event.leg)?.done === false && event.at !== end) {
          if (event.cause === 'CALL_REJECTED') push(event, 'reject', { leg: event.leg }); else push(event, 'cancel_consultation');
        }
        break;
      case 'call_transferred': {
        if (asked.has(event.to_leg)) { push(event, 'complete'); break; }
        const side = call.legs.find(leg => leg.leg === event.leg)?.side, to = partyOf(event.to_leg);
        if (side && to) { push(event, 'transfer', { moved: side, to }); transferred = true; }
        break;
      }
    }
  }
  const ended = call.timeline.find(event => event.event === 'call_ended');
  if (ended) {
    const cause = ended.cause;
    const last = [...call.timeline].reverse().find(event => event.event === 'leg_ended' && event.cause === cause && call.legs.some(leg => leg.leg === event.leg && leg.side));
    if (call.answered_at) push(ended, 'hang_up', { leg: last?.leg ?? 0 });
    else if (cause === 'CALL_REJECTED') push(ended, 'reject', { leg: calledBy(call) });
    else if (cause === 'ORIGINATOR_CANCEL') push(ended, 'hang_up', { leg: 'a' });
    else push(ended);
  }
  return done;
}

/** What decides the call where nobody drives it. */
function behaviour(call) {
  if (call.to.kind === 'service') return undefined;
  const cause = call.cause;
  const ringing = call.timeline.find(event => event.event === 'leg_ringing' && event.leg > 0);
  const seconds = (from, to) => round((ms(to) - ms(from)) / 1000);
  const setup = ringing ? seconds(call.created_at, ringing.at) : 0;
  const ring = ringing && call.ended_at ? seconds(ringing.at, call.ended_at) : 0;
  const more = { ...(setup > 0 ? { setup } : {}), ring };
  if (call.answered_at || !cause || ['CALL_REJECTED', 'ORIGINATOR_CANCEL'].includes(cause)) return { outcome: 'manual', ...(setup > 0 ? { setup } : {}) };
  if (cause === 'USER_BUSY') return { outcome: 'busy', ...more };
  if (cause === 'NO_ANSWER') return { outcome: 'no_answer', ...more };
  return { outcome: { fail: cause }, ...more };
}

const slug = call => `a call from ${number(call.from)} to ${number(call.to)} ${call.cause ? `ends with ${call.cause}` : 'is made again'}`;
const name = call => slug(call).replace(/[^a-zA-Z0-9]+/g, '_').toLowerCase().replace(/^_|_$/g, '');

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
  const left = call.timeline.some(event => event.event === 'call_parked') ? 'who parked the call' : '';
  return { call, name: name(call), title: slug(call), vendor: call.vendor, props: await props(call), dial, steps: done, wanted, left };
}

/** The three languages: each writes what comes before, one request, what is looked at, and what comes after. */
const PY = {
  file: 'test_call.py',
  head: m => `import json
import os
import urllib.request
from datetime import datetime

RINGBACK = os.environ.get("RINGBACK_URL", ${json(location.origin)})
ACCOUNT = "test-${m.call.id}-py"


def ask(method, path, body=None):
    request = urllib.request.Request(f"{RINGBACK}/__admin/${m.vendor}{path}", method=method)
    request.data = None if body is None else json.dumps(body).encode()
    if not path.startswith("/accounts"):
        request.add_header("Ringback-Account", ACCOUNT)
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def seconds(begin, end):
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def test_${m.name}():
    # ${OWN}
    ask("PUT", f"/accounts/{ACCOUNT}")
    try:
`,
  ask: (method, path, body) => `        ask("${method}", f${json(path.replace('ID', '{call}'))}${body ? `, ${python(body)}` : ''})\n`,
  dial: body => `        call = ask("POST", "/calls", ${python(body)})["id"]\n`,
  read: '        call = ask("GET", f"/calls/{call}")\n',
  same: (field, value) => `        assert call["${field}"] == ${json(value)}\n`,
  lasts: (from, value) => `        assert abs(seconds(call["${from}"], call["ended_at"]) - ${value}) < 0.002\n`,
  tail: '    finally:\n        ask("DELETE", f"/accounts/{ACCOUNT}")\n',
};

const JS = {
  file: 'call.test.mjs',
  head: m => `import assert from 'node:assert/strict';
import { test } from 'node:test';

const RINGBACK = process.env.RINGBACK_URL ?? ${json(location.origin)};
const ACCOUNT = 'test-${m.call.id}-js';

async function ask(method, path, body) {
  const headers = path.startsWith('/accounts') ? {} : { 'ringback-account': ACCOUNT };
  const answer = await fetch(\`\${RINGBACK}/__admin/${m.vendor}\${path}\`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, \`\${method} \${path}: \${text}\`);
  return text ? JSON.parse(text) : null;
}

const seconds = (begin, end) => (Date.parse(end) - Date.parse(begin)) / 1000;

test(${json(m.title)}, async () => {
  // ${OWN}
  await ask('PUT', \`/accounts/\${ACCOUNT}\`);
  try {
`,
  ask: (method, path, body) => `    await ask('${method}', \`${path.replace('ID', '${id}')}\`${body ? `, ${json(body)}` : ''});\n`,
  dial: body => `    const { id } = await ask('POST', '/calls', ${json(body)});\n`,
  read: '    const call = await ask(\'GET\', `/calls/${id}`);\n',
  same: (field, value) => `    assert.equal(call.${field}, ${json(value)});\n`,
  lasts: (from, value) => `    assert.ok(Math.abs(seconds(call.${from}, call.ended_at) - ${value}) < 0.002);\n`,
  tail: '  } finally {\n    await ask(\'DELETE\', `/accounts/${ACCOUNT}`);\n  }\n});\n',
};

const RS = {
  file: 'call.rs',
  head: m => `// [dev-dependencies]
// serde_json = "1"
// ureq = { version = "3", default-features = false, features = ["json"] }

use serde_json::{Value, json};

const ACCOUNT: &str = "test-${m.call.id}-rs";

fn ask(method: &str, path: &str, body: Value) -> Value {
    let ringback = std::env::var("RINGBACK_URL").unwrap_or_else(|_| ${rust(location.origin)}.to_owned());
    let url = format!("{ringback}/__admin/${m.vendor}{path}");
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    if !path.starts_with("/accounts") {
        request = request.header("ringback-account", ACCOUNT);
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let agent = ureq::Agent::config_builder().allow_non_standard_methods(true).build().new_agent();
    let mut answer = agent.run(request.body(body).unwrap()).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}

#[test]
fn ${m.name}() {
    // ${OWN}
    ask("PUT", &format!("/accounts/{ACCOUNT}"), Value::Null);
`,
  ask: (method, path, body) => `    ask("${method}", ${path.includes('ID') ? `&format!(${rust(path.replace('ID', '{id}'))})` : rust(path)}, ${body ? `json!(${json(body)})` : 'Value::Null'});\n`,
  dial: body => `    let call = ask("POST", "/calls", json!(${json(body)}));\n    let id = call["id"].as_str().unwrap().to_owned();\n`,
  read: '    let call = ask("GET", &format!("/calls/{id}"), Value::Null);\n    ask("DELETE", &format!("/accounts/{ACCOUNT}"), Value::Null);\n',
  same: (field, value) => `    assert_eq!(call["${field}"], ${rust(value)});\n`,
  lasts: () => '',
  tail: '}\n',
};

function write(language, made) {
  const { wanted } = made;
  const lines = [language.head(made), language.ask('POST', '/clock/freeze'), ...made.props.map(({ path, body }) => language.ask('PUT', path, body)), language.dial(made.dial)];
  let at = 0;
  for (const { after, verb, body } of made.steps) {
    if (after > at) lines.push(language.ask('POST', '/clock/advance', { seconds: round(after - at) }));
    at = after;
    if (verb) lines.push(language.ask('POST', `/calls/ID/${verb}`, body));
  }
  lines.push('\n', language.read, ...['state', 'direction', 'cause'].map(field => wanted[field] ? language.same(field, wanted[field]) : ''));
  if (wanted.seconds != null) lines.push(language.lasts('created_at', wanted.seconds));
  if (wanted.talked != null) lines.push(language.lasts('answered_at', wanted.talked));
  return lines.join('') + language.tail;
}

/** Shows the three tests of a call. */
export async function testDialog(call) {
  const out = h('pre.code', { tabindex: 0 });
  let shown;
  const made = await plan(call);
  const tabs = Object.entries({ pytest: PY, 'node:test': JS, Rust: RS }).map(([label, language]) => h('button', { 'aria-pressed': 'false', data: { test: label }, onclick: event => {
    shown = language;
    put(out, write(language, made));
    for (const one of tabs) one.setAttribute('aria-pressed', String(one === event.currentTarget));
  } }, label));
  const box = dialog('Make this a test',
    hint(call.state === 'ended' ? 'It does what happened, in an account and a time of its own, and looks at how it ends.' : 'The call is not over: the test does what has happened so far.'),
    made.left && hint(`Left out, for a test cannot do it again from here: ${made.left}.`),
    h('div.seg', tabs), out, h('footer', h('button', { onclick: () => copy(out.textContent, `Copied ${shown.file}`) }, 'Copy')));
  box.classList.add('wide');
  tabs[0].click();
}
