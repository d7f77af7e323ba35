// The frame: where one can go, the clock, the account, whether the stream lives, the keys.

import { askToken, hasToken, req, send, setToken } from './api.js';
import { act, action, copied } from './actions.js';
import { dialog, field, h, icon, put, select, toast } from './dom.js';
import { begin, changed, hue, loadClock, reload, simNow, store, theClock, watch, whose } from './store.js';
import { count, length, many, ms } from './text.js';
import { account, go, here, href, setParam } from './route.js';

/** Each is loaded when it is shown first: name, label, key, file. */
const PAGES = [
  ['start', 'Start', 's', () => import('./pages/start.js')],
  ['calls', 'Calls', 'c', () => import('./pages/calls.js')],
  ['phone', 'Phone', 'p', () => import('./pages/phone.js')],
  ['requests', 'Requests', 'r', () => import('./pages/requests.js')],
  ['webhooks', 'Webhooks', 'w', () => import('./pages/webhooks.js')],
  ['campaigns', 'Campaigns', 'a', () => import('./pages/campaigns.js')],
  ['numbers', 'Numbers', 'n', () => import('./pages/numbers.js')],
  ['time', 'Time travel', 't', () => import('./pages/time.js')],
  ['settings', 'Settings', 'e', () => import('./pages/settings.js')],
  ['docs', 'Docs', 'd', () => import('./pages/docs.js')],
  ['reference', 'Reference', 'f', () => import('./pages/reference.js')],
];
/** One call, which no list of pages has. */
const CALL = ['call', '', '', () => import('./pages/call.js')];

// The clock bar.

const face = h('time.face', { role: 'timer', 'aria-label': 'Simulated time' });
const did = h('span.did', { role: 'status' });
let gone = 0;
const RATES = [1, 2, 5, 10, 60, 600, 3600];

/** Where the clock is asked: that of the process, or an account's own. */
const onClock = (rest, body) => req('POST', rest, whose(), body);
const frozen = () => theClock()?.frozen;

function told(answer) {
  const failed = answer.deliveries.filter(one => one.state === 'failed').length;
  const parts = [many(answer.event_count, 'event')];
  if (answer.deliveries.length) parts.push(many(answer.deliveries.length, 'webhook'));
  if (failed) parts.push(`${failed} failed`);
  if (answer.unsettled.length) parts.push(`${answer.unsettled.length} under way`);
  const by = (ms(answer.to) - ms(answer.from)) / 1000;
  put(did, h('b', `+${by < 60 ? `${Math.round(by * 10) / 10} s` : length(by)}`), ` ${parts.join(', ')}`,
    answer.matched === false && ', nothing came');
  did.classList.toggle('bad', failed > 0);
  clearTimeout(gone);
  gone = setTimeout(() => put(did), 8000);
  loadClock();
}

const jump = (label, body, name, key) => action(label, () => onClock('/clock/advance', body), { done: told, name: `${label}: ${name}`, title: name, key });
const toggle = action('', () => onClock(frozen() ? '/clock/release' : '/clock/freeze'), { done: loadClock, name: 'Freeze', key: 'f' });
/** The rate is the process's, never an account's. */
const setRate = () => req('POST', '/clock/rate', {}, { rate: Number(rate.value) });
const rate = select(RATES.map(rate => [String(rate), `${rate}×`]), '1', { 'aria-label': 'Simulated seconds per second',
  onchange: async () => {
    await act(setRate());
    loadClock();
  } });

const clockBar = h('div.clock', { role: 'group', 'aria-label': 'Clock' }, face,
  h('span.jumps', toggle, copied(rate, setRate, 'Rate'),
    [['+1 s', 1, '.'], ['+10 s', 10], ['+1 min', 60], ['+1 h', 3600], ['+1 day', 86400]]
      .map(([label, seconds, key]) => jump(label, { seconds }, 'forward', key)),
    jump('→ event', { until: { kind: 'event' }, max: 86400 }, 'to the next event of a call', '>'),
    jump('→ idle', { until: 'idle', max: 86400 }, 'until nothing is due any more')),
  );

