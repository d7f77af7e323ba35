// Campaigns: who is queued, rung and talked to, how it went, and how quickly it goes.

import { adapter } from '../campaigns.js';
import { action } from '../actions.js';
import { get, req } from '../api.js';
import { chip, dialog, h, hint, put, s, slider, throttled, toast } from '../dom.js';
import { accountOf, hue, simNow, store } from '../store.js';
import { strip } from './numbers.js';
import { count } from '../text.js';

const COLOURS = { completed: 'good', answered: 'good', talked: 'good', 'not answered': 'warn', 'no answer': 'warn', busy: 'warn', canceled: 'off',
  failed: 'bad', errored: 'bad', 'not available': 'bad', unavailable: 'bad', invalid: 'bad', 'no such number': 'bad', congestion: 'bad' };
const MINUTES = 60;

/** How those who are called answer, as rules have it, and how long that takes. */
const RINGS = { setup: 1, ring: { uniform: [2, 15] } }, AT_ONCE = { setup: 1 };
const MIX = [['answer', 'answered', RINGS], ['busy', 'busy', AT_ONCE], ['no_answer', 'no answer', { setup: 1, ring: 30 }], ['reject', 'declined', RINGS],
  [{ fail: 'UNALLOCATED_NUMBER' }, 'no such number', AT_ONCE], [{ fail: 'NORMAL_CIRCUIT_CONGESTION' }, 'failed', AT_ONCE]];
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
/** A mix is the last rules of all: about every call that goes out, each for its share of what those before have left. */
const isMix = rule => rule.to === '*' && rule.from == null && rule.direction === 'outbound' && rule.probability != null;

/** Asks which share of a vendor's callees is to answer how. */
async function mixDialog(vendor) {
  const where = { vendor, account: accountOf(vendor) }, { rules } = await get('/behaviours', where);
  const others = rules.filter(rule => !isMix(rule)).map(strip), shares = new Map();
  let rest = 1;
  for (const { outcome, probability } of rules.filter(isMix)) {
    const at = MIX.findIndex(([known]) => same(known, outcome));
    shares.set(at, (shares.get(at) ?? 0) + rest * probability);
    rest -= rest * probability;
  }
  const total = () => Math.round(sliders.reduce((sum, { value }) => sum + value, 0) * 100);
  const left = h('p.hint', { role: 'status' });
  const sliders = MIX.map(([, label], at) => slider(label, shares.get(at) ?? 0, () => draw()));
  const draw = () => put(left, total() > 100 ? `That is ${total()} %.` : total() < 100 ? `The other ${100 - total()} % do what the vendor's own mix says.` : 'That is everybody.');
  const request = () => {
    if (total() > 100) return void toast(`${total()} % is more than there are`, 'bad');
    let over = 1;
    const mix = MIX.flatMap(([outcome, , lengths], at) => {
      const share = sliders[at].value;
      if (!share) return [];
      const probability = Math.min(1, Math.round(share / over * 1e6) / 1e6);
      over -= share;
      return [{ to: '*', direction: 'outbound', outcome, probability, ...lengths }];
    });
    return req('PUT', '/behaviours', where, { rules: [...others, ...mix] });
  };
  draw();
  const done = () => box.close();
  const box = dialog(`How those whom ${vendor} calls answer`, hint('These are rules behind all others: numbers that have a rule of their own do what that says.'), sliders.map(({ el }) => el), left,
    h('footer', action('The vendor’s own mix', req('PUT', '/behaviours', where, { rules: others }), { said: 'As the vendor’s own mix has it', done }), action('Set', request, { kind: 'primary', said: 'So they answer from now on', done })));
}

function bars(outcomes) {
  const all = Object.entries(outcomes).filter(([, n]) => n > 0);
  const most = Math.max(1, ...all.map(([, n]) => n));
  return h('div.outcomes', all.length ? all.map(([name, n]) => {
    const bar = h('i', { class: COLOURS[name] ?? '' });
    bar.style.width = `${Math.max(1, n / most * 100)}%`;
    return h('div', h('span', name), h('span.track', bar), h('b.num', count(n)));
  }) : h('p.hint', 'No call is over yet.'));
}

