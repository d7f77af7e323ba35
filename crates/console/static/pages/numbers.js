// What happens when a number is called: rules in order, magic tails, extensions and services.

import { get, path, req, e } from '../api.js';
import { act, action } from '../actions.js';
import { chip, dialog, field, h, icon, pretty, put, select, throttled, toast } from '../dom.js';
import { hue, isLive, store } from '../store.js';
import { account, href, listAccount } from '../route.js';
import { count } from '../text.js';

/** The account to name for a thing, unless it is the demo account's. */
const where = (thing) => ({ vendor: thing.vendor, account: thing.account });
const TAILS = [['…99486', 'busy'], ['…99480', 'no answer'], ['…99404', 'no such number'], ['…99503', 'congestion'], ['…99487', 'the caller gives up'], ['…99603', 'declined'], ['…99200', 'answers after 1 s, talks 10 s']];
const OUTCOMES = ['answer', 'busy', 'no_answer', 'reject', 'cancel', 'manual'];
const span = (value) => value === undefined || value === null ? '' : typeof value === 'number' ? `${value} s` : Object.entries(value).map(([kind, of]) => `${kind} ${[of].flat().join('–')}`).join();
const outcome = (rule) => typeof rule.outcome === 'object' ? Object.values(rule.outcome)[0] : rule.outcome;

function ruleForm(vendor, whose, rule, done) {
  const text = h('textarea', { rows: 9, spellcheck: 'false', value: JSON.stringify(rule ? strip(rule) : { to: '0912*', outcome: 'answer', ring: 3, talk: 30 }, null, 2) });
  const request = () => {
    let body;
    try { body = JSON.parse(text.value); } catch (error) { return void toast(error.message, 'bad'); }
    return rule ? req('PUT', `/behaviours/${rule.id}`, { vendor, account: whose }, body) : req('POST', '/behaviours', { vendor, account: whose }, body);
  };
  const box = dialog(rule ? 'Change the rule' : 'Add a rule', field('The rule, as JSON', text, 'from, to, direction, times, outcome, setup, ring, talk, hangs_up, ttl, probability, hours, keys'),
    h('footer', h('a', { href: href('docs', 'control-api') }, 'What a rule may say'), action(rule ? 'Change' : 'Add', request, { kind: 'primary', done: () => { box.close(); done(); } })));
}
const strip = ({ id, hits, vendor, account, expires_at, ...rest }) => Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));

function rulesCard(vendor, view) {
  const list = h('ol.rules', { 'aria-label': `Rules of ${vendor.name}` });
  const whose = () => store.accounts.some((one) => one.vendor === vendor.name && one.account === account()) ? account() : '';
  const at = () => ({ vendor: vendor.name, account: whose() });
  let rules = [], dragged = null;
  const move = (from, to) => {
    if (to < 0 || to >= rules.length || from === to) return;
    const order = [...rules];
    order.splice(to, 0, ...order.splice(from, 1));
    act(req('PUT', '/behaviours', at(), { rules: order.map(strip) })).then(load);
  };
  const load = async () => {
    rules = (await get('/behaviours', at())).rules;
    put(list, rules.length ? rules.slice(0, 200).map((rule, place) => {
      const off = rule.probability === 0;
      return h('li.rule', { class: off ? 'off' : '', draggable: 'true', tabindex: 0, title: 'Drag, or Alt and an arrow, to move it', ondragstart: () => { dragged = place; }, ondragover: (event) => event.preventDefault(), ondrop: () => move(dragged, place),
        onkeydown: (event) => { if (event.altKey && /Arrow(Up|Down)/.test(event.key)) { event.preventDefault(); move(place, place + (event.key === 'ArrowUp' ? -1 : 1)); } } },
      icon('grip'), h('span.num', `${place + 1}.`), h('span.match', h('code', rule.from ?? 'anybody'), ' → ', h('code', rule.to ?? 'anybody'), rule.direction && chip(rule.direction)),
      chip(outcome(rule).toLowerCase().replaceAll('_', ' '), { answer: 'good', busy: 'warn', manual: '' }[rule.outcome] ?? 'warn'),
      h('span.hint', [rule.ring != null && `rings ${span(rule.ring)}`, rule.talk != null && `talks ${span(rule.talk)}`, rule.times != null && `${rule.times} times more`, rule.probability != null && !off && `${Math.round(rule.probability * 100)} %`, rule.ttl && `for ${rule.ttl} s`].filter(Boolean).join(', ')),
      h('span.grow'), h('span.hits', { title: 'Calls that it has decided' }, count(rule.hits), ' hits'),
      // A rule that decides none of its calls is one that is switched off.
      action(off ? 'Enable' : 'Disable', () => { const { probability, ...rest } = strip(rule); return req('PUT', `/behaviours/${rule.id}`, at(), off ? rest : { ...strip(rule), probability: 0 }); }, { name: `${off ? 'Enable' : 'Disable'} rule ${place + 1}`, done: load }),
      h('button.ghost', { 'aria-label': `Edit rule ${place + 1}`, onclick: () => ruleForm(vendor.name, whose(), rule, load) }, 'Edit'),
      action('', req('DELETE', `/behaviours/${rule.id}`, at()), { icon: 'x', name: `Remove rule ${place + 1}`, done: load }));
    }) : h('li.hint', 'No rules: numbers do what their tails say, or follow the vendor’s own mix.'));
  };
  const to = h('input', { placeholder: '0912*', 'aria-label': `Number, for the next call with ${vendor.name}` });
  const what = select([['busy', 'is busy'], ['answer', 'is answered'], ['no_answer', 'rings out'], ['reject', 'is rejected'], ['manual', 'rings until you decide']], 'busy', { 'aria-label': 'Outcome' });
  const soon = throttled(800, () => load().catch(() => {}));
  view.watch(['calls', 'world', 'index'], soon);
  load();
  return h('section.card', h('header', h('i.dot', { class: hue(vendor.name) }), h('h2', vendor.name), h('span.grow'), h('span', 'The next call to'), to, what,
    action('Set', () => req('POST', '/behaviours', at(), { ...(to.value.trim() ? { to: to.value.trim() } : {}), outcome: what.value, times: 1 }), { name: `Set the next call with ${vendor.name}`, done: load }),
    h('button.primary', { onclick: () => ruleForm(vendor.name, whose(), null, load) }, 'Add a rule…')), list);
}