let shownSecond = '';
function tick() {
  const now = simNow();
  const text = new Date(now).toISOString();
  const second = text.slice(0, 19);
  if (second !== shownSecond) {
    shownSecond = second;
    put(face, h('span.day', text.slice(0, 10)), ' ', h('b', text.slice(11, 19)));
    face.setAttribute('datetime', second + 'Z');
  }
  // Timers of calls, wherever they are shown.
  for (const el of document.querySelectorAll('[data-since]')) {
    const shown = length((simNow(el.dataset.vendor) - Number(el.dataset.since)) / 1000);
    if (el.textContent !== shown) el.textContent = shown;
  }
}
setInterval(tick, 200);

watch(['clock'], () => {
  const clock = theClock();
  if (!clock) return;
  const { button } = toggle, says = clock.frozen ? 'Run' : 'Freeze';
  put(button, icon(clock.frozen ? 'play' : 'pause'), says);
  button.title = `${clock.frozen ? 'Let the clock run' : 'Stop the clock'} (f)`;
  button.setAttribute('aria-label', says);
  button.classList.toggle('primary', clock.frozen);
  document.body.classList.toggle('frozen', clock.frozen);
  const now = String(clock.rate);
  if (![...rate.options].some(option => option.value === now)) rate.append(h('option', { value: now }, `${now}×`));
  rate.value = now;
  tick();
});

// Account, light, search.

const accounts = select([['', 'All accounts']], '', { 'aria-label': 'Account', onchange: () => {
  setParam({ account: accounts.value });
  // Keys are the page's again.
  accounts.blur();
  loadClock();
  show();
} });
watch(['accounts', 'index'], () => {
  const names = [...new Set(store.accounts.map(one => one.account).filter(Boolean))];
  const chosen = account();
  if (chosen && !names.includes(chosen)) names.push(chosen);
  put(accounts, h('option', { value: '' }, 'All accounts'), names.map(name => {
    const of = store.accounts.filter(one => one.account === name).map(one => one.vendor);
    return h('option', { value: name }, `${of.length ? `${of.join(', ')}: ` : ''}${name.length > 22 ? `${name.slice(0, 20)}…` : name}`);
  }));
  accounts.value = chosen;
});

const light = h('span.light', { role: 'status' });
watch(['light'], () => {
  light.className = `light ${store.light}`;
  const says = { live: 'Live', lost: 'No server', wait: 'Connecting' }[store.light];
  put(light, h('i'), h('span', says));
  light.title = store.light === 'live' ? 'The stream of events lives' : 'There is no stream of events; trying again';
  if (store.light === 'live') loadClock();
});

const missed = h('div.banner', { hidden: true, role: 'alert' });
watch(['missed'], () => {
  missed.hidden = !store.hasMissed;
  put(missed, store.missed === null ? 'The server is another one than before, and what happened meanwhile is not known.' :
    `${count(store.missed)} events were missed: they came faster than they could be shown or kept.`,
    ' All lists were loaded anew. ',
    h('button', { onclick: () => { store.hasMissed = false; store.missed = 0; changed('missed'); } }, 'Understood'));
});

// Frame and pages.

const links = PAGES.map(([name, label]) => h('a', { href: href(name), data: { page: name } }, icon(name), h('span', label)));
const about = h('div.about');
const main = h('main', { id: 'main', tabindex: -1 });
document.body.append(
  h('a.skip', { href: '#main', onclick: event => { event.preventDefault(); main.focus(); } }, 'Skip to the page'),
  h('header.top',
    h('a.brand', { href: href('start') }, h('img', { src: '/__admin/ui/icon.svg', alt: '', width: 22, height: 22 }), h('b', 'Ringback')),
    clockBar, did, h('div.right', accounts, light,
      h('button.ghost', { title: 'Keys (?)', 'aria-label': 'Keys', onclick: help }, icon('key')))),
  h('nav.side', { 'aria-label': 'Pages' }, links, about),
  h('div.page', missed, main));

watch(['index'], () => {
  put(about, h('div.dots', store.vendors.map(vendor => h('a', { href: href('start'), title: vendor.title },
    h('i.dot', { class: hue(vendor.name) }), h('span', vendor.name)))),
    h('small', store.vendors[0] && `seed ${store.vendors[0].seed} · `, store.index.version));
  // The first answer has come: what was shown before had no vendors to show.
  if (!current?.ready) show();
});

