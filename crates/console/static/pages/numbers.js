// What happens when a number is called: rules in order, magic tails, extensions and services.

import { e, get, req } from '../api.js';
import { act, action, copies } from '../actions.js';
import { card, chip, dialog, field, h, hint, icon, menu, pretty, put, select, throttled, toast } from '../dom.js';
import { accountOf, hue, isLive, store } from '../store.js';
import { href, listAccount } from '../route.js';
import { count } from '../text.js';

const TAILS = [['99486', 'busy'], ['99480', 'no answer'], ['99404', 'no such number'], ['99503', 'congestion'], ['99487', 'the caller gives up'], ['99603', 'declined'], ['99200', 'answers after 1 s, talks 10 s']];
const span = value => typeof value === 'number' ? `${value} s` : Object.entries(value).map(([kind, of]) => `${kind} ${[of].flat().join('–')}`);
/** A rule without what the exchange has given it. */
export const strip = ({ id, hits, vendor, account, expires_at, ...rest }) => Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));

/** Asks for a piece of JSON; `make` makes a request of it. */
function jsonForm(title, label, about, value, make, done, ...before) {
  const text = h('textarea', { rows: 9, spellcheck: 'false', value: JSON.stringify(value, null, 2) });
  const box = dialog(title, before, field(label, text, about), h('footer', h('a', { href: href('docs', 'control-api') }, 'What it may say'), action('Set', () => {
    try { return make(JSON.parse(text.value)); } catch (error) { return void toast(error.message, 'bad'); }
  }, { kind: 'primary', done: () => { box.close(); done(); } })));
}

