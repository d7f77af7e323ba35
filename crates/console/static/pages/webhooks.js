// Webhooks: a lane for each receiver, every attempt with its bytes, and what goes wrong on the way.

import { e, get, req } from '../api.js';
import { action } from '../actions.js';
import { chip, copyButton, dialog, facts, field, h, hint, pretty, put, says, select, slider, throttled } from '../dom.js';
import { accountOf, hue, simNow, store, want } from '../store.js';
import { href, listAccount } from '../route.js';
import { clockTime, count, deliveryKind, fullTime, statusKind } from '../text.js';
import { dhead, headersTable, searched, splitView } from './detail.js';

const receiver = url => { try { const at = new URL(url); return at.hostname === 'inbox.localhost' ? `inbox:${at.pathname.split('/')[2] ?? ''}` : at.host; } catch { return String(url); } };
const state = item => item.state === 'attempt' ? 'pending' : item.state;
const read = (item, key) => ({
  vendor: item.vendor, state: state(item), event: item.event, url: item.url, call: item.call, account: item.account, id: item.id, to: receiver(item.url),
  status: item.attempts.at(-1)?.status, attempts: item.attempts.length, has: [item.attempts.length > 1 && 'retry', item.resend_of && 'resend'],
})[key];
const words = item => [item.id, item.url, item.event, item.call, item.state];

/** The switches of chaos. */
async function chaosDialog(vendor) {
  const now = await get('/chaos', { vendor });
  const names = { drop: 'Lost', duplicate: 'Sent twice', corrupt_signature: 'Wrong signature', content_type: 'Says text/plain' };
  const sliders = Object.entries(names).map(([name, label]) => [name, slider(label, now[name] ?? 0)]);
  const number = (value, more) => h('input', { type: 'number', min: 0, value, ...more });
  const reorder = number(now.reorder ?? 0, { max: 100 }), delay = number(typeof now.delay === 'number' ? now.delay : 0, { step: 'any' });
  const order = select([['in_order', 'in order'], ['natural', 'as the vendor’s receivers see it']], now.order);
  const request = () => req('PUT', '/chaos', { vendor }, { ...Object.fromEntries(sliders.map(([name, { value }]) => [name, value])), reorder: Number(reorder.value), delay: Number(delay.value), order: order.value });
  const box = dialog(`Chaos between ${vendor} and its receivers`, hint('First attempts alone are touched. The share of webhooks that is…'),
    sliders.map(([, { el }]) => el),
    h('div.grid2', field('Overtaken by, at most', reorder), field('Later by seconds', delay), field('Order', order)),
    h('footer', action('Calm', req('DELETE', '/chaos', { vendor }), { said: 'Calm again', done: () => box.close() }), action('Set', request, { kind: 'primary', said: 'It goes wrong from now on', done: () => box.close() })));
}

