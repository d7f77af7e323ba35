// All calls: live ones first, found in one language of search.

import { path, req } from '../api.js';
import { act, copies } from '../actions.js';
import { dialog, field, h, icon, menu, put, select, toast, VirtualList } from '../dom.js';
import { isLive, loadCalls, sortedCalls, store } from '../store.js';
import { asQuery, matcher } from '../query.js';
import { account, go, setParam } from '../route.js';
import { count, number } from '../text.js';
import { callRow, rowHead, stateName } from './rows.js';

const read = (call, key) => ({
  vendor: call.vendor, state: [call.state, stateName(call)], from: number(call.from), to: number(call.to), dir: call.direction,
  direction: call.direction, cause: call.cause, account: call.account, line: call.line, id: call.id,
  number: [number(call.from), number(call.to)], vendor_id: Object.values(call.vendor_ids ?? {}).flat(),
  has: [call.recorded && 'recording', call.answered_at && 'answer'],
})[key];
const words = (call) => [call.id, number(call.from), number(call.to), call.cause, call.state, call.vendor, ...Object.values(call.vendor_ids ?? {}).flat()];

const OUTCOMES = [['', 'as the rules say'], ['answer', 'answers'], ['busy', 'is busy'], ['no_answer', 'does not answer'],
  ['reject', 'rejects'], ['cancel', 'caller gives up'], ['manual', 'rings until you decide']];

/** Asks who calls whom. */
export function dialForm(preset = {}) {
  const vendor = select(store.vendors.map((one) => one.name), preset.vendor ?? store.vendors[0]?.name);
  const from = h('input', { required: true, value: preset.from ?? '', placeholder: preset.inbound ? '0912345678' : '101', autofocus: true });
  const to = h('input', { required: true, value: preset.to ?? '', placeholder: preset.inbound ? '101' : '0912345678' });
  const outcome = select(OUTCOMES, '');
  const ring = h('input', { type: 'number', min: 0, step: 'any', placeholder: 'seconds' });
  const talk = h('input', { type: 'number', min: 0, step: 'any', placeholder: 'seconds' });
  const keys = h('input', { placeholder: '1, 2' });
  const direct = h('input', { type: 'checkbox' });
  const request = () => {
    if (!from.value.trim() || !to.value.trim()) return void toast('Say who calls whom', 'bad');
    const body = { from: from.value.trim(), to: to.value.trim() };
    if (outcome.value) {
      body.behaviour = { outcome: outcome.value };
      if (ring.value) body.behaviour.ring = Number(ring.value);
      if (talk.value) body.behaviour.talk = Number(talk.value);
    }
    if (keys.value.trim()) body.keys = keys.value.split(/[\s,]+/).filter(Boolean);
    if (direct.checked) body.direct = true;
    return req('POST', '/calls', { vendor: vendor.value, account: account() }, body);
  };
  const more = h('button', { 'aria-haspopup': 'menu', 'aria-label': 'Copy as code', onclick: () => menu(more, copies(request)) }, 'Copy as…');
  const box = dialog(preset.inbound ? 'Inject a call from outside' : 'Dial', h('form', { onsubmit: async (event) => {
    event.preventDefault();
    const what = request();
    const call = what && await act(what);
    if (call) { box.close(); go('call', call.id); }
  } }, h('div.grid2', field('Vendor', vendor), h('span'), field('From', from, 'an extension, or a number outside'), field('To', to, 'an extension, a service, a number outside'),
    field('The called party', outcome), h('div.grid2', field('Rings', ring), field('Talks', talk)),
    field('Keys that the caller presses', keys, 'one second apart, once a menu has answered'),
    h('label.check', direct, h('span', 'straight to the extension'))),
  h('footer', more, h('button.primary', { type: 'submit' }, 'Call'))));
}

export function show(view) {
  const input = h('input', { type: 'search', value: view.params.get('q') ?? '', spellcheck: 'false', 'aria-label': 'Search calls',
    placeholder: 'vendor:mango state:ringing to:0912* has:recording', oninput: () => { setParam({ q: input.value }); search(); } });
  const shown = h('span.hint', { role: 'status' });
  const list = new VirtualList({ height: 36, render: callRow, key: (call) => call.id, label: 'Calls',
    empty: 'No call is like that. Dial one, or change the search.', more: () => next() });
  let test = () => true, cursor = null, loading = false;
  const draw = () => {
    const found = sortedCalls(test);
    list.set(found);
    put(shown, `${count(store.live)} live, ${count(found.length)} shown`);
  };
  const query = () => asQuery(input.value, ['state', 'from', 'to', 'cause', 'direction', 'vendor_id']);
  const load = async (after) => {
    if (loading) return;
    loading = true;
    try { cursor = (await loadCalls(query(), 200, after)).next; } catch { cursor = null; }
    loading = false;
  };
  const next = () => { if (cursor && store.calls.size < 4500) load(cursor); };
  let timer = 0;
  function search() {
    const of = matcher(input.value, read, words), whose = account();
    test = (call) => (!whose || call.account === whose) && of(call);
    draw();
    clearTimeout(timer);
    // Older calls than those in memory may be like it.
    timer = setTimeout(() => load(), 250);
  }
  view.watch(['calls', 'index'], draw);
  view.onclose(() => { list.close(); clearTimeout(timer); });
  search();
  const add = (word) => { input.value = `${input.value} ${word}`.trim(); setParam({ q: input.value }); search(); };
  return h('div.fill',
    h('div.bar', h('h1', 'Calls'), h('div.search', icon('search'), input), shown, h('span.grow'),
      h('button', { onclick: () => dialForm({ inbound: true }) }, icon('in'), 'Inbound…'),
      h('button.primary', { 'data-key': 'n', onclick: () => dialForm() }, icon('phone'), 'Dial…')),
    h('div.quick', ['state:ringing', 'state:answered', 'state:ended', 'direction:inbound', 'cause:USER_BUSY', 'has:recording',
      ...store.vendors.slice(0, 6).map((one) => `vendor:${one.name}`)].map((word) => h('button.ghost.small', { onclick: () => add(word) }, word))),
    h('div.table', rowHead(), list.el));
}