function rulesCard(vendor, view) {
  const list = h('ol.rules', { 'aria-label': `Rules of ${vendor}` });
  const at = () => ({ vendor, account: accountOf(vendor) });
  let rules = [], dragged = null;
  const inOrder = order => req('PUT', '/behaviours', at(), { rules: order.map(strip) });
  const move = (from, to) => {
    if (to < 0 || to >= rules.length || from === to) return;
    const order = [...rules];
    order.splice(to, 0, ...order.splice(from, 1));
    act(inOrder(order)).then(load);
  };
  /** What dragging does, for those who cannot drag; and the order as it is, to be set again by a program. */
  const grip = place => {
    const open = event => { event.preventDefault(); menu(el, [['Up', () => move(place, place - 1)], ['Down', () => move(place, place + 1)], ...copies(() => inOrder(rules)).map(([label, copy]) => [label.replace('Copy', 'Copy this order'), copy])]); };
    const el = h('span.grip', { role: 'button', tabindex: 0, 'aria-label': `Move rule ${place + 1}`, 'aria-haspopup': 'menu', onclick: open, oncontextmenu: open, onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') open(event); } }, icon('grip'));
    return el;
  };
  const form = rule => jsonForm(rule ? 'Change the rule' : 'Add a rule', 'The rule, as JSON', 'from, to, direction, times, outcome, setup, ring, talk, hangs_up, ttl, probability, hours, keys',
    rule ? strip(rule) : { to: '0912*', outcome: 'answer', ring: 3, talk: 30 }, body => rule ? req('PUT', `/behaviours/${rule.id}`, at(), body) : req('POST', '/behaviours', at(), body), load);
  const load = async () => {
    rules = (await get('/behaviours', at())).rules;
    put(list, rules.length ? rules.slice(0, 200).map((rule, place) => {
      // A rule that decides none of its calls is one that is switched off.
      const off = rule.probability === 0, { probability, ...rest } = strip(rule), outcome = [Object.values(rule.outcome)].flat().join('');
      return h('li.rule', { class: off && 'off', draggable: 'true', tabindex: 0, title: 'Drag, or Alt and an arrow, or the dots, to move it', ondragstart: () => { dragged = place; }, ondragover: event => event.preventDefault(), ondrop: () => move(dragged, place),
        onkeydown: event => { const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]; if (event.altKey && by) { event.preventDefault(); move(place, place + by); } } },
      grip(place), h('span.num', `${place + 1}.`), h('span.match', h('code', rule.from ?? 'anybody'), ' → ', h('code', rule.to ?? 'anybody'), rule.direction && chip(rule.direction)),
      chip(outcome.toLowerCase().replaceAll('_', ' '), { answer: 'good', manual: '' }[outcome] ?? 'warn'),
      h('span.hint', [rule.ring && `rings ${span(rule.ring)}`, rule.talk != null && `talks ${span(rule.talk)}`, rule.times != null && `${rule.times} times more`, probability > 0 && `${Math.round(probability * 100)} %`, rule.ttl && `for ${rule.ttl} s`].filter(Boolean).join(', ')),
      h('span.grow'), h('span', { title: 'Calls that it has decided' }, `${count(rule.hits ?? 0)} hits`),
      action(off ? 'Enable' : 'Disable', req('PUT', `/behaviours/${rule.id}`, at(), off ? rest : { ...rest, probability: 0 }), { name: `${off ? 'Enable' : 'Disable'} rule ${place + 1}`, done: load }),
      h('button.ghost', { 'aria-label': `Edit rule ${place + 1}`, onclick: () => form(rule) }, 'Edit'),
      action('', req('DELETE', `/behaviours/${rule.id}`, at()), { icon: 'x', name: `Remove rule ${place + 1}`, done: load }));
    }) : h('li.hint', 'No rules: numbers do what their tails say, or follow the vendor’s own mix.'));
  };
  const to = h('input', { placeholder: '0912*', 'aria-label': `Number, for the next call with ${vendor}` });
  const what = select([['busy', 'is busy'], ['answer', 'is answered'], ['no_answer', 'rings out'], ['reject', 'is rejected'], ['manual', 'rings until you decide']], 'busy', { 'aria-label': 'Outcome' });
  view.watch(['calls', 'world', 'index'], throttled(800, () => load().catch(() => {})));
  load();
  return card([h('i.dot', { class: hue(vendor) }), h('h2', vendor)], [h('span.acts', h('span', 'The next call to'), to, what, action('Set', () => req('POST', '/behaviours', at(), { ...(to.value.trim() ? { to: to.value.trim() } : {}), outcome: what.value, times: 1 }), { name: `Set the next call with ${vendor}`, done: load })),
    h('button', { onclick: () => form(null) }, 'Add a rule…')], list);
}

export function show(view) {
  const extensions = h('div.people'), services = h('div.people');
  const load = async () => {
    const [known, served] = await Promise.all(['/extensions', '/services'].map(kind => get(kind, { account: listAccount() })));
    const busy = new Map();
    for (const call of store.calls.values()) if (isLive(call)) for (const party of [...call.parties ?? [], call.from, call.to]) busy.set(`${call.vendor} ${party.number}`, call);
    put(extensions, known.extensions.slice(0, 600).map(one => {
      const call = busy.get(`${one.vendor} ${one.number}`);
      const [kind, says] = !one.registered ? ['', 'logged out'] : call ? ['talk', 'in a call'] : one.do_not_disturb ? ['bad', 'do not disturb'] : one.habit ? ['warn', 'has a habit'] : ['good', 'free'];
      const change = (label, body) => action(label, req('PATCH', `/extensions/${e(one.number)}`, one, body), { name: `${label}: ${one.number} of ${one.vendor}`, done: load });
      return h('div.person', h('i.presence', { class: kind }), h('b', one.number), h('span.hint', one.vendor, ' · ', call ? h('a', { href: href('call', call.id) }, says) : says), h('span.grow'),
        change(one.registered ? 'Log out' : 'Log in', { registered: !one.registered }), one.registered && change(one.do_not_disturb ? 'Disturb' : 'DND', { do_not_disturb: !one.do_not_disturb }),
        h('a.button.ghost', { href: href('phone', '', { a: `${one.vendor}/${one.number}` }) }, 'Be it'));
    }));
    put(services, served.services.length ? served.services.slice(0, 300).map(one => {
      const [kind, of] = Object.entries(one.kind)[0];
      return h('details.service', h('summary', h('b', one.number), chip(kind.replace('_', ' ')), h('span.hint', one.vendor, ' · ', of.keys ? Object.entries(of.keys).map(pair => pair.join(' → ')).join(', ') : (of.group ?? of).members?.join(', '))),
        pretty(one.kind), action('Remove', req('DELETE', `/services/${e(one.number)}`, one), { name: `Remove ${one.number}`, done: load }));
    }) : hint('No ring groups, queues or menus.'));
  };
  const add = (kind, value) => h('button', { onclick: () => {
    const vendor = select(store.vendors.map(one => one.name)), number = h('input', { required: true, placeholder: '300' });
    jsonForm('Add', 'What it is, as JSON', null, value, body => req('PUT', `/${kind}/${e(number.value.trim())}`, { vendor: vendor.value, account: accountOf(vendor.value) }, body), load, h('div.grid2', field('Vendor', vendor), field('Number', number)));
  } }, 'Add…');
  view.watch(['calls', 'world', 'index'], throttled(800, () => load().catch(() => {})));
  load();
  return h('div.stack', h('div.title', h('h1', 'Numbers'), h('p.sub', 'The first rule that matches decides; then the number’s tail; then the vendor’s own mix.')),
    store.vendors.map(vendor => rulesCard(vendor.name, view)),
    card('Magic tails', null, h('dl.tails', TAILS.map(([tail, does]) => h('div', h('dt', h('code', `…${tail}`)), h('dd', does))))),
    card('Extensions', add('extensions', { registered: true, do_not_disturb: false }), extensions), card('Services', add('services', { kind: { queue: { group: { members: ['101', '102'] }, wait: 60 } } }), services));
}