export function show(view) {
  let counts = {};
  const lanes = h('div.lanes', { 'aria-label': 'Receivers', role: 'group' }), targets = h('div.targets');
  const page = searched(view, { title: 'Webhooks', name: 'webhooks', placeholder: 'state:failed event:*summary to:inbox:crm', height: 34, read, words, quick: ['state:failed', 'state:pending', 'has:retry'],
    empty: 'No webhook is like that yet. Set a target, then place a call.', row: item => {
      const tried = item.attempts.at(-1), now = simNow(item.vendor);
      return h('div.dlv', { class: state(item), data: { id: item.id, state: state(item) } },
        h('a.cover', { href: href('webhooks', item.id, { q: page.search() }), 'aria-label': `${item.event}, ${state(item)}` }),
        h('span.num.at', clockTime(item.created_at, now)), h('i.dot', { class: hue(item.vendor), title: item.vendor }), chip(state(item), deliveryKind(item.state)),
        h('span.what', h('b', item.event), ' ', h('span.hint', receiver(item.url))),
        h('span.why', item.next_attempt_at && state(item) === 'pending' ? `due ${clockTime(item.next_attempt_at, now)}` : tried?.error ?? item.reason),
        tried?.status ? chip(tried.status, statusKind(tried.status)) : h('span'), h('span.num', item.attempts.length > 1 && `${item.attempts.length} tries`));
    } });
  page.says = () => ['pending', 'delivered', 'failed', 'dropped'].filter(name => counts[name]).map(name => `${count(counts[name])} ${name}`).join(', ');
  const load = async () => {
    counts = await get('/deliveries', { account: listAccount(), query: { limit: 1000 } });
    page.items = counts.deliveries;
    page.filter();
    const by = Map.groupBy(page.items, item => receiver(item.url));
    put(lanes, [...by].slice(0, 12).map(([name, all]) => {
      const of = what => all.filter(item => state(item) === what).length;
      return h('button.lane', { title: `Only ${name}`, onclick: () => page.set(`to:${name}`) }, h('b', name),
        h('span.hint', [all.length, of('pending') && `${of('pending')} pending`, of('failed') && `${of('failed')} failed`].filter(Boolean).join(', ')),
        h('span.strip', { 'aria-hidden': 'true' }, all.slice(0, 60).reverse().map(item => h('i', { class: deliveryKind(item.state) }))));
    }));
  };
  const soon = throttled(400, () => load().catch(() => {}));
  view.onclose(want('delivery'));
  view.watch(['delivery', 'index'], soon);

  const target = async ({ name: vendor }) => {
    const where = () => ({ vendor, account: accountOf(vendor) });
    const known = await get('/webhook', where()).catch(() => null);
    if (!known) return null;
    const to = h('input', { value: known.url ?? '', placeholder: 'inbox:crm, or http://localhost:9000/hook', 'aria-label': `Webhooks of ${vendor} go to`, spellcheck: 'false', onkeydown: event => { if (event.key === 'Enter') set.run(); } });
    const set = action('Set', () => req('PUT', '/webhook', where(), { url: to.value.trim() || null }), { name: `Set the target of ${vendor}`, said: ({ url }) => `${vendor} tells ${url ?? 'nobody'}` });
    return h('div.target', h('span.vname', h('i.dot', { class: hue(vendor) }), vendor), to, set,
      action('Test', () => req('POST', '/webhook/test', where()), { name: `Test: send an event of ${vendor}`, said: one => `${one.event}: ${one.state}`, done: soon }), h('button', { onclick: () => chaosDialog(vendor) }, 'Chaos…'));
  };
  Promise.all(store.vendors.map(target)).then(all => put(targets, all));

  async function detail(id) {
    const where = `/deliveries/${e(id)}`, one = await get(where);
    const after = () => { load(); split.refresh(); };
    const signature = of => of && h('div.sig', { class: of.valid ? 'good' : 'bad' }, h('b', of.valid ? 'Signature valid' : `Signature wrong: ${of.why ?? ''}`),
      says(['scheme', 'signed_string', 'given', 'expected'].map(name => [name, of[name] && h('span', h('code', of[name]), copyButton(of[name], name))])));
    return h('div.stack', dhead('webhooks', one.event, chip(one.state, deliveryKind(one.state))),
      h('div.acts', action('Resend', req('POST', `${where}/resend`), { icon: 'play', said: 'Sent once more', done: after }),
        one.state === 'pending' && action('Skip the wait', req('POST', `${where}/skip_wait`), { done: after }), one.call && h('a.button', { href: href('call', one.call) }, 'Its call')),
      facts([['to', one.url], ['made', fullTime(one.created_at)], ['next attempt', fullTime(one.next_attempt_at)], ['told of', one.cause], ['once more of', one.resend_of], ['dropped', one.reason], ['held back until', fullTime(one.hold?.until)], ['id', one.id]]),
      h('section', h('h3', 'Body'), one.body ? [pretty(one.body), copyButton(one.body, 'the body')] : hint('None.'), headersTable(one.headers)),
      one.signed_string && h('section', h('h3', 'Signed string'), h('pre.code', { tabindex: 0 }, one.signed_string)),
      h('section', h('h3', 'Attempts'), one.attempts.length ? one.attempts.map((attempt, place) => h('details.attempt', { open: place === one.attempts.length - 1 },
        h('summary', `${place + 1}. `, chip(attempt.status ?? 'failed', statusKind(attempt.status ?? 500)), ' ', attempt.error, ' ', h('span.hint', `${fullTime(attempt.at)} · ${attempt.took_ms} ms`)),
        signature(attempt.signature), attempt.request && [h('h4', 'On the wire'), h('pre.code', { tabindex: 0 }, attempt.request)],
        attempt.response != null && [h('h4', 'Answer'), headersTable(attempt.response_headers), pretty(attempt.response)])) : hint('None yet.')));
  }
  const fold = h('details.fold', h('summary', 'Targets and chaos'), targets);
  const split = splitView(view, h('div', page.bar(), page.quick, fold, lanes), page.list, detail);
  load().then(() => { fold.open = !page.items.length; });
  return split.root;
}
