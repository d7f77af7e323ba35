// All calls: live ones first, found in one language of search.

import { req } from '../api.js';
import { act, copies } from '../actions.js';
import { dialog, field, h, icon, menu, select, toast } from '../dom.js';
import { loadCalls, sortedCalls, store } from '../store.js';
import { asQuery } from '../query.js';
import { account, go } from '../route.js';
import { count, number } from '../text.js';
import { searched } from './detail.js';
import { callRow, rowHead, stateName } from './rows.js';

const ids = call => Object.values(call.vendor_ids ?? {}).flat();
const read = (call, key) => ({
  vendor: call.vendor, state: [call.state, stateName(call)], from: number(call.from), to: number(call.to), direction: call.direction, cause: call.cause,
  account: call.account, line: call.line, id: call.id, number: [number(call.from), number(call.to)], vendor_id: ids(call), has: [call.recorded && 'recording', call.answered_at && 'answer'],
})[key];
const words = call => [call.id, number(call.from), number(call.to), call.cause, call.state, call.vendor, ...ids(call)];

const OUTCOMES = [['', 'as the rules say'], ['answer', 'answers'], ['busy', 'is busy'], ['no_answer', 'does not answer'],
  ['reject', 'rejects'], ['cancel', 'caller gives up'], ['manual', 'rings until you decide']];

/** Asks who calls whom. */
function dialForm(inbound) {
  const vendor = select(store.vendors.map(one => one.name));
  const [inside, outside] = ['101', '0912345678'];
  const input = (placeholder, more) => h('input', { placeholder, ...more });
  const from = input(inbound ? outside : inside, { required: true, autofocus: true }), to = input(inbound ? inside : outside, { required: true });
  const outcome = select(OUTCOMES), ring = input('seconds', { type: 'number', min: 0, step: 'any' }), talk = input('seconds', { type: 'number', min: 0, step: 'any' }), keys = input('1, 2');
  const direct = h('input', { type: 'checkbox' });
  const request = () => {
    const body = { from: from.value.trim(), to: to.value.trim() };
    if (!body.from || !body.to) return void toast('Say who calls whom', 'bad');
    if (outcome.value) body.behaviour = { outcome: outcome.value, ...(ring.value ? { ring: Number(ring.value) } : {}), ...(talk.value ? { talk: Number(talk.value) } : {}) };
    if (keys.value.trim()) body.keys = keys.value.split(/[\s,]+/).filter(Boolean);
    if (direct.checked) body.direct = true;
    return req('POST', '/calls', { vendor: vendor.value, account: account() }, body);
  };
  const more = h('button', { 'aria-haspopup': 'menu', onclick: () => menu(more, copies(request)) }, 'Copy as…');
  const box = dialog(inbound ? 'Inject a call from outside' : 'Dial', h('form', { onsubmit: async event => {
    event.preventDefault();
    const what = request(), call = what && await act(what);
    if (call) { box.close(); go('call', call.id); }
  } }, h('div.grid2', field('Vendor', vendor), h('span'), field('From', from, 'an extension, or a number outside'), field('To', to, 'an extension, a service, a number outside'),
    field('The called party', outcome), h('div.grid2', field('Rings', ring), field('Talks', talk)),
    field('Keys that the caller presses', keys, 'one second apart, once a menu has answered'),
    h('label.check', direct, h('span', 'straight to the extension'))),
  h('footer', more, h('button.primary', { type: 'submit' }, 'Call'))));
}

export function show(view) {
  let cursor = null, loading = false, timer = 0;
  const load = async after => {
    if (loading) return;
    loading = true;
    cursor = (await loadCalls(asQuery(page.search(), ['state', 'from', 'to', 'cause', 'direction', 'vendor_id']), 200, after).catch(() => ({ next: null }))).next;
    loading = false;
  };
  const page = searched(view, { title: 'Calls', name: 'calls', placeholder: 'vendor:mango state:ringing to:0912* has:recording', height: 36, row: callRow, read, words,
    empty: 'No call is like that. Dial one, or change the search.', more: () => { if (cursor && store.calls.size < 4500) load(cursor); },
    quick: ['state:ringing', 'state:answered', 'state:ended', 'direction:inbound', 'cause:USER_BUSY', 'has:recording', ...store.vendors.map(one => `vendor:${one.name}`)],
    // Older calls than those in memory may be like it.
    searching: () => { clearTimeout(timer); timer = setTimeout(load, 250, undefined); } });
  page.found = sortedCalls;
  page.says = shown => `${count(store.live)} live, ${count(shown)} shown`;
  view.watch(['calls', 'index'], page.draw);
  view.onclose(() => clearTimeout(timer));
  page.filter();
  return h('div.fill', page.bar(h('button', { onclick: () => dialForm(true) }, icon('in'), 'Inbound…'),
    h('button.primary', { 'data-key': 'n', onclick: () => dialForm(false) }, icon('phone'), 'Dial…')),
  page.quick, h('div.table', rowHead(), page.list));
}
