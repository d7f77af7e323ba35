// Webhooks: a lane for each receiver, every attempt with its bytes, and what goes wrong on the way.

import { get, path, req, e } from '../api.js';
import { act, action } from '../actions.js';
import { chip, copyButton, dialog, field, h, icon, pretty, put, select, throttled, VirtualList } from '../dom.js';
import { hue, simNow, store } from '../store.js';
import { matcher } from '../query.js';
import { account, href, listAccount, setParam } from '../route.js';
import { clockTime, count, deliveryKind, fullTime, length, ms, statusKind } from '../text.js';
import { headersTable, splitView } from './detail.js';

const receiver = (url) => { try { const at = new URL(url); return at.hostname === 'inbox.localhost' ? `inbox:${at.pathname.split('/')[2] ?? ''}` : at.host; } catch { return String(url); } };
const attempts = (item) => Array.isArray(item.attempts) ? item.attempts.length : item.attempts ?? 0;
const last = (item) => item.attempt ?? (Array.isArray(item.attempts) ? item.attempts.at(-1) : null);
const state = (item) => item.state === 'attempt' ? 'pending' : item.state;

const read = (item, key) => ({
  vendor: item.vendor, state: state(item), event: item.event, url: item.url, call: item.call, account: item.account, id: item.id, to: receiver(item.url),
  status: last(item)?.status, attempts: attempts(item), has: [attempts(item) > 1 && 'retry', item.resend_of && 'resend'],
})[key];
const words = (item) => [item.id, item.url, item.event, item.call, item.state];
let text = '';
const keep = () => ({ q: text });

function row(item) {
  const due = item.next_attempt_at, tried = last(item);
  return h('div.dlv', { class: state(item), data: { id: item.id, state: state(item) } },
    h('a.cover', { href: href('webhooks', item.id, keep()), 'aria-label': `${item.event}, ${state(item)}` }),
    h('span.num.at', clockTime(item.created_at ?? item.at, simNow(item.vendor))), h('i.dot', { class: hue(item.vendor), title: item.vendor }),
    chip(state(item), deliveryKind(item.state)), h('span.what', h('b', item.event), ' ', h('span.hint', receiver(item.url))),
    h('span.why', due && state(item) === 'pending' ? `due ${clockTime(due, simNow(item.vendor))}` : tried?.error ?? (item.reason ?? '')),
    tried?.status ? chip(tried.status, statusKind(tried.status)) : h('span'), h('span.num', attempts(item) > 1 ? `${attempts(item)} tries` : ''));
}

/** The switches of chaos. */
async function chaosDialog(vendor) {
  const now = await get('/chaos', { vendor });
  const shares = ['drop', 'duplicate', 'corrupt_signature', 'content_type'];
  const names = { drop: 'Lost', duplicate: 'Sent twice', corrupt_signature: 'Wrong signature', content_type: 'Says text/plain' };
  const inputs = Object.fromEntries(shares.map((name) => [name, h('input', { type: 'range', min: 0, max: 1, step: 0.05, value: now[name] ?? 0 })]));
  const reorder = h('input', { type: 'number', min: 0, max: 100, value: now.reorder ?? 0 });
  const delay = h('input', { type: 'number', min: 0, step: 'any', value: typeof now.delay === 'number' ? now.delay : 0 });
  const order = select([['in_order', 'in order'], ['natural', 'as the vendor’s receivers see it']], now.order ?? 'in_order');
  const request = () => (req('PUT', '/chaos', { vendor }, {
    ...Object.fromEntries(shares.map((name) => [name, Number(inputs[name].value)])), reorder: Number(reorder.value), delay: Number(delay.value), order: order.value }));
  const box = dialog(`Chaos between ${vendor} and its receivers`,
    h('p.hint', 'First attempts alone are touched. The share of webhooks that…'),
    shares.map((name) => { const out = h('output', `${Math.round(inputs[name].value * 100)} %`); inputs[name].addEventListener('input', () => put(out, `${Math.round(inputs[name].value * 100)} %`)); return h('label.slider', h('span', names[name]), inputs[name], out); }),
    h('div.grid2', field('Overtaken by, at most', reorder), field('Later by seconds', delay), field('Order', order)),
    h('footer', action('Calm', req('DELETE', '/chaos', { vendor }), { said: 'Calm again', done: () => box.close() }),
      action('Set', request, { kind: 'primary', said: 'It goes wrong from now on', done: () => box.close() })));
}

