// One call: its ladder, who hears whom, what every view of the vendor says of it, and all that can be done to it.

import { e, get, path, Problem } from '../api.js';
import { action, onCall } from '../actions.js';
import { card, chip, copyButton, dialog, facts, field, h, hint, icon, pretty, put, says, select, throttled } from '../dom.js';
import { drawLadder } from '../ladder.js';
import { learn, listen, simNow, want } from '../store.js';
import { causeKind, deliveryKind, fullTime, length, ms, number, words } from '../text.js';
import { go, href, setParam } from '../route.js';
import { testDialog } from '../maketest.js';
import { play } from './player.js';
import { stateKind, stateName } from './rows.js';

/** Asks for one value, then does something with it. */
export function ask(title, label, value, make, more = []) {
  const input = h('input', { value, required: true, autofocus: true });
  const button = action(title, () => make(input.value.trim()), { kind: 'primary', done: () => box.close() });
  const box = dialog(title, h('form', { onsubmit: event => { event.preventDefault(); button.run(); } }, field(label, input), ...more), h('footer', button));
}

const TABS = ['Ladder', 'Views', 'Webhooks', 'Timeline'];

export function show(view) {
  const { id } = view;
  const root = h('div.fill');
  const head = h('div'), side = h('aside.side-panel'), body = h('div.tabbody');
  const tabs = h('div.tabs', { role: 'tablist', 'aria-label': 'What is shown of the call' }, TABS.map(name => h('button', {
    role: 'tab', data: { tab: name }, onclick: () => { tab = name; setParam({ tab: name === TABS[0] ? '' : name }); drawTab(); } }, name)));
  let tab = TABS.find(name => name === view.params.get('tab')) ?? TABS[0], relative = view.params.get('times') !== 'absolute';
  let call = null, drawn = '';
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
    const live = call.state !== 'ended', from = ms(call.answered_at ?? call.created_at), what = call.answered_at ? 'talk' : 'try';
    put(head, h('div.callhead', { class: stateKind(call), data: { state: call.state } }, h('a.back', { href: href('calls'), 'aria-label': 'All calls' }, '←'),
      h('h1', number(call.from), h('span.arrow', ' → '), number(call.to)), h('span.state', h('i'), stateName(call)),
      h('span.timers', live ? h('b', { data: { since: from, vendor: call.vendor } }, length((simNow(call.vendor) - from) / 1000)) : [`${what === 'talk' ? 'talked' : 'tried'} ${length((ms(call.ended_at) - from) / 1000)} · `, h('span', { class: causeKind(call.cause) }, words(call.cause))]),
      h('span.grow'), h('button.primary', { onclick: () => testDialog(call) }, 'Make this a test')));
  }

  function legCard(one) {
    const live = call.state !== 'ended' && one.state !== 'ended', leg = one.side ?? one.leg;
    const does = (label, verb, kind) => action(label, onCall(call, verb, { leg }), { kind, name: `${label} leg ${one.leg}`, done: load });
    return h('div.leg',
      h('div.legtop', h('b', one.party.number), h('span.hint', one.party.kind), chip(one.state === 'ended' ? words(one.cause) || 'ended' : one.state, { ringing: 'warn', up: 'good', held: 'park' }[one.state])),
      live && one.hears.length > 0 && hint(`hears ${one.hears.map(other => call.legs.find(known => known.leg === other)?.party.number).join(', ')}`),
      live && h('div.acts', one.state === 'ringing' ? [does('Answer', 'answer', 'good'), does('Reject', 'reject'), does('Take over', 'take_over')] :
        [one.state === 'held' ? does('Resume', 'resume') : does('Hold', 'hold'), h('button', { onclick: () => ask('Press keys', 'Keys', '1', digits => onCall(call, 'dtmf', { leg, digits })) }, 'Keys…'), does('Hang up', 'hang_up', 'bad')]));
  }

  function drawSide() {
    const live = call.state !== 'ended', part = (title, ...children) => h('section', h('h2', title), children), acts = (...children) => h('div.acts', children);
    const does = (label, verb, body, kind) => action(label, onCall(call, verb, body), { kind, done: load });
    const to = (label, verb, choice, options) => h('button', { onclick: () => {
      const input = choice && select(options);
      ask(label, choice === 'supervision' ? 'Extension' : 'To', '102', value => onCall(call, verb, { [choice === 'supervision' ? 'extension' : 'to']: value, ...(choice ? { [choice]: input.value } : {}) }), choice ? [field('How', input)] : []);
    } }, `${label}…`);
    const sides = [['a', `${number(call.from)} stays`], ['b', `${number(call.to)} stays`]];
    put(side, part('Parties', call.legs.length ? call.legs.map(legCard) : hint('The exchange keeps the legs of its latest calls only.')),
      live && part('The call', acts(does('Hang up', 'hang_up', undefined, 'bad'), call.answered_at ? [to('Transfer', 'transfer', 'moved', sides), to('Consult', 'consult', 'by', sides),
        call.legs.some(one => one.role === 'consults' && one.state !== 'ended') && [does('Complete', 'complete'), does('Cancel consultation', 'cancel_consultation')],
        does('Park', 'park', { cut: 'b' }), to('Supervise', 'supervise', 'supervision', ['listen', 'whisper', 'barge']), does('Record', 'start_recording'), does('Stop recording', 'stop_recording')] : to('Route', 'route'))),
      part('Recording', call.recording_seconds != null && !live ? acts(h('button', { onclick: () => play(call) }, icon('play'), `Play ${length(call.recording_seconds)}`), h('a.button', { href: path(`${base}/recording.wav`), download: `${call.id}.wav` }, 'WAV')) :
        hint(live ? 'Once the call is over.' : 'None.')),
      part('Export', acts([['SVG', 'svg'], ['Mermaid', 'mermaid', 'mmd'], ['JSON', 'json']].map(([label, format, ending]) =>
        h('a.button', { data: { export: format }, href: path(`${base}/ladder`, { query: { format } }), download: `${call.id}.${ending ?? format}` }, label)))),
      part('Known as', facts([['id', call.id], ['account', call.account], ['line', call.line], ...Object.entries(call.vendor_ids ?? {})], true),
        facts([['created', fullTime(call.created_at)], ['answered', fullTime(call.answered_at)], ['ended', fullTime(call.ended_at)]])));
  }

  let turns = 0;
  async function drawTab() {
    const turn = ++turns, of = call;
    for (const button of tabs.children) button.setAttribute('aria-selected', String(button.dataset.tab === tab));
    let shown;
    if (tab === 'Ladder') {
      const ladder = await get(`${base}/ladder`), key = `${JSON.stringify(ladder)}${relative}`;
      if (key === drawn && body.querySelector('.ladder')) return;
      drawn = key;
      const toggle = h('div.seg', { role: 'group', 'aria-label': 'Times' }, [[true, 'from the beginning'], [false, 'simulated clock']].map(([value, label]) =>
        h('button', { 'aria-pressed': String(value === relative), onclick: () => { relative = value; setParam({ times: value ? '' : 'absolute' }); drawTab(); } }, label)));
      const prefix = of.id.slice(0, of.id.lastIndexOf('-'));
      shown = [h('div.ladderbar', toggle, !ladder.whole && hint('From the record: the exchange keeps the timelines of its latest calls only.'), ladder.rows_omitted > 0 && hint(`${ladder.rows_omitted} more rows are left out.`),
        h('span.legend', [['media', 'hear each other'], ['ringing', 'rings'], ['up', 'is up'], ['recorded', 'recorded']].map(([kind, label]) => [h('i', { class: kind }), label]))),
      drawLadder(ladder, { relative, wide: body.clientWidth - 24, pick: row => row.request ? go('requests', row.request) : go('webhooks', `${prefix}-d${row.delivery}`) })];
    } else if (tab === 'Views') {
      const { views } = await get(`${base}/views`);
      shown = h('div.views', views.length ? views.map(one => card(one.view, [chip(one.kind), copyButton(JSON.stringify(one.shown, null, 2), one.view)], says(Object.entries(one.says).map(([name, value]) => [name, Array.isArray(value) ? value : String(value)])), pretty(one.shown))) : h('p.empty', 'No view of the vendor shows it yet.'));
    } else if (tab === 'Webhooks') {
      const { deliveries } = await get('/deliveries', { vendor: of.vendor, account: of.account, query: { call: of.id, limit: 200 } });
      shown = h('div.stack', deliveries.length ? [h('div', action('Send all again', onCall(of, 'resend', { speed: 0 }), { said: 'Sent again', done: load })), deliveries.map(one => h('a.line', { href: href('webhooks', one.id) }, chip(one.state, deliveryKind(one.state)), h('b', one.event), h('span.hint', one.url)))] : h('p.empty', 'Nothing was told of this call.'));
    } else {
      const { events } = await get(`${base}/events`);
      shown = events.length ? h('table', h('tbody', events.slice(0, 1000).map(one => h('tr', [one.at.slice(11, 23), `+${((ms(one.at) - ms(of.created_at)) / 1000).toFixed(3)}`, one.event, one.leg != null && `leg ${one.leg}`, one.cause ?? one.digits ?? one.supervision].map(value => h('td', value)))))) :
        h('p.empty', 'The exchange keeps the timelines of its latest calls only.');
    }
    if (turn === turns) put(body, shown);
  }

  view.onclose(want('delivery'));
  view.onclose(want('request'));
  const soon = throttled(150, load);
  view.onclose(listen(item => {
    if (item.call === id || item.kind === 'world' && item.change === 'reset') soon();
  }));
  put(root, head, h('div.split2', h('div.fill', tabs, body), side));
  load();
  return root;
}
