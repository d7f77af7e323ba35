// A call as a ladder, drawn from the JSON form that the control API has of it.

import { h, s } from './dom.js';
import { ms } from './text.js';

const LEFT = 66, TOP = 66, ROW = 26;

const seconds = (at, from) => `+${((ms(at) - from) / 1000).toFixed(3)}`;
/** Shortens a text; of "asked → 200" the answer is what has to be seen. */
const short = (text, most) => {
  if (text.length <= most) return text;
  const end = / → [^,]*/.exec(text)?.[0] ?? '';
  return `${text.slice(0, Math.max(1, most - 1 - end.length))}…${end}`;
};

/** How a row is coloured: by what became of it. */
export function tone(row) {
  if (row.kind === 'request') return row.refused || row.status >= 400 ? 'bad' : 'good';
  if (row.kind === 'attempt') return row.status >= 200 && row.status < 300 ? 'good' : 'bad';
  if (row.kind === 'delivery') return 'faint';
  if (row.kind === 'leg_answered') return 'good';
  if (row.kind === 'call_ended' || row.kind === 'leg_ended') {
    return !row.cause || /NORMAL_CLEARING|TRANSFER/.test(row.cause) ? 'plain' : 'warn';
  }
  return row.kind === 'leg_ringing' ? 'ring' : 'plain';
}

/** Draws it. `relative` writes times from the beginning; `pick` is called with a row that is clicked. */
export function drawLadder(ladder, { relative = true, wide = 800, pick } = {}) {
  const lanes = ladder.lanes;
  // As wide as there is room for, within what can be read.
  const LANE = Math.max(108, Math.min(170, (wide - LEFT - 150) / Math.max(1, lanes.length - 1))), half = Math.min(64, LANE / 2 - 4);
  const items = [...ladder.rows.map(row => ({ at: row.at, row })), ...ladder.media.map(band => ({ at: band.from, band }))]
    .map((item, place) => ({ ...item, place })).sort((a, b) => ms(a.at) - ms(b.at) || a.place - b.place);
  const begin = items.length ? ms(items[0].at) : 0;
  const width = LEFT + half + 8 + (lanes.length - 1) * LANE + 80, height = TOP + items.length * ROW + 22;
  const x = lane => LEFT + half + 8 + lane * LANE;
  const y = place => TOP + place * ROW + ROW / 2;
  const bottom = height - 8;
  const placeOf = at => { const found = at == null ? -1 : items.findIndex(item => ms(item.at) >= ms(at)); return found < 0 ? items.length : found; };
  const root = s('svg', { class: 'ladder', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': ladder.title });
  root.append(s('title', ladder.title));
  const back = s('g', { class: 'back' }), lines = s('g'), front = s('g');
  root.append(back, lines, front);

  // Who hears whom: bands behind everything, from the outermost lane to the other.
  const legLane = new Map(ladder.legs.map(leg => [leg.leg, leg.lane]));
  for (const band of ladder.media) {
    const ends = band.voices.flatMap(voice => [legLane.get(voice.speaker), legLane.get(voice.listener)]).filter(lane => lane != null);
    if (!ends.length) continue;
    const [first, last] = [Math.min(...ends), Math.max(...ends)];
    const top = y(items.findIndex(item => item.band === band)) - ROW / 2 + 2, end = band.to ? y(placeOf(band.to)) - ROW / 2 - 1 : bottom - 6;
    back.append(s('rect', { class: 'media', x: x(first), y: top, width: Math.max(4, x(last) - x(first)), height: Math.max(6, end - top), rx: 3 }));
    const label = s('text', { class: 'voices', x: (x(first) + x(last)) / 2, y: top + 15 }, short(band.label, 44));
    front.append(label);
  }
  for (const [place, lane] of lanes.entries()) {
    lines.append(s('line', { class: 'lane', x1: x(place), x2: x(place), y1: 48, y2: bottom }));
    front.append(s('g', { class: `head ${lane.kind}` }, s('rect', { x: x(place) - half, y: 8, width: half * 2, height: 40, rx: 7 }),
      s('text', { class: 'name', x: x(place), y: 25 }, s('title', lane.title), short(lane.title, Math.floor(half / 3.6))),
      s('text', { class: 'kind', x: x(place), y: 40 }, lane.kind === 'exchange' ? ladder.vendor : lane.kind)));
  }
  // Each leg on its lane: it rings, then it is up; held stretches are hatched.
  const stretch = (kind, lane, from, to, wide = 8) => {
    const top = y(placeOf(from)), end = to ? y(placeOf(to)) : bottom - 4;
    if (end > top) lines.append(s('rect', { class: kind, x: x(lane) - wide / 2, y: top, width: wide, height: end - top, rx: wide / 2 }));
  };
  for (const leg of ladder.legs) {
    stretch('ringing', leg.lane, leg.created_at, leg.answered_at ?? leg.ended_at);
    if (leg.answered_at) stretch('up', leg.lane, leg.answered_at, leg.ended_at);
    for (const held of leg.held) stretch('held', leg.lane, held.from, held.to);
  }
  const exchange = lanes.findIndex(lane => lane.kind === 'exchange');
  for (const recorded of ladder.recorded) stretch('recorded', exchange, recorded.from, recorded.to, 6);

  let lastTime = '';
  for (const [place, { at, row }] of items.entries()) {
    const time = relative ? seconds(at, begin) : at.slice(11, 23);
    const same = time === lastTime;
    lastTime = time;
    front.append(s('text', { class: same ? 'time same' : 'time', x: LEFT - 6, y: y(place) + 4 }, same ? '·' : time));
    if (!row) continue;
    const kind = tone(row);
    const group = s('g', { class: `row ${kind} ${row.kind}`, 'data-row': row.kind });
    const label = row.label;
    if (row.from === row.to) {
      group.append(s('circle', { cx: x(row.from), cy: y(place), r: 4.5 }), s('text', { class: 'note', x: x(row.from) + 11, y: y(place) + 4 }, short(label, 46), s('title', label)));
    } else {
      const [from, to] = [x(row.from), x(row.to)], way = Math.sign(to - from), tip = to - way * 5;
      group.append(s('line', { class: 'hit', x1: from, x2: to, y1: y(place), y2: y(place) }),
        s('line', { class: 'arrow', x1: from + way * 5, x2: tip - way * 6, y1: y(place) + 3, y2: y(place) + 3 }),
        s('path', { class: 'tip', d: `M${tip} ${y(place) + 3}l${-way * 8} -4v8z` }));
      const most = Math.floor(Math.abs(to - from) / 6.1);
      group.append(s('text', { class: 'label', x: (from + to) / 2, y: y(place) - 2 }, short(label, Math.max(most, 8)), s('title', label)));
    }
    if (pick && (row.request || row.delivery != null)) {
      group.classList.add('link');
      group.addEventListener('click', () => pick(row));
    }
    front.append(group);
  }
  return h('div.ladderbox', { tabindex: 0, role: 'region', 'aria-label': 'Ladder' }, root);
}