let current = null, turns = 0;
async function show() {
  const { page, id, params } = here();
  const turn = ++turns, [name, label, , load] = [...PAGES, CALL].find(([name]) => name === page) ?? PAGES[0];
  for (const link of links) {
    link.href = href(link.dataset.page);
    if (link.dataset.page === (name === 'call' ? 'calls' : name)) {
      link.setAttribute('aria-current', 'page');
      // On a telephone they are wider than the screen.
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else link.removeAttribute('aria-current');
  }
  accounts.value = account();
  const module = await load();
  // The reader may have gone on meanwhile.
  if (turn !== turns) return;
  current?.close();
  document.querySelector('.menu')?.remove();
  document.title = `${label || id} · Ringback`;
  const closers = [];
  current = { ready: store.index !== null, close: () => closers.forEach(close => close()) };
  main.dataset.page = name;
  main.scrollTop = 0;
  put(main, current.ready ? module.show({ id, params,
    /** Follows topics as long as the page is shown. */
    watch: (topics, work) => closers.push(watch(topics, work)),
    onclose: work => closers.push(work) }) : h('p.empty', 'Asking the server…'));
}
addEventListener('hashchange', show);

// Keys.

function help() {
  const key = (...keys) => h('dt', keys.map(one => h('kbd', one)));
  dialog('Keys', h('dl.keys',
    PAGES.map(([, label, one]) => [key('g', one), h('dd', label)]),
    key('/'), h('dd', 'Search'), key('f'), h('dd', 'Freeze the clock, or let it run'),
    key('.'), h('dd', 'One second on'), key('>'), h('dd', 'To the next event'),
    key('j', 'k'), h('dd', 'Down and up in a list'), key('n'), h('dd', 'Dial'), key('Esc'), h('dd', 'Close, or back'),
    key('?'), h('dd', 'This')), h('p.hint', 'Every action can be copied as curl, Python, TypeScript or Rust: the small arrow beside it, or a right click.'));
}

function search() {
  const input = () => main.querySelector('input[type=search]');
  if (!input()) go('calls');
  setTimeout(() => input()?.focus(), 50);
}

let chord = 0;
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open], .menu')) return;
  const typing = /^(input|textarea|select)$/i.test(event.target.tagName);
  if (typing) { if (event.key === 'Escape') event.target.blur(); return; }
  if (chord && performance.now() - chord < 1500) {
    const page = PAGES.find(([, , key]) => key === event.key);
    chord = 0;
    if (page) { go(page[0]); event.preventDefault(); }
    return;
  }
  const keyed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === 'g') chord = performance.now();
  else if (event.key === '/') search();
  else if (event.key === '?') help();
  else if (event.key === 'Escape' && here().page === 'call') go('calls');
  else if (keyed) keyed.click();
  else return;
  event.preventDefault();
});

// A link cannot show the control token, so what it leads to is fetched where there is one.
addEventListener('click', async event => {
  const link = event.target.closest?.('a[download]');
  if (!link || !hasToken() || link.protocol === 'blob:') return;
  event.preventDefault();
  const answer = await send({ path: link.pathname + link.search }, { raw: true });
  const url = URL.createObjectURL(await answer.blob());
  h('a', { href: url, download: link.download }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});

// The control token, where the server wants one. It is kept in this page alone.

let asking = null;
askToken(() => {
  if (asking) return;
  const input = h('input', { type: 'password', autocomplete: 'off', required: true });
  asking = dialog('Control token', h('form', { method: 'dialog', onsubmit: () => { setToken(input.value.trim()); } },
    field('This server asks for its control token', input, 'What it was started with: --control-token'), h('button.primary', { type: 'submit' }, 'Use it')));
  asking.addEventListener('close', () => { asking = null; reload().catch(() => {}); });
});

/** How many events have been read, for who watches the page. */
export const eventCount = () => store.eventCount;

for (const topic of ['light', 'missed', 'accounts']) changed(topic);
addEventListener('unhandledrejection', event => toast(event.reason?.message ?? 'Something went wrong', 'bad'));
show();
begin();
