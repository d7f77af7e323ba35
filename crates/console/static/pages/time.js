// Time travel: named moments, what has changed since, and ways back and aside.

import { e, get, req } from '../api.js';
import { action } from '../actions.js';
import { card, chip, dialog, field, h, hint, pretty, put, select, throttled } from '../dom.js';
import { hue, loadAccounts, reload, store, whose } from '../store.js';
import { account, listAccount, setParam } from '../route.js';
import { count, fullTime } from '../text.js';

const name = () => `at ${new Date().toISOString().slice(11, 19)}`;

const changesOf = (tables) => Object.entries(tables).map(([table, of]) => h('details.fold',
  h('summary', h('b', table.replaceAll('_', ' ')), [['added', 'good'], ['changed', 'warn'], ['removed', 'bad']].map(([what, kind]) => of.counts[what] > 0 && chip(`${count(of.counts[what])} ${what}`, kind))),
  ['added', 'changed', 'removed'].map((what) => of[what].length > 0 && [h('h4', what), of[what].slice(0, 50).map((row) => pretty(row.fields ?? row, 3000))])));

export function show(view) {
  const list = h('div'), result = h('div');
  const load = async () => {
    const all = (await get('/checkpoints', { account: listAccount() })).checkpoints ?? [];
    put(list, all.length ? all.map((one) => {
      const where = `/checkpoints/${e(one.name)}`, of = `${one.vendor}${one.account ? ` · ${one.account.slice(0, 14)}` : ''}`;
      return h('div.moment', h('i.dot', { class: hue(one.vendor) }), h('b', one.name), h('span.hint', of), h('span.num', fullTime(one.at)), h('span.grow'),
        h('button', { onclick: async () => {
          const changes = changesOf(await get('/changes', { ...one, query: { since: one.name, limit: 100 } }));
          put(result, card(`Changed since “${one.name}”, ${of}`, null, changes.length ? changes : hint('Nothing has changed.')));
        } }, 'Changed since'),
        action('Rewind', req('POST', `${where}/rewind`, one), { name: `Rewind ${one.vendor} to ${one.name}`, said: `${one.vendor} is at “${one.name}” again`, done: () => { reload(); load(); } }),
        action('Remove', req('DELETE', where, one), { name: `Remove ${one.name} of ${one.vendor}`, done: load }));
    }) : hint('No checkpoint yet. One costs next to nothing, and nobody else’s time moves when it is gone back to.'));
  };
  view.watch(['world', 'index'], throttled(600, () => load().catch(() => {})));
  load();
  const title = h('input', { value: name(), 'aria-label': 'Name' });
  /** Asks for an account and the credential of a new one. */
  const account_ = (label, about, options, make) => h('button', { onclick: () => {
    const of = select(options), to = h('input', { required: true, placeholder: 'crm-test' });
    const box = dialog(label, hint(about), field('Of', of), field('Credential of the new one', to, 'what its clients send: an api key, a secret, a user'),
      h('footer', action('Make it', () => make(of.value, to.value.trim()), { kind: 'primary', done: async (made) => { box.close(); await loadAccounts(); setParam({ account: made.account }); } })));
  } }, `${label}…`);
  return h('div.stack', h('div.title', h('h1', 'Time travel'), h('p.sub', account() ? `Of the account ${account()}` : 'Of the demo accounts of all vendors'), h('span.grow'),
    account_('New account', 'A world of its own: its own calls, rules, webhooks and time.', store.vendors.map((one) => one.name), (vendor, to) => req('PUT', `/accounts/${e(to)}`, { vendor })),
    account_('Fork', 'Another account whose world is a copy, live calls and all: from one moment two ways go on.', store.accounts.map((one, place) => [String(place), `${one.vendor}: ${one.account ?? 'demo'}`]),
      (place, to) => req('POST', `/accounts/${e(store.accounts[place].account ?? 'demo')}/fork`, { vendor: store.accounts[place].vendor }, { to })),
    action('Reset the worlds', () => req('POST', '/reset', whose()), { kind: 'bad', said: 'Made anew', title: 'Calls, rules and deliveries are gone', done: reload })),
  card('Checkpoints', [title, action('Save a checkpoint', () => req('POST', '/checkpoints', whose(), { name: title.value.trim() }), { kind: 'primary', done: () => { title.value = name(); load(); } })], list), result);
}
