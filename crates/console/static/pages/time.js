// Time travel: named moments, what has changed since, and ways back and aside.

import { get, path, req, e } from '../api.js';
import { act, action } from '../actions.js';
import { chip, dialog, field, h, pretty, put, throttled, toast } from '../dom.js';
import { hue, loadAccounts, reload, store } from '../store.js';
import { account, listAccount, setParam } from '../route.js';
import { bytes, count, fullTime } from '../text.js';

const name = () => `at ${new Date().toISOString().slice(11, 19)}`;

function changesOf(vendor, tables) {
  const entries = Object.entries(tables);
  if (!entries.length) return h('p.hint', 'Nothing has changed.');
  return h('div.stack', entries.map(([table, of]) => h('details.fold',
    h('summary', h('b', table.replaceAll('_', ' ')), [['added', 'good'], ['changed', 'warn'], ['removed', 'bad']].map(([what, kind]) => of.counts[what] > 0 && chip(`${count(of.counts[what])} ${what}`, kind))),
    ['added', 'changed', 'removed'].map((what) => of[what].length > 0 && [h('h4', what), of[what].slice(0, 50).map((row) => pretty(row.fields ?? row, 3000))]))));
}

export function show(view) {
  const list = h('div.moments'), result = h('div'), shots = h('div.moments');
  const where = (one) => ({ vendor: one.vendor, account: one.account });
  const load = async () => {
    const all = (await get('/checkpoints', { account: listAccount() })).checkpoints ?? [];
    put(list, all.length ? all.map((one) => h('div.moment', h('i.dot', { class: hue(one.vendor) }), h('b', one.name), h('span.hint', one.vendor, one.account ? ` · ${one.account.slice(0, 14)}` : ''), h('span.num', fullTime(one.at)), h('span.grow'),
      h('button', { onclick: async () => {
        const changes = await get('/changes', { ...where(one), query: { since: one.name, limit: 100 } });
        put(result, h('section.card', h('header', h('h2', `Changed since “${one.name}”, ${one.vendor}`)), changesOf(one.vendor, changes)));
      } }, 'Changed since'),
      action('Rewind', req('POST', `/checkpoints/${e(one.name)}/rewind`, where(one)), { kind: 'primary', name: `Rewind ${one.vendor} to ${one.name}`, said: `${one.vendor} is at “${one.name}” again`, done: () => { reload(); load(); } }),
      action('Remove', req('DELETE', `/checkpoints/${e(one.name)}`, where(one)), { name: `Remove ${one.name}`, done: load }))) : h('p.hint', 'No checkpoint yet. One costs next to nothing, and nobody else’s time moves when it is gone back to.'));
    const { snapshots } = await get('/snapshots');
    put(shots, snapshots.length ? snapshots.map((one) => h('div.moment', h('b', one.name), h('span.hint', one.parts.map((part) => part.vendor).join(', '), ' · ', bytes(one.parts.reduce((sum, part) => sum + part.bytes, 0))), h('span.grow'),
      h('a.button', { href: path(`/snapshots/${e(one.name)}`), download: `${one.name}.json` }, 'Download'),
      action('Restore', req('POST', `/snapshots/${e(one.name)}/restore`), { name: `Restore ${one.name}`, said: 'All worlds are as they were', done: reload }),
      action('Remove', req('DELETE', `/snapshots/${e(one.name)}`), { name: `Remove snapshot ${one.name}`, done: load }))) : h('p.hint', 'No snapshot yet: whole worlds as bytes, for another process too.'));
  };
  const title = h('input', { value: name(), 'aria-label': 'Name' });
  const made = () => { title.value = name(); load(); };
  view.watch(['world', 'index'], throttled(600, () => load().catch(() => {})));
  load();
  const fork = () => {
    const vendor = h('select', store.accounts.map((one, place) => h('option', { value: place, selected: one.account === account() }, `${one.vendor}: ${one.account ?? 'demo'}`))), to = h('input', { required: true, value: 'fork-1' });
    const box = dialog('Fork into an account', h('p.hint', 'Another account whose world is a copy, live calls and all: from one moment two ways go on.'), field('Of', vendor), field('Credential of the new one', to),
      h('footer', action('Fork', () => {
        const of = store.accounts[Number(vendor.value)];
        const demo = of.account ?? 'demo';
        return req('POST', `/accounts/${e(demo)}/fork`, { vendor: of.vendor }, { to: to.value.trim() });
      }, { kind: 'primary', said: (answer) => `${answer.account} goes its own way`, done: () => { box.close(); loadAccounts(); } })));
  };
  const open = () => {
    const vendor = h('select', store.vendors.map((one) => h('option', { value: one.name }, one.name))), to = h('input', { required: true, placeholder: 'crm-test' });
    const box = dialog('New account', field('Vendor', vendor), field('Credential', to, 'what its clients send: an api key, a secret, a user'),
      h('footer', action('Make it', () => req('PUT', `/accounts/${e(to.value.trim())}`, { vendor: vendor.value }), { kind: 'primary', done: (answer) => { box.close(); loadAccounts().then(() => setParam({ account: answer.account })); } })));
  };
  return h('div.stack', h('div.title', h('h1', 'Time travel'), h('p.sub', account() ? `Of the account ${account()}` : 'Of the demo accounts of all vendors'), h('span.grow'), h('button', { onclick: open }, 'New account…'), h('button', { onclick: fork }, 'Fork…'),
    action('Reset the worlds', () => req('POST', '/reset', { account: account() }), { kind: 'bad', said: 'Made anew', title: 'Calls, rules and deliveries are gone', done: reload })),
  h('section.card', h('header', h('h2', 'Checkpoints'), h('span.grow'), title,
    action('Save a checkpoint', () => req('POST', '/checkpoints', { account: account() }, { name: title.value.trim() }), { kind: 'primary', done: made })), list), result,
  h('section.card', h('header', h('h2', 'Snapshots'), h('span.grow'), action('Take a snapshot', () => req('POST', '/snapshots', {}, { name: title.value.trim().replace(/[^\w.-]+/g, '-') }), { done: made })), shots));
}
