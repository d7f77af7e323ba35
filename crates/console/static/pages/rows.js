// A call as a row, wherever calls are listed.

import { h, icon } from '../dom.js';
import { hue, isLive, simNow } from '../store.js';
import { causeKind, clockTime, length, number, words } from '../text.js';
import { href } from '../route.js';
import { play } from './player.js';

const kinds = { created: 'wait', waiting: 'wait', ringing: 'ring', answered: 'talk', parked: 'park', ended: 'over' };
export const stateName = call => call.held && call.state === 'answered' ? 'on hold' : ({ answered: 'talking' })[call.state] ?? call.state;
export const stateKind = call => call.held && call.state === 'answered' ? 'park' : kinds[call.state] ?? '';

export const rowHead = () => h('div.call.head', { 'aria-hidden': 'true' },
  h('span', 'State'), h('span', 'From'), h('span'), h('span', 'To'),
  h('span.num', 'Ring'), h('span.num', 'Talk'), h('span', 'Ended by'), h('span'), h('span', 'At'), h('span', 'Vendor'));

/** A length that runs on in simulated time, or one that is over. */
function timer(from, to, runs, vendor) {
  if (!Number.isFinite(from)) return h('span.num');
  if (Number.isFinite(to)) return h('span.num', length((to - from) / 1000));
  return runs ? h('span.num', { data: { since: from, vendor } }, length((simNow(vendor) - from) / 1000)) : h('span.num');
}

export function callRow(call) {
  const live = isLive(call);
  const rings = Number.isFinite(call.answered) ? call.answered : call.ended;
  const recording = call.recorded && !live;
  return h('div.call', { class: stateKind(call), data: { call: call.id, state: call.state } },
    h('a.cover', { href: href('call', call.id), 'aria-label': `${number(call.from)} to ${number(call.to)}, ${stateName(call)}` }),
    h('span.state', h('i'), stateName(call)),
    h('span.who', number(call.from)), icon({ inbound: 'in', outbound: 'out' }[call.direction] ?? 'local'), h('span.who', number(call.to)),
    timer(call.created, rings, live && !call.answered_at, call.vendor), timer(call.answered, call.ended, live, call.vendor),
    h('span.cause', { class: causeKind(call.cause) }, words(call.cause)),
    h('span', recording && h('button.ghost.small', { 'aria-label': 'Play the recording', title: 'Play the recording',
      onclick: event => { event.preventDefault(); play(call); } }, icon('play')), live && call.recorded && h('span.rec', { title: 'Recording' }, icon('rec'))),
    h('span.num.at', clockTime(call.created_at, simNow(call.vendor))),
    h('span.vname', h('i.dot', { class: hue(call.vendor) }), call.vendor));
}
