// Time travel: named moments, what has changed since, and ways back and aside.

import { e, get, path, req } from '../api.js';
import { act, action } from '../actions.js';
import { card, chip, dialog, field, h, hint, pretty, put, select, throttled } from '../dom.js';
import { accountOf, hue, loadAccounts, reload, store, whose } from '../store.js';
import { account, listAccount, setParam } from '../route.js';
import { bytes, count, fullTime } from '../text.js';

const name = () => `at ${new Date().toISOString().slice(11, 19)}`;

const changesOf = tables => Object.entries(tables).map(([table, of]) => h('details.fold',
  h('summary', h('b', table.replaceAll('_', ' ')), [['added', 'good'], ['changed', 'warn'], ['removed', 'bad']].map(([what, kind]) => of.counts[what] > 0 && chip(`${count(of.counts[what])} ${what}`, kind))),
  ['added', 'changed', 'removed'].map(what => of[what].length > 0 && [h('h4', what), of[what].slice(0, 50).map(row => pretty(row.fields ?? row, 3000))])));

/** Whole worlds as bytes: kept here, downloaded, brought from elsewhere. */
function snapshotsCard() {
  const list = h('div');
  const load = async () => {
    const { snapshots } = await get('/snapshots');
    put(list, snapshots.length ? snapshots.map(({ name, parts }) => {
      const [first] = parts, own = first.scope === 'account', rest = `/snapshots/${e(name)}`;
      // One of an account goes back into the account that is chosen, or its own.
      const where = own ? { vendor: first.vendor, account: accountOf(first.vendor) || first.account } : {};
      return h('div.moment', parts.map(part => h('i.dot', { class: hue(part.vendor), title: part.vendor })), h('b', name), h('span.hint', own ? `${first.vendor} · ${first.account ?? 'demo'}` : 'all accounts', ` · ${bytes(parts.reduce((sum, part) => sum + part.bytes, 0))}`),
        h('span.num', fullTime(first.at)), h('span.grow'),
        action('Restore', req('POST', `${rest}/restore`, where), { name: `Restore ${name}`, said: `The world is that of “${name}”`, done: () => reload() }),
        h('a.button', { href: path(rest, own ? { vendor: first.vendor } : {}), download: `${name}.json` }, 'Download'),
        action('Remove', req('DELETE', rest, own ? { vendor: first.vendor } : {}), { name: `Remove the snapshot ${name}`, done: load }));
    }) : hint('None yet. A snapshot is kept apart from what it was taken of, outlives a reset, and can be brought to another Ringback.'));
  };
  load();
  const title = h('input', { value: name(), 'aria-label': 'Name of the snapshot' });
  const file = h('input', { type: 'file', hidden: true, onchange: async () => {
    const [chosen] = file.files;
    if (chosen && await act({ ...req('POST', '/snapshots', { query: { name: chosen.name.replace(/\.json$/, '') } }), body: await chosen.text() }, `“${chosen.name}” is here`)) load();
    file.value = '';
  } });
  return card('Snapshots', [title, action('Save a snapshot', () => req('POST', '/snapshots', whose(), { name: title.value.trim() }), { kind: 'primary', done: () => { title.value = name(); load(); } }), file, h('button', { onclick: () => file.click() }, 'Bring one…')], list);
}

export function show(view) {
  const list = h('div'), result = h('div');
  const load = async () => {
    const all = (await get('/checkpoints', { account: listAccount() })).checkpoints ?? [];
    put(list, all.length ? all.map(one => {
      const where = `/checkpoints/${e(one.name)}`, of = `${one.vendor}${one.account ? ` · ${one.account.slice(0, 14)}` : ''}`;
      return h('div.moment', h('i.dot', { class: hue(one.vendor) }), h('b', one.name), h('span.hint', of), h('span.num', fullTime(one.at)), h('span.grow'),
        action('Changed since', req('GET', '/changes', { ...one, query: { since: one.name, limit: 100 } }), { name: `Changed since ${one.name} of ${one.vendor}`, done: answer => {
          const changes = changesOf(answer);
          put(result, card(`Changed since “${one.name}”, ${of}`, null, changes.length ? changes : hint('Nothing has changed.')));
        } }),
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
      h('footer', action('Make it', () => make(of.value, to.value.trim()), { kind: 'primary', done: async made => { box.close(); await loadAccounts(); setParam({ account: made.account }); } })));
  } }, `${label}…`);
  return h('div.stack', h('div.title', h('h1', 'Time travel'), h('p.sub', account() ? `Of the account ${account()}` : 'Of the demo accounts of all vendors'), h('span.grow'),
    account_('New account', 'A world of its own: its own calls, rules, webhooks and time.', store.vendors.map(one => one.name), (vendor, to) => req('PUT', `/accounts/${e(to)}`, { vendor })),
    account_('Fork', 'Another account whose world is a copy, live calls and all: from one moment two ways go on.', store.accounts.map((one, place) => [String(place), `${one.vendor}: ${one.account ?? 'demo'}`]),
      (place, to) => req('POST', `/accounts/${e(store.accounts[place].account ?? 'demo')}/fork`, { vendor: store.accounts[place].vendor }, { to })),
    action('Reset the worlds', () => req('POST', '/reset', whose()), { kind: 'bad', said: 'Made anew', title: 'Calls, rules and deliveries are gone', done: reload })),
  card('Checkpoints', [title, action('Save a checkpoint', () => req('POST', '/checkpoints', whose(), { name: title.value.trim() }), { kind: 'primary', done: () => { title.value = name(); load(); } })], list), result, snapshotsCard());
}
