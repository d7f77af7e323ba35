// Two phones on the desk: each is an extension or a number outside, rings, answers, and hears tones.

import { e, get, req, send } from '../api.js';
import { act, action, copied, onCall } from '../actions.js';
import { h, put, select, throttled, toast } from '../dom.js';
import { accountOf, listen, simNow, store } from '../store.js';
import { length, ms, number, words } from '../text.js';
import { href, setParam } from '../route.js';
import { COUNTRIES, countryOf, isMuted, keySound, mute, sound } from '../tone.js';

const HABITS = [['normal', 'Available'], ['busy', 'Busy'], ['dnd', 'Do not disturb'], ['out', 'Logged out']];

function phone(view, slot, initial) {
  let [vendorName, mine] = [initial?.split('/')[0], initial?.split('/').slice(1).join('/')];
  let known = [], call = null, stop = null, heard = '', lastEnd = null, takes = true;
  const vendor = select(store.vendors.map(one => one.name), vendorName ?? store.vendors[0]?.name, { 'aria-label': 'Vendor', onchange: () => { mine = me.value = ''; initial = '-'; pick(); } });
  const list = h('datalist', { id: `numbers-${slot}` });
  const me = h('input', { value: mine ?? '', placeholder: '101, or a number outside', list: `numbers-${slot}`, 'aria-label': 'My number', spellcheck: 'false',
    onchange: () => { mine = me.value.trim(); setParam({ [slot]: mine && `${vendor.value}/${mine}` }); begin(); } });
  const habit = select(HABITS, 'normal', { 'aria-label': 'Habit', onchange: () => setHabit() });
  const country = select(COUNTRIES, 'VN', { 'aria-label': 'Tones', title: 'Tones of which country', onchange: () => hear('', true) });
  const screen = h('div.screen', { 'aria-live': 'polite' });
  const to = h('input', { placeholder: 'Number to dial', 'aria-label': 'Number to dial', inputmode: 'tel', onkeydown: event => { if (event.key === 'Enter') dialling.run(); } });
  const dialling = action('Call', () => {
    if (!mine) return void toast('Say whose phone this is', 'bad');
    if (!to.value.trim()) return void toast('Say whom to call', 'bad');
    return req('POST', '/calls', { vendor: vendor.value, account: whose() }, { from: mine, to: to.value.trim() });
  }, { kind: 'good', icon: 'phone', done: made => { call = made; draw(); } });
  const pad = h('div.pad', { role: 'group', 'aria-label': 'Dial pad' }, [...'123456789*0#'].map(key => h('button', { onclick: () => press(key) }, key)));
  const where = () => ({ vendor: vendor.value, account: whose() });
  const whose = () => accountOf(vendor.value);

  function press(key) {
    keySound(key);
    const leg = myLeg();
    if (call && leg?.state === 'up') act(onCall(call, 'dtmf', { leg: leg.leg, digits: key }));
    else to.value += key;
  }

  const myLeg = () => call?.legs.find(leg => leg.party.number === mine && leg.state !== 'ended');
  const others = () => call.legs.filter(leg => leg.party.number !== mine && leg.state !== 'ended');

  function ofHabit() {
    const body = { normal: { registered: true, do_not_disturb: false, habit: null }, busy: { registered: true, do_not_disturb: false, habit: { outcome: 'busy' } },
      dnd: { registered: true, do_not_disturb: true }, out: { registered: false } }[habit.value];
    return known.includes(mine) ? req('PATCH', `/extensions/${e(mine)}`, where(), body) : void toast('Extensions have habits', 'bad');
  }
  const setHabit = () => act(ofHabit(), `${mine}: ${HABITS.find(([key]) => key === habit.value)[1].toLowerCase()}`);

  async function pick() {
    const all = (await get('/extensions').catch(() => ({ extensions: [] }))).extensions;
    // The first vendor that has phones, unless one was chosen.
    if (!initial && !mine && all.length) vendor.value = all[0].vendor;
    known = all.filter(one => one.vendor === vendor.value).map(one => one.number);
    put(list, known.map(one => h('option', { value: one })));
    if (!mine && known.length) { mine = known[slot === 'a' ? 0 : Math.min(1, known.length - 1)]; me.value = mine; }
    begin();
  }

  async function begin() {
    call = null;
    habit.disabled = !known.includes(mine);
    if (!habit.disabled) {
      const one = await get(`/extensions/${e(mine)}`, where()).catch(() => null);
      if (one) habit.value = !one.registered ? 'out' : one.do_not_disturb ? 'dnd' : one.habit?.outcome === 'busy' ? 'busy' : 'normal';
    }
    const country_ = countryOf(mine) ?? countryOf([...store.calls.values()].find(one => one.vendor === vendor.value && one.line)?.line ?? '');
    if (country_) country.value = country_;
    draw();
    look();
  }

  /** Finds the call that this phone is in. */
  async function look() {
    if (!mine) return;
    let calls;
    try {
      const [from, to_] = await Promise.all(['from', 'to'].map(key => get('/calls', { ...where(), query: { [key]: mine, limit: 5 } })));
      calls = [...from.calls, ...to_.calls];
      if (call && !calls.some(one => one.id === call.id)) calls.push(await get(`/calls/${e(call.id)}`));
    } catch { return; }
    const mineIn = one => one.state !== 'ended' && one.legs.some(leg => leg.party.number === mine && leg.state !== 'ended');
    const now = calls.find(mineIn);
    const was = call;
    if (was && !now) lastEnd = calls.find(one => one.id === was.id) ?? was;
    if (now && now.id !== was?.id && takes) {
      const leg = now.legs.find(one => one.party.number === mine && one.state === 'ringing');
      if (leg) await send(onCall(now, 'take_over', { leg: leg.leg })).catch(() => {});
    }
    call = now ?? null;
    draw();
    if (was && !now && lastEnd?.id === was.id && /BUSY|CONGESTION|REJECTED|UNALLOCATED/.test(lastEnd.cause ?? '') && lastEnd.from.number === mine) {
      stop?.();
      stop = sound(country.value, 'busy', 3);
      heard = '';
    }
  }

  function hear(what, anew) {
    if (what === heard && !anew) return;
    stop?.();
    stop = null;
    heard = what;
    if (what) stop = sound(country.value, what);
  }

  function draw() {
    const leg = myLeg();
    root.className = `card phone ${leg?.state ?? 'idle'}`;
    root.dataset.state = leg?.state ?? 'idle';
    const does = (label, verb, body, kind, drawing) => action(label, onCall(call, verb, body), { kind, icon: drawing, name: `${label}, phone ${slot}`, done: look });
    if (!call || !leg) {
      hear('');
      put(screen, h('div.who', mine || 'No number'), h('p.hint', lastEnd ? `Last: ${number(lastEnd.from)} → ${number(lastEnd.to)}, ${words(lastEnd.cause)}` : known.includes(mine) ? `an extension of ${vendor.value}` : 'a number outside'));
      return;
    }
    const other = others()[0]?.party.number ?? (number(call.from) === mine ? number(call.to) : number(call.from));
    const rings = leg.state === 'ringing';
    const waits = !rings && !call.answered_at && number(call.from) === mine;
    hear(rings ? 'ring' : waits && others().some(one => one.state === 'ringing') ? 'ringback' : '');
    put(screen, h('div.who', other), h('p', rings ? 'is calling' : waits ? 'ringing there' : leg.state === 'held' ? 'on hold' : 'talking', ' ',
      h('b', { data: { since: ms(call.answered_at ?? call.created_at), vendor: call.vendor } }, length((simNow(call.vendor) - ms(call.answered_at ?? call.created_at)) / 1000)),
      ' · ', h('a', { href: href('call', call.id) }, 'ladder')),
    h('div.acts', rings ? [does('Answer', 'answer', { leg: leg.leg }, 'good', 'phone'), does('Reject', 'reject', { leg: leg.leg }, 'bad')] :
      [call.answered_at && (leg.state === 'held' ? does('Resume', 'resume', { leg: leg.leg }) : does('Hold', 'hold', { leg: leg.leg })),
        does('Hang up', 'hang_up', { leg: leg.leg }, 'bad', 'x')]));
  }

  const root = h('section.card.phone', { 'aria-label': `Phone ${slot}`, data: { phone: slot } },
    h('header', vendor, me, list, copied(habit, ofHabit, `Habit, phone ${slot}`)), screen, h('div.dialler', to, dialling), pad,
    h('footer', h('span.hint', 'Tones of'), country, h('label.check', h('input', { type: 'checkbox', checked: true, onchange: event => { takes = event.target.checked; } }), h('span', 'I answer myself'))));
  const soon = throttled(120, look);
  view.onclose(listen(item => {
    if (item.kind === 'event' && item.vendor === vendor.value && mine && (item.from === mine || item.to === mine || item.call === call?.id || item.leg > 1 && item.event === 'leg_ringing')) {
      // Nobody else picks up meanwhile: a phone that rings here is answered here.
      if (item.event === 'leg_ringing' || item.call === call?.id) look(); else soon();
    }
  }));
  view.onclose(() => stop?.());
  pick();
  return root;
}

export function show(view) {
  const quiet = h('button', { 'aria-pressed': 'false', onclick: () => { mute(!isMuted()); quiet.setAttribute('aria-pressed', String(isMuted())); put(quiet, isMuted() ? 'Muted' : 'Mute'); } }, isMuted() ? 'Muted' : 'Mute');
  return h('div.stack', h('div.title', h('h1', 'Phone'), h('p.sub', 'Be an extension or a number outside. A call that reaches a phone here rings until you answer it.'), h('span.grow'), quiet),
    h('div.phones', phone(view, 'a', view.params.get('a')), phone(view, 'b', view.params.get('b'))));
}