export function show(view) {
  text = view.params.get('q') ?? '';
  let items = [], counts = {}, test = () => true;
  const input = h('input', { type: 'search', value: text, spellcheck: 'false', 'aria-label': 'Search webhooks', placeholder: 'state:failed event:*summary to:inbox:crm', oninput: () => set(input.value) });
  const shown = h('span.hint', { role: 'status' }), lanes = h('div.lanes', { 'aria-label': 'Receivers', role: 'group' });
  const list = new VirtualList({ height: 34, render: row, key: (item) => item.id, label: 'Webhooks', empty: 'No webhook is like that yet. Set a target, then place a call.' });
  function set(words) { input.value = text = words; setParam({ q: text }); filter(); }
  function filter() {
    const of = matcher(text, read, words), whose = account();
    test = (item) => (!whose || item.account === whose) && of(item);
    draw();
  }
  const draw = () => {
    list.set(items.filter(test));
    put(shown, ['pending', 'delivered', 'failed', 'dropped'].filter((name) => counts[name]).map((name) => `${count(counts[name])} ${name}`).join(', '));
    const by = new Map();
    for (const item of items) { const key = receiver(item.url); if (!by.has(key)) by.set(key, []); by.get(key).push(item); }
    put(lanes, [...by].slice(0, 12).map(([name, all]) => {
      const failed = all.filter((item) => item.state === 'failed').length, pending = all.filter((item) => state(item) === 'pending').length;
      return h('button.lane', { title: `Only ${name}`, onclick: () => set(`to:${name}`) }, h('b', name),
        h('span.hint', [`${count(all.length)}`, pending && `${pending} pending`, failed && `${failed} failed`].filter(Boolean).join(', ')),
        h('span.strip', { 'aria-hidden': 'true' }, all.slice(0, 60).reverse().map((item) => h('i', { class: deliveryKind(item.state) }))));
    }));
  };
  const load = async () => {
    const answer = await get('/deliveries', { account: listAccount(), query: { limit: 1000 } });
    items = answer.deliveries.map((item) => Object.assign(item, { v: 0 }));
    counts = answer;
    filter();
  };
  const soon = throttled(400, () => load().catch(() => {}));
  view.watch(['delivery', 'index'], soon);
  view.onclose(() => list.close());
  const targets = h('div.targets');
  async function drawTargets() {
    const found = await Promise.all(store.vendors.map((vendor) => get('/webhook', { vendor: vendor.name, account: store.accounts.some((one) => one.vendor === vendor.name && one.account === account()) ? account() : '' }).then(({ url }) => [vendor.name, url], () => null)));
    put(targets, found.filter(Boolean).map(([vendor, url]) => {
      const where = () => ({ vendor, account: store.accounts.some((one) => one.vendor === vendor && one.account === account()) ? account() : '' });
      const to = h('input', { value: url ?? '', placeholder: 'inbox:crm, or http://localhost:9000/hook', 'aria-label': `Webhooks of ${vendor} go to`, spellcheck: 'false', onkeydown: (event) => { if (event.key === 'Enter') put_.run(); } });
      const put_ = action('Set', () => req('PUT', '/webhook', where(), { url: to.value.trim() || null }), { name: `Set the target of ${vendor}`, said: (answer) => answer.url ? `${vendor} tells ${answer.url}` : `${vendor} tells nobody` });
      return h('div.target', h('span.vname', h('i.dot', { class: hue(vendor) }), vendor), to, put_,
        action('Test', () => req('POST', '/webhook/test', where()), { name: `Send a test event of ${vendor}`, said: (answer) => `${answer.event}: ${answer.state}`, done: soon }),
        h('button', { onclick: () => chaosDialog(vendor) }, 'Chaos…'));
    }));
  }
  const bar = h('div', h('div.bar', h('h1', 'Webhooks'), h('div.search', icon('search'), input),
    h('button.ghost.small', { onclick: () => set('state:failed') }, 'state:failed'), shown),
    h('details.fold', { open: innerWidth > 700 }, h('summary', 'Targets'), targets), lanes);

  async function detail(id) {
    const one = await get(`/deliveries/${e(id)}`);
    const after = () => { load(); split.refresh(); };
    const signature = (of) => of && h('div.sig', { class: of.valid ? 'good' : 'bad' }, h('b', of.valid ? 'Signature valid' : `Signature wrong: ${of.why ?? ''}`), h('dl.says',
      ['scheme', 'signed_string', 'given', 'expected'].map((name) => of[name] != null && [h('dt', name.replace('_', ' ')), h('dd', h('code', of[name]), copyButton(of[name], name))])));
    return h('div.stack',
      h('div.dhead', h('a.back', { href: href('webhooks', '', keep()), 'aria-label': 'Back to the list' }, '←'), h('h2', one.event), chip(one.state, deliveryKind(one.state))),
      h('div.acts',
        action('Resend', req('POST', `/deliveries/${e(id)}/resend`), { icon: 'play', said: 'Sent once more', done: after }),
        one.state === 'pending' && action('Skip the wait', req('POST', `/deliveries/${e(id)}/skip_wait`), { done: after }),
        one.call && h('a.button', { href: href('call', one.call) }, 'Its call')),
      h('dl.facts', [['to', one.url], ['made', fullTime(one.created_at)], ['next attempt', fullTime(one.next_attempt_at)], ['told of', one.cause], ['once more of', one.resend_of], ['dropped', one.reason], ['held back until', one.hold && fullTime(one.hold.until)], ['id', one.id]]
        .map(([name, value]) => value && h('div', h('dt', name), h('dd', h('code', value))))),
      h('section', h('h3', 'Body'), one.body ? [pretty(one.body), copyButton(one.body, 'the body')] : h('p.hint', 'None.'), headersTable(one.headers)),
      one.signed_string && h('section', h('h3', 'Signed string'), h('pre.code', { tabindex: 0 }, one.signed_string)),
      h('section', h('h3', 'Attempts'), one.attempts.length ? one.attempts.map((attempt, place) => h('details.attempt', { open: place === one.attempts.length - 1 },
        h('summary', `${place + 1}. `, attempt.status ? chip(attempt.status, statusKind(attempt.status)) : chip('failed', 'bad'), ' ', attempt.error ?? '', ' ', h('span.hint', `${fullTime(attempt.at)} · ${attempt.took_ms} ms`)),
        signature(attempt.signature), attempt.request && [h('h4', 'On the wire'), h('pre.code', { tabindex: 0 }, attempt.request)],
        attempt.response != null && [h('h4', 'Answer'), headersTable(attempt.response_headers), pretty(attempt.response)])) : h('p.hint', 'None yet.')));
  }
  const split = splitView(bar, list.el, view, detail);
  load();
  drawTargets();
  return split.root;
}
