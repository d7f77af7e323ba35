// One call: its ladder, who hears whom, what every view of the vendor says of it, and all that can be done to it.

import { get, path, send, Problem, e } from '../api.js';
import { act, action, onCall } from '../actions.js';
import { chip, copyButton, copy, dialog, field, h, icon, menu, pretty, put, select, throttled, toast } from '../dom.js';
import { drawLadder } from '../ladder.js';
import { learn, listen, simNow, store } from '../store.js';
import { causeKind, fullTime, length, ms, number, words } from '../text.js';
import { go, here, href, setParam } from '../route.js';
import { testDialog } from '../maketest.js';
import { play } from './player.js';
import { stateKind, stateName } from './rows.js';

/** Asks for one value, then does something with it. */
export function ask(title, label, value, make, more = []) {
  const input = h('input', { value, required: true, autofocus: true });
  const button = action(title, () => make(input.value.trim()), { kind: 'primary', done: () => box.close() });
  const box = dialog(title, h('form', { onsubmit: (event) => { event.preventDefault(); button.run(); } }, field(label, input), ...more), h('footer', button));
}

const TABS = [['ladder', 'Ladder'], ['views', 'Views'], ['deliveries', 'Webhooks'], ['events', 'Timeline'], ['json', 'JSON']];

export function show(view) {
  const { id } = view;
  const root = h('div.fill');
  const head = h('div'), side = h('aside.side-panel'), body = h('div.tabbody');
  const tabs = h('div.tabs', { role: 'tablist', 'aria-label': 'What is shown of the call' }, TABS.map(([name, label]) => h('button', {
    type: 'button', role: 'tab', data: { tab: name }, onclick: () => { tab = name; setParam({ tab: name === 'ladder' ? '' : name }); drawTab(); } }, label)));
  let tab = view.params.get('tab') ?? 'ladder', relative = view.params.get('times') !== 'absolute';
  let call = null, ladder = null, drawn = '';
  const base = `/calls/${e(id)}`;

  async function load() {
    try {
      call = await get(base);
      learn(call);
      drawHead();
      drawSide();
      await drawTab();
    } catch (error) {
      if (!(error instanceof Problem)) return;
      if (!call) put(root, h('p.empty', `${error.message}. `, h('a', { href: href('calls') }, 'All calls')));
    }
  }

  function drawHead() {
    const live = call.state !== 'ended';
    const since = (from, name) => from && h('span', name, ' ', live ? h('b', { data: { since: ms(from), vendor: call.vendor } }, length((simNow(call.vendor) - ms(from)) / 1000)) : null);
    put(head, h('div.callhead', { class: stateKind(call), data: { state: call.state } },
      h('a.back', { href: href('calls'), 'aria-label': 'All calls' }, '←'),
      h('h1', number(call.from), h('span.arrow', ' → '), number(call.to)),
      h('span.state', h('i'), stateName(call)),
      h('span.timers', live ? (call.answered_at ? since(call.answered_at, 'talking') : since(call.created_at, 'since')) :
        [call.answered_at ? `talked ${length((ms(call.ended_at) - ms(call.answered_at)) / 1000)}` : `tried ${length((ms(call.ended_at) - ms(call.created_at)) / 1000)}`, ' · ',
          h('span', { class: causeKind(call.cause) }, words(call.cause))]),
      h('span.grow'),
      h('button.primary', { onclick: () => testDialog(call) }, 'Make this a test')));
  }

  const leg = (one) => one.side ?? one.leg;
  function legCard(one) {
    const live = call.state !== 'ended' && one.state !== 'ended';
    const does = (label, verb, body, more) => action(label, onCall(call, verb, body), { ...more, name: `${label} leg ${one.leg}`, done: load });
    const keys = () => ask('Press keys', 'Keys', '1', (digits) => onCall(call, 'dtmf', { leg: leg(one), digits }));
    const rings = one.state === 'ringing', up = ['up', 'held', 'parked'].includes(one.state);
    return h('div.leg', { class: one.state },
      h('div.legtop', h('b', one.party.number), h('span.hint', one.party.kind), chip(one.state === 'ended' ? words(one.cause) || 'ended' : one.state,
        { ringing: 'warn', up: 'good', held: 'park', ended: 'off' }[one.state])),
      one.hears.length > 0 && live && h('p.hint', `hears ${one.hears.map((other) => call.legs.find((known) => known.leg === other)?.party.number).join(', ')}`),
      live && h('div.acts',
        rings && [does('Answer', 'answer', { leg: leg(one) }, { kind: 'good' }), does('Reject', 'reject', { leg: leg(one) }), does('Take over', 'take_over', { leg: leg(one) }, { title: 'The phone does nothing by itself any more' })],
        up && [one.state === 'held' ? does('Resume', 'resume', { leg: leg(one) }) : does('Hold', 'hold', { leg: leg(one) }),
          h('button', { onclick: keys }, 'Keys…'), does('Hang up', 'hang_up', { leg: leg(one) }, { kind: 'bad' })]));
  }

  function drawSide() {
    const live = call.state !== 'ended';
    const other = (title, make) => h('button', { onclick: () => ask(title, 'To', '102', make) }, `${title}…`);
    const supervise = () => {
      const how = select(['listen', 'whisper', 'barge'], 'listen');
      ask('Supervise', 'Extension', '103', (extension) => onCall(call, 'supervise', { extension, supervision: how.value }), [field('How', how)]);
    };
    const sideOf = () => select([['a', `${number(call.from)} stays`], ['b', `${number(call.to)} stays`]], 'a');
    const two = (title, verb, key) => h('button', { onclick: () => {
      const moved = sideOf();
      ask(title, 'To', '102', (to) => onCall(call, verb, { [key]: moved.value, to }), [field('Who', moved)]);
    } }, `${title}…`);
    const consulting = call.legs.some((one) => one.role === 'consults' && one.state !== 'ended');
    const talks = call.answered_at && live;
    put(side, h('section', h('h2', 'Parties'), call.legs.length ? call.legs.map(legCard) : h('p.hint', 'The exchange keeps the legs of its latest calls only.')),
      live && h('section', h('h2', 'The call'), h('div.acts',
        action('Hang up', onCall(call, 'hang_up'), { kind: 'bad', done: load }),
        talks ? [two('Transfer', 'transfer', 'moved'), two('Consult', 'consult', 'by'),
          consulting && [action('Complete', onCall(call, 'complete'), { done: load }), action('Cancel consultation', onCall(call, 'cancel_consultation'), { done: load })],
          action('Park', onCall(call, 'park', { cut: 'b' }), { done: load, title: 'The called party leaves, the caller waits' }),
          h('button', { onclick: supervise }, 'Supervise…'),
          call.recording_seconds == null ? action('Record', onCall(call, 'start_recording'), { done: load }) : action('Stop recording', onCall(call, 'stop_recording'), { done: load })] :
          other('Route', (to) => onCall(call, 'route', { to })))),
      h('section', h('h2', 'Recording'), call.recording_seconds != null && !live ?
        h('div.acts', h('button', { onclick: () => play(call) }, icon('play'), `Play ${length(call.recording_seconds)}`),
          h('a.button', { href: path(`${base}/recording.wav`), download: `${call.id}.wav` }, 'WAV')) : h('p.hint', live ? 'Once the call is over.' : 'None.')),
      h('section', h('h2', 'Export'), h('div.acts',
        [['SVG', 'svg'], ['Mermaid', 'mermaid', 'mmd'], ['JSON', 'json']].map(([label, format, ending]) =>
          h('a.button', { data: { export: format }, href: path(`${base}/ladder`, { query: { format } }), download: `${call.id}.${ending ?? format}` }, label)))),
      h('section', h('h2', 'Known as'), h('dl.facts', [['id', call.id], ['account', call.account], ['line', call.line], ...Object.entries(call.vendor_ids ?? {})].map(([name, value]) => value != null &&
        h('div', h('dt', name), h('dd', [value].flat().map((one) => h('span.id', h('code', one), copyButton(String(one), name)))))),
      [['created', call.created_at], ['answered', call.answered_at], ['ended', call.ended_at]].map(([name, at]) => at && h('div', h('dt', name), h('dd', h('code', fullTime(at))))))));
  }

  const serial = { n: 0 };
  async function drawTab() {
    const turn = ++serial.n;
    for (const button of tabs.children) button.setAttribute('aria-selected', String(button.dataset.tab === tab));
    const of = call;
    let shown;
    if (tab === 'ladder') {
      ladder = await get(`${base}/ladder`);
      const key = `${JSON.stringify(ladder)}${relative}`;
      if (key === drawn && body.querySelector('.ladder')) return;
      drawn = key;
      const toggle = h('div.seg', { role: 'group', 'aria-label': 'Times' }, [[true, 'from the beginning'], [false, 'simulated clock']].map(([value, label]) =>
        h('button', { 'aria-pressed': String(value === relative), onclick: () => { relative = value; setParam({ times: value ? '' : 'absolute' }); drawTab(); } }, label)));
      const prefix = of.id.slice(0, of.id.lastIndexOf('-'));
      shown = [h('div.ladderbar', toggle, !ladder.whole && h('span.hint', 'From the record: the exchange keeps the timelines of its latest calls only.'),
        ladder.rows_omitted > 0 && h('span.hint', `${ladder.rows_omitted} more rows are left out.`), h('span.legend', h('i.media'), 'hear each other', h('i.ringing'), 'rings', h('i.up'), 'is up', h('i.recorded'), 'recorded')),
      drawLadder(ladder, { relative, pick: (row) => row.request ? go('requests', row.request) : go('webhooks', `${prefix}-d${row.delivery}`) })];
    } else if (tab === 'views') {
      const { views } = await get(`${base}/views`);
      shown = h('div.views', views.length ? views.map((one) => h('section.card', h('header', h('h2', one.view), chip(one.kind), copyButton(JSON.stringify(one.shown, null, 2), one.view)),
        h('dl.says', Object.entries(one.says).map(([name, value]) => [h('dt', name.replaceAll('_', ' ')), h('dd', Array.isArray(value) ? value.join(', ') : String(value))])), pretty(one.shown))) : h('p.empty', 'No view of the vendor shows it yet.'));
    } else if (tab === 'deliveries') {
      const { deliveries } = await get('/deliveries', { vendor: of.vendor, account: of.account, query: { call: of.id, limit: 200 } });
      shown = h('div.stack', h('div.acts', deliveries.length > 0 && action('Send all again', onCall(of, 'resend', { speed: 0 }), { said: 'Sent again', done: load })),
        deliveries.length ? deliveries.map((one) => h('a.line', { href: href('webhooks', one.id) }, chip(one.state, { delivered: 'good', failed: 'bad', pending: 'warn' }[one.state]), h('b', one.event), h('span.hint', one.url))) : h('p.empty', 'Nothing was told of this call.'));
    } else if (tab === 'events') {
      const { events } = await get(`${base}/events`, { query: {} });
      const begin = ms(of.created_at);
      shown = events.length ? h('table', h('thead', h('tr', ['At', 'After', 'Event', 'Leg', 'And'].map((name) => h('th', { scope: 'col' }, name)))), h('tbody', events.slice(0, 1000).map((one) => h('tr',
        h('td.num', one.at.slice(11, 23)), h('td.num', `+${((ms(one.at) - begin) / 1000).toFixed(3)}`), h('td', one.event), h('td', one.leg ?? ''), h('td', [one.cause, one.digits, one.supervision].filter(Boolean).join(' ')))))) : h('p.empty', 'The exchange keeps the timelines of its latest calls only.');
    } else shown = pretty(of);
    if (turn === serial.n) put(body, shown);
  }

  const soon = throttled(150, load);
  view.onclose(listen((item) => {
    if (item.call === id || item.kind === 'world' && item.change === 'reset') soon();
  }));
  put(root, head, h('div.split2', h('div.fill', tabs, body), side));
  load();
  return root;
}
