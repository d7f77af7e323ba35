// Campaigns: who is queued, rung and talked to, how it went, and how quickly it goes.

import { adapter } from '../campaigns.js';
import { action } from '../actions.js';
import { chip, h, put, s, throttled, toast } from '../dom.js';
import { hue, simNow, store } from '../store.js';
import { count } from '../text.js';

const COLOURS = { completed: 'good', 'not answered': 'warn', busy: 'warn', failed: 'bad', errored: 'bad', canceled: 'off' };
const MINUTES = 60;

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
    capacity ? [s('line', { class: 'cap', x1: 0, x2: width, y1: height - capacity / most * height, y2: height - capacity / most * height }), s('text', { x: width - 2, y: Math.max(10, height - capacity / most * height - 3), class: 'end' }, `capacity ${capacity}`)] : null,
    s('line', { class: 'base', x1: 0, x2: width, y1: height, y2: height }), s('text', { x: 0, y: height + 12 }, '60 minutes ago'), s('text', { x: width, y: height + 12, class: 'end' }, 'now'));
  return h('div', h('p.hint', `Calls per simulated minute; ${count(live)} live now`), chart);
}

export function show(view) {
  const vendors = store.vendors.filter(adapter);
  const root = h('div.stack', h('div.title', h('h1', 'Campaigns'), h('p.sub', 'As the vendors’ own APIs have them.')));
  if (!vendors.length) root.append(h('p.empty', 'None of the vendors here has campaigns.'));
  for (const vendor of vendors) {
    const of = adapter(vendor), list = h('div.campaigns'), chart = h('div');
    let capacity = null;
    const draw = async () => {
      let all;
      try { all = await of.list(vendor); } catch (error) { return void put(list, h('p.bad', error.message)); }
      put(chart, all.length > 0 && perMinute(vendor.name, capacity));
      put(list, all.length ? all.map((one) => h('article.campaign',
        h('header', h('b', one.title), chip(one.status, { running: 'good', enabled: 'good', paused: 'warn', stopped: 'off' }[one.status]), one.kind && h('span.hint', one.kind), h('span.grow'),
          Object.entries(one.acts).map(([label, request]) => action(label, request, { name: `${label} ${one.title}`, kind: label === 'Start' ? 'primary' : '', done: (answer) => { if (answer.status >= 400) toast(answer.body, 'bad'); draw(); } }))),
        Object.keys(one.counts).length > 0 && h('dl.counts', Object.entries(one.counts).map(([name, n]) => h('div', h('dd', count(n)), h('dt', name)))),
        one.total > 0 && bars(one.outcomes))) : h('p.hint', 'There is no campaign.'));
    };
    const input = h('input', { type: 'number', min: 0, placeholder: '1000', 'aria-label': 'Capacity' });
    root.append(h('section.card', h('header', h('i.dot', { class: hue(vendor.name) }), h('h2', vendor.name), h('span.grow'),
      of.demo && h('button', { onclick: async (event) => { event.target.disabled = true; try { await of.demo(vendor); toast('200 contacts are called', 'good'); } catch (error) { toast(error.message, 'bad'); } event.target.disabled = false; draw(); } }, 'Call 200 made-up contacts'),
      of.capacity && [input, action('Set capacity', () => input.value ? of.capacity(vendor, Number(input.value)) : void toast('How many calls at once?', 'bad'), { done: (answer) => { capacity = answer.capacity; draw(); } })]),
    chart, list));
    const soon = throttled(1000, draw);
    view.watch(['calls'], soon);
    draw();
  }
  return root;
}
