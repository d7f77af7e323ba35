// The first five minutes: who answers where, and lines that run in place.

import { asClient, get, req, send } from '../api.js';
import { action } from '../actions.js';
import { readCurl, valueOf } from '../curl.js';
import { chip, copyButton, facts, h, hint, icon, pretty, put } from '../dom.js';
import { hue, sortedCalls, store } from '../store.js';
import { account, href } from '../route.js';
import { callRow, rowHead } from './rows.js';
import { statusKind } from '../text.js';

/** What is written as a name and a text of credentials; what is null is not needed. */
function* flat(value, name = '') {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') return void (yield [name, String(value)]);
  for (const [key, one] of Object.entries(value)) yield* flat(one, name ? `${name} ${key}` : key);
}

/** Who calls whom in a demo call: an extension dials out, or somebody calls in. */
export async function demoCall(vendor) {
  const behaviour = { outcome: 'answer', ring: 6, talk: 30 };
  const where = { vendor, query: { limit: 50 } };
  const [{ extensions }, { calls }, { services }] = await Promise.all([get('/extensions', { vendor }), get('/calls', where), get('/services', { vendor })]);
  const busy = new Set(calls.filter(call => call.state !== 'ended').flatMap(call => [call.from.number, call.to.number]));
  const free = extensions.filter(one => one.registered && !one.do_not_disturb && !busy.has(one.number));
  const outside = calls.flatMap(call => [call.from, call.to]).find(party => party.kind === 'outside' && !/99\d\d\d$/.test(party.number));
  let from = free[0]?.number, to = outside?.number ?? '0912345678';
  if (!from) {
    // Without extensions the calls of this vendor say what is possible.
    const like = calls[0];
    from = like?.from.number ?? '85512345678';
    to = like?.to.number ?? extensions[0]?.number ?? services[0]?.number ?? '85598765432';
  }
  return req('POST', '/calls', { vendor }, { from, to, behaviour });
}

const variables = {};
async function run(vendor, line, out) {
  out.hidden = false;
  put(out, h('p.hint', 'Asking…'));
  try {
    const { request, keep } = readCurl(line, variables);
    const began = performance.now();
    const answer = await send(asClient(vendor, request));
    if (keep) variables[keep.name] = valueOf(answer.body ?? '', keep.key);
    const kind = answer.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
    put(out, h('p.hint', chip(answer.status, statusKind(answer.status)), ` ${kind} · ${Math.round(performance.now() - began)} ms`,
      keep && ` · $${keep.name} is kept for the next line`),
    answer.body !== undefined ? pretty(answer.body, 4000) : h('p.hint', 'bytes'));
  } catch (error) { put(out, h('p.bad', error.message)); }
}

function card(vendor) {
  const known = [...flat(vendor.credentials)];
  const lines = vendor.examples.map(line => {
    const out = h('div.out', { hidden: true });
    return h('div.line', h('div.cmd', h('code', { tabindex: 0 }, line.replace(vendor.base_url, '…')),
      h('button.ghost.small', { title: 'Run it here', 'aria-label': `Run: ${line.slice(0, 60)}`,
        onclick: () => run(vendor.name, line, out) }, icon('play')),
      copyButton(line, 'line of curl')), out);
  });
  return h('section.card.vendor', { data: { vendor: vendor.name } },
    h('header', h('i.dot', { class: hue(vendor.name) }), h('h2', vendor.name),
      action('Place a demo call', () => demoCall(vendor.name), { icon: 'phone', name: `Place a demo call with ${vendor.name}`,
        said: call => `${call.from.number} rings ${call.to.number}` })),
    h('p.sub', vendor.title, ' ', vendor.links.docs && h('a', { href: href('docs', `vendors/${vendor.links.docs.split('/').pop()}`) }, 'What it imitates')),
    facts([['address', vendor.base_url], ...known], true), known.length === 0 && hint('No credentials are asked for.'),
    h('div.lines', lines));
}

export function show(view) {
  const rows = h('div.rows');
  const live = h('section.card.live', { 'aria-label': 'Latest calls' },
    h('header', h('h2', 'Latest calls'), h('a', { href: href('calls') }, 'All calls')), rowHead(), rows);
  const draw = () => {
    const calls = sortedCalls(call => !account() || call.account === account()).slice(0, 6);
    put(rows, calls.length ? calls.map(callRow) : h('p.empty', 'No call yet: place one below.'));
  };
  view.watch(['calls', 'index'], draw);
  draw();
  return h('div.stack',
    h('div.title', h('h1', store.vendors.length > 1 ? `${store.vendors.length} vendors are listening` : 'Listening'),
      h('p.sub', 'Point an integration at an address below; its calls ring here.')),
    live, h('div.cards', store.vendors.map(card)));
}
