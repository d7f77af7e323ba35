// What this page knows: vendors, clocks, calls. It is filled from lists once and kept by the stream.

import { e, follow, get, refollow, send } from './api.js';
import { batched } from './dom.js';
import { account } from './route.js';
import { ms } from './text.js';

/** The most calls, and the most requests, that are kept in memory. */
const CALLS = 5000, RECENT = 2000;
/** The most messages that wait to be read; the oldest make way, and that is said. */
const WAITING = 50_000;
/** How long one frame may read messages, in milliseconds. */
const BUDGET = 10;

export const store = {
  index: null, vendors: [], accounts: [], light: 'wait', missed: 0,
  clocks: new Map(), calls: new Map(), live: 0,
  /** The latest requests, newest first, as long as a page wants them. */
  request: [], eventCount: 0,
};

const watchers = new Map();
const dirty = new Set();
/** Calls back when something of a topic has changed, at the next frame. Returns how to end that. */
export function watch(topics, work) {
  for (const topic of topics) {
    if (!watchers.has(topic)) watchers.set(topic, new Set());
    watchers.get(topic).add(work);
  }
  return () => topics.forEach(topic => watchers.get(topic).delete(work));
}
const tell = batched(() => {
  const topics = [...dirty];
  dirty.clear();
  const works = new Set(topics.flatMap(topic => [...watchers.get(topic) ?? []]));
  for (const work of works) work(topics);
});
export function changed(topic) { dirty.add(topic); tell(); }

/** Listens to single events as they are read. */
const listeners = new Set();
export function listen(work) { listeners.add(work); return () => listeners.delete(work); }

// Clocks.

function setClock(name, clock) {
  const { now, rate, frozen } = clock;
  store.clocks.set(name, { base: ms(now), at: performance.now(), rate, frozen });
  changed('clock');
}

/** The clock that counts: the chosen account's own, a vendor's, or that of the process. */
export const theClock = vendor => (account() && store.clocks.get('@')) || (store.clocks.get(vendor) ?? store.clocks.get('') ?? store.clocks.values().next().value);

/** Simulated time in milliseconds. */
export function simNow(vendor) {
  const clock = theClock(vendor);
  return clock ? clock.base + (clock.frozen ? 0 : (performance.now() - clock.at) * clock.rate) : Date.now();
}

/** The chosen account with its vendor, for what is about one world; nothing is about all demo accounts. */
export function whose() {
  const of = store.accounts.find(one => one.account === account());
  return account() && of ? { vendor: of.vendor, account: of.account } : {};
}

export async function loadClock() {
  const [answer, own] = await Promise.all([get('/clock'), account() ? get('/clock', whose()) : null]);
  store.clocks.delete('@');
  if (own && !own.vendors) setClock('@', own);
  if (!answer.vendors) return setClock('', answer);
  for (const [vendor, clock] of Object.entries(answer.vendors)) setClock(vendor, clock);
}

// Calls.

const moments = call => Object.assign(call, {
  created: ms(call.created_at), answered: ms(call.answered_at), ended: ms(call.ended_at),
});

/** Takes a call as a list shows it. */
export function learn(call) {
  const known = store.calls.get(call.id);
  const learnt = moments({ ...call, recorded: call.recording_seconds != null, v: (known?.v ?? 0) + 1 });
  learnt.parties = (call.legs ?? []).map(leg => leg.party);
  store.calls.set(call.id, learnt);
  changed('calls');
  return learnt;
}

/** Leaves only so many calls, the oldest finished ones going first. */
function bound() {
  if (store.calls.size <= CALLS) return;
  const over = [...store.calls.values()].filter(call => call.state === 'ended').sort((a, b) => a.created - b.created);
  for (const call of over.slice(0, store.calls.size - CALLS + 500)) store.calls.delete(call.id);
}

const states = { call_created: 'created', leg_ringing: 'ringing', call_parked: 'parked', call_ended: 'ended' };

function onEvent(event) {
  store.eventCount++;
  const { call: id, at } = event;
  if (!id) return;
  let call = store.calls.get(id);
  if (!call) {
    if (event.event !== 'call_created' && event.event !== 'call_ended') unknown.add(id);
    const party = text => ({ kind: null, number: text });
    call = moments({ id, vendor: event.vendor, account: event.account, vendor_ids: event.vendor_ids, v: 0,
      from: party(event.from), to: party(event.to), direction: event.direction, state: 'created', created_at: at,
      answered_at: null, ended_at: null, cause: null, recorded: false });
    store.calls.set(id, call);
  }
  call.v++;
  call.vendor_ids = event.vendor_ids ?? call.vendor_ids;
  switch (event.event) {
    case 'leg_ringing':
      if (!call.answered_at && call.state !== 'ended') call.state = 'ringing';
      if (!call.rang) call.rang = ms(at);
      break;
    case 'leg_answered':
      // The caller's own leg is up from the beginning.
      if (event.leg > 0 && call.state !== 'ended') {
        call.state = 'answered';
        // Which leg talks and which only serves the list alone says.
        unknown.add(id);
        if (!call.answered_at) { call.answered_at = at; call.answered = ms(at); }
      }
      break;
    case 'leg_held': call.held = true; break;
    case 'leg_resumed': call.held = false; break;
    case 'recording_started': call.recorded = true; break;
    case 'call_ended':
      call.ended_at = at;
      call.ended = ms(at);
      call.cause = event.cause;
      call.state = 'ended';
      break;
    default: if (states[event.event]) call.state = states[event.event];
  }
  changed('calls');
}