export function show(view) {
  const extensions = h('div.people'), services = h('div.people');
  const load = async () => {
    const [known, served] = await Promise.all([get('/extensions', { account: listAccount() }), get('/services', { account: listAccount() })]);
    const busy = new Map();
    for (const call of store.calls.values()) if (isLive(call)) for (const party of [...call.parties ?? [], call.from, call.to]) busy.set(`${call.vendor} ${party.number}`, call);
    put(extensions, known.extensions.slice(0, 600).map((one) => {
      const call = busy.get(`${one.vendor} ${one.number}`);
      const presence = !one.registered ? ['off', 'logged out'] : call ? ['talk', 'in a call'] : one.do_not_disturb ? ['bad', 'do not disturb'] : one.habit ? ['warn', 'has a habit'] : ['good', 'free'];
      const change = (label, body) => action(label, req('PATCH', `/extensions/${e(one.number)}`, where(one), body), { name: `${label}: ${one.number} of ${one.vendor}`, done: load });
      return h('div.person', h('i.presence', { class: presence[0] }), h('b', one.number), h('span.hint', one.vendor, ' · ', call ? h('a', { href: href('call', call.id) }, presence[1]) : presence[1]), h('span.grow'),
        one.registered ? change('Log out', { registered: false }) : change('Log in', { registered: true }), one.registered && (one.do_not_disturb ? change('Disturb', { do_not_disturb: false }) : change('DND', { do_not_disturb: true })),
        h('a.button.ghost', { href: href('phone', '', { a: `${one.vendor}/${one.number}` }) }, 'Be it'));
    }));
    put(services, served.services.length ? served.services.slice(0, 300).map((one) => {
      const [kind, of] = Object.entries(one.kind)[0];
      const group = of.group ?? of;
      return h('details.service', h('summary', h('b', one.number), chip(kind.replace('_', ' ')), h('span.hint', one.vendor, ' · ', kind === 'menu' ? Object.entries(of.keys).map(([key, to]) => `${key} → ${to}`).join(', ') : (group.members ?? []).join(', '))),
        pretty(one.kind), h('div.acts', action('Remove', req('DELETE', `/services/${e(one.number)}`, where(one)), { name: `Remove ${one.number}`, done: load })));
    }) : h('p.hint', 'No ring groups, queues or menus.'));
  };
  const add = (kind) => () => {
    const vendor = select(store.vendors.map((one) => one.name)), number = h('input', { required: true, placeholder: '300' });
    const text = h('textarea', { rows: 5, spellcheck: 'false', value: JSON.stringify({ queue: { group: { members: ['101', '102'] }, wait: 60 } }, null, 2) });
    const box = dialog(`Add ${kind === 'services' ? 'a service' : 'an extension'}`, h('div.grid2', field('Vendor', vendor), field('Number', number)), kind === 'services' && field('Kind', text, 'ring_group, queue or menu'),
      h('footer', action('Add', () => {
        try { return req('PUT', `/${kind}/${e(number.value.trim())}`, { vendor: vendor.value }, kind === 'services' ? { kind: JSON.parse(text.value) } : {}); } catch (error) { return void toast(error.message, 'bad'); }
      }, { kind: 'primary', done: () => { box.close(); load(); } })));
  };
  const soon = throttled(800, () => load().catch(() => {}));
  view.watch(['calls', 'world', 'index'], soon);
  load();
  return h('div.stack', h('div.title', h('h1', 'Numbers'), h('p.sub', 'The first rule that matches decides; then the number’s tail; then the vendor’s own mix.')),
    store.vendors.map((vendor) => rulesCard(vendor, view)),
    h('section.card', h('header', h('h2', 'Magic tails')), h('dl.tails', TAILS.map(([tail, does]) => h('div', h('dt', h('code', tail)), h('dd', does))))),
    h('section.card', h('header', h('h2', 'Extensions'), h('span.grow'), h('button', { onclick: add('extensions') }, 'Add…')), extensions),
    h('section.card', h('header', h('h2', 'Services'), h('span.grow'), h('button', { onclick: add('services') }, 'Add…')), services));
}