/** Calls begun in each of the last sixty simulated minutes, and the most that may be live at once. */
export function perMinute(vendor, capacity) {
  const now = simNow(vendor), counts = Array(MINUTES).fill(0);
  let live = 0;
  for (const call of store.calls.values()) {
    if (call.vendor !== vendor) continue;
    if (call.state !== 'ended') live++;
    const ago = Math.floor((now - call.created) / 60_000);
    if (ago >= 0 && ago < MINUTES) counts[MINUTES - 1 - ago]++;
  }
  const most = Math.max(5, ...counts, capacity ?? 0), width = 600, height = 90;
  const chart = s('svg', { class: 'chart', viewBox: `0 0 ${width} ${height + 16}`, role: 'img', 'aria-label': `${vendor}: calls per simulated minute, ${counts.at(-1)} in the last; ${live} live` },
    counts.map((n, place) => s('rect', { x: place * 10 + 1, y: height - n / most * height, width: 8, height: Math.max(n ? 2 : 0, n / most * height), rx: 1.5 })),
    capacity ? [s('line', { class: 'cap', x1: 0, x2: width, y1: height - capacity / most * height, y2: height - capacity / most * height }), s('text', { x: 2, y: Math.max(10, height - capacity / most * height - 3) }, `capacity ${capacity}`)] : null,
    s('line', { class: 'base', x1: 0, x2: width, y1: height, y2: height }), s('text', { x: 0, y: height + 12 }, '60 minutes ago'), s('text', { x: width, y: height + 12, class: 'end' }, 'now'));
  return h('div', h('p.hint', `Calls per simulated minute; ${count(live)} live now`), chart);
}

export function show(view) {
  const vendors = store.vendors.filter(adapter);
  const root = h('div.stack', h('div.title', h('h1', 'Campaigns'), h('p.sub', 'Who is queued, rung and talked to, and how it goes.')));
  if (!vendors.length) root.append(h('p.empty', 'None of the vendors here has campaigns.'));
  for (const vendor of vendors) {
    const of = adapter(vendor), list = h('div.campaigns'), chart = h('div');
    let capacity = null;
    const draw = async () => {
      let all;
      try { all = await of.list(vendor); } catch (error) { return void put(list, h('p.bad', error.message)); }
      const runs = all.filter(one => one.status === 'running');
      put(chart, all.length > 0 && perMinute(vendor.name, capacity ?? runs.reduce((sum, one) => sum + (one.capacity ?? 0), 0)));
      put(list, all.length ? all.map(one => h('article.campaign',
        h('header', h('b', one.title), chip(one.status, { running: 'good', enabled: 'good', planned: 'warn', paused: 'warn' }[one.status]), h('span.hint', [one.kind, one.capacity > 0 && `${one.capacity} at once`].filter(Boolean).join(', ')), h('span.grow'),
          Object.entries(one.acts).map(([label, request]) => action(label, request, { name: `${label} ${one.title}`, kind: label === 'Start' ? 'primary' : '', done: answer => { if (answer.status >= 400) toast(answer.body, 'bad'); draw(); } }))),
        Object.keys(one.counts).length > 0 && h('dl.counts', Object.entries(one.counts).map(([name, n]) => h('div', h('dd', count(n)), h('dt', name)))),
        one.total > 0 && bars(one.outcomes))) : h('p.hint', 'There is no campaign.'));
    };
    const input = h('input', { type: 'number', min: 0, placeholder: '1000', 'aria-label': 'Capacity' });
    root.append(h('section.card', h('header', h('i.dot', { class: hue(vendor.name) }), h('h2', vendor.name), h('span.grow'),
      of.demo && h('button', { onclick: async event => { event.target.disabled = true; try { await of.demo(vendor); toast(`${of.demoSays}: it begins`, 'good'); } catch (error) { toast(error.message, 'bad'); } event.target.disabled = false; draw(); } }, of.demoSays),
      h('button', { onclick: () => mixDialog(vendor.name) }, 'Answer mix…'),
      of.capacity && [input, action('Set capacity', () => input.value ? of.capacity(vendor, Number(input.value)) : void toast('How many calls at once?', 'bad'), { done: answer => { capacity = answer.capacity; draw(); } })]),
    chart, list));
    const soon = throttled(1000, draw);
    view.watch(['calls'], soon);
    draw();
  }
  return root;
}