// Calls that events alone do not tell whole are looked at, a few at a time.
const unknown = new Set();
let looking = false;
async function look() {
  if (looking) return;
  looking = true;
  while (unknown.size) {
    // Where there is a flood the list says it in one answer.
    if (unknown.size > 40) { unknown.clear(); await loadCalls({}, 200).catch(() => {}); await rest(1000); continue; }
    const id = unknown.values().next().value;
    unknown.delete(id);
    if (store.calls.get(id)?.state === 'ended') continue;
    await send({ path: `/__admin/calls/${e(id)}` }).then(learn, () => {});
  }
  looking = false;
}
const rest = time => new Promise(done => setTimeout(done, time));

/** Loads a page of calls; returns where the next one is. */
export async function loadCalls(query, limit = 200, after) {
  const answer = await get('/calls', { account: '*', query: { ...query, limit, after } });
  for (const call of answer.calls) learn(call);
  bound();
  return answer;
}

export const isLive = call => call.state !== 'ended';

/** All calls in memory that hold a test: live ones first, then the newest. */
export function sortedCalls(test) {
  const found = [];
  let live = 0;
  for (const call of store.calls.values()) {
    if (isLive(call)) live++;
    if (test(call)) found.push(call);
  }
  store.live = live;
  return found.sort((a, b) => isLive(b) - isLive(a) || b.created - a.created || (a.id < b.id ? 1 : -1));
}

// The stream.

const waiting = [];
let lost = 0;
const read = batched(() => {
  const end = performance.now() + BUDGET;
  let at = 0;
  while (at < waiting.length && (at % 16 || performance.now() < end)) {
    const [name, text] = waiting[at++];
    let item;
    try { item = JSON.parse(text); } catch { continue; }
    take(name, item);
  }
  waiting.splice(0, at);
  bound();
  if (unknown.size) look();
  if (waiting.length) read();
});

function take(name, item) {
  item.kind ??= name;
  switch (name) {
    case 'missed':
      say(item.count);
      break;
    case 'event': onEvent(item); break;
    case 'request':
      store.request.unshift(item);
      if (store.request.length > RECENT) store.request.length = RECENT;
      changed('request');
      break;
    case 'delivery': changed('delivery'); break;
    case 'clock':
      if (item.account == null && !account()) setClock(store.clocks.has('') ? '' : item.vendor, item);
      else loadClock();
      break;
    case 'world':
      changed('world');
      if (item.what === 'account') loadAccounts();
      if (item.change === 'reset') reload();
      break;
  }
  for (const work of listeners) work(item);
}

/** Says that events were missed, and looks at everything again. */
function say(count) {
  store.missed = count == null ? null : (store.missed ?? 0) + count;
  store.hasMissed = true;
  changed('missed');
  reload();
}

export async function loadAccounts() {
  store.accounts = (await get('/accounts')).accounts;
  changed('accounts');
}

let reloads = null;
/** Loads everything anew: at the beginning, after a reset, when something was missed. */
export function reload() {
  reloads ??= (async () => {
    try {
      store.index = await get('');
      store.vendors = store.index.vendors;
      await loadAccounts();
      await loadClock();
      store.calls.clear();
      await loadCalls({}, 200);
      changed('index');
      changed('world');
    } finally { reloads = null; }
  })();
  return reloads;
}

const wanted = ['event', 'clock', 'world'];
/** Asks for one more kind of messages, which are many; returns how to do without them again. */
export function want(kind) {
  wanted.push(kind);
  refollow();
  return () => { wanted.splice(wanted.indexOf(kind), 1); refollow(); };
}

export function begin() {
  let was = 'wait';
  follow(() => [...new Set(wanted)].join(), (name, text) => {
    waiting.push([name, text]);
    if (waiting.length > WAITING) { waiting.splice(0, WAITING / 10); lost += WAITING / 10; say(lost); lost = 0; }
    read();
  }, light => {
    store.light = light;
    changed('light');
    if (light === 'live' && was !== 'live') reload().catch(() => {});
    was = light;
  });
}

/** The chosen account, if the vendor has it: otherwise its demo account is meant. */
export const accountOf = vendor => store.accounts.some(one => one.vendor === vendor && one.account === account()) ? account() : '';
/** Which colour a vendor's dot has, of eight. */
export const hue = name => `v${Math.max(0, store.vendors.findIndex(vendor => vendor.name === name)) % 8}`;
