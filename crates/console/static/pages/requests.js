// The journal: what clients asked, what they were answered, and why some were refused.

import { asClient, get, path, send, req, e } from '../api.js';
import { act, action } from '../actions.js';
import { chip, copy, copyButton, h, icon, pretty, put, VirtualList } from '../dom.js';
import { hue, simNow, store } from '../store.js';
import { matcher } from '../query.js';
import { account, go, href, listAccount, setParam } from '../route.js';
import { clockTime, count, fullTime, statusKind } from '../text.js';
import { headersTable, splitView } from './detail.js';

const read = (item, key) => ({
  vendor: item.vendor, method: item.method, status: item.response?.status, operation: item.operation, path: item.url, url: item.url, call: item.call,
  account: item.account, refused: String(Boolean(item.refused)), step: item.refused?.step, field: item.refused?.field, id: item.id, has: [item.call && 'call', item.refused && 'refusal'],
})[key];
const words = (item) => [item.id, item.url, item.operation, item.call, item.refused?.detail, item.account];

function row(item) {
  const status = item.response?.status;
  return h('div.req', { class: item.refused ? 'refused' : '', data: { id: item.id } },
    h('a.cover', { href: href('requests', item.id, keep()), 'aria-label': `${item.method} ${item.url}, ${status}` }),
    h('span.num.at', clockTime(item.at, simNow(item.vendor))), h('i.dot', { class: hue(item.vendor), title: item.vendor }),
    h('span.method', item.method), h('span.what', h('b', item.operation ?? '—'), ' ', h('span.hint', item.url)),
    chip(status, item.refused && status < 400 ? 'warn' : statusKind(status)), h('span.why', item.refused ? item.refused.detail : ''),
    h('span.num', `${item.took_ms < 10 ? item.took_ms.toFixed(1) : Math.round(item.took_ms)} ms`));
}
let text = '';
const keep = () => ({ q: text });

export function show(view) {
  text = view.params.get('q') ?? '';
  let items = [], test = () => true, off = '';
  let secrets = view.params.get('secrets') === 'show';
  const input = h('input', { type: 'search', value: text, spellcheck: 'false', 'aria-label': 'Search requests', placeholder: 'status:4* refused:true operation:partner path:/vpbx/*',
    oninput: () => { text = input.value; setParam({ q: text }); filter(); } });
  const shown = h('span.hint', { role: 'status' });
  const list = new VirtualList({ height: 34, render: row, key: (item) => item.id, label: 'Requests', empty: 'No request is like that yet.' });
  const draw = () => {
    if (off) return void put(shown, off);
    const found = items.filter(test);
    list.set(found);
    put(shown, `${count(found.length)} of ${count(items.length)}`);
  };
  function filter() {
    const of = matcher(text, read, words), whose = account();
    test = (item) => (!whose || item.account === whose) && of(item);
    draw();
  }
  const load = async () => {
    try { items = (await get('/journal', { account: listAccount(), query: { limit: 1000 } })).requests; } catch (error) { off = error.message; }
    filter();
  };
  let seen = store.request[0];
  view.watch(['request'], () => {
    const at = seen ? store.request.indexOf(seen) : store.request.length;
    items = [...store.request.slice(0, at < 0 ? undefined : at), ...items].slice(0, 2000);
    seen = store.request[0];
    draw();
  });
  view.watch(['index'], load);
  view.onclose(() => list.close());
  const bar = h('div.bar', h('h1', 'Requests'), h('div.search', icon('search'), input),
    h('button.ghost.small', { onclick: () => { input.value = text = 'refused:true'; setParam({ q: text }); filter(); } }, 'refused:true'), shown, h('span.grow'),
    h('a.button', { href: path('/journal.har', { account: listAccount() }), download: 'ringback.har' }, 'HAR'),
    h('a.button', { href: path('/journal.jsonl', { account: listAccount() }), download: 'ringback.jsonl' }, 'JSONL'),
    action('Clear', () => req('DELETE', '/journal', { account: listAccount() }), { name: 'Clear the journal', done: () => { items = []; draw(); } }));

  async function detail(id) {
    const query = secrets ? { secrets: 'show' } : {};
    const one = await get(`/journal/${e(id)}`, { query });
    const replay = async () => {
      const whole = await get(`/journal/${e(id)}`, { query: { secrets: 'show' } });
      const left = ['host', 'content-length', 'connection', 'transfer-encoding', 'upgrade', 'accept-encoding'];
      const headers = Object.fromEntries((Array.isArray(whole.headers) ? whole.headers : Object.entries(whole.headers)).filter(([name]) => !left.includes(name.toLowerCase())));
      return asClient(whole.vendor, { method: whole.method, path: whole.url, headers, body: whole.body || undefined });
    };
    const out = h('div');
    return h('div.stack',
      h('div.dhead', h('a.back', { href: href('requests', '', keep()), 'aria-label': 'Back to the list' }, '←'), h('h2', one.operation ?? `${one.method} ${one.url}`), chip(one.response.status, one.refused && one.response.status < 400 ? 'warn' : statusKind(one.response.status))),
      one.refused && h('div.why-box', { role: 'note' }, h('b', 'Refused: '), one.refused.detail,
        h('dl.says', ['step', 'field', 'nearest'].map((name) => one.refused[name] != null && [h('dt', name), h('dd', name === 'nearest' ? h('span', 'did you mean ', h('code', String(one.refused[name])), '?') : String(one.refused[name]))]))),
      h('div.acts',
        h('button', { onclick: async () => copy(await (await send({ path: path(`/journal/${e(id)}/curl`, { query: { secrets: 'show' } }) }, { raw: true })).text(), 'Copied, with its secrets') }, icon('copy'), 'Copy as curl'),
        action('Replay', replay, { icon: 'play', done: (answer) => put(out, h('section.card', h('header', h('h2', 'Replayed'), chip(answer.status, statusKind(answer.status))), pretty(answer.body ?? '', 6000))) }),
        one.call && h('a.button', { href: href('call', one.call) }, 'Its call'),
        h('button', { 'aria-pressed': String(secrets), onclick: () => { secrets = !secrets; setParam({ secrets: secrets && 'show' }); split.refresh(); } }, 'Secrets')), out,
      h('dl.facts', [['at', fullTime(one.at)], ['real time', fullTime(one.real_at)], ['vendor', one.vendor], ['account', one.account ?? 'none'], ['id', one.id], ['took', `${one.took_ms} ms`]].map(([name, value]) => h('div', h('dt', name), h('dd', h('code', value))))),
      h('section', h('h3', 'Asked'), h('pre.code.first', `${one.method} ${one.url}`), one.body ? [pretty(form(one)), copyButton(one.body, 'the body')] : h('p.hint', 'No body.'), headersTable(one.headers)),
      h('section', h('h3', 'Answered'), one.response.body ? pretty(one.response.body) : h('p.hint', one.response.streamed ? 'A stream.' : 'No body.'), headersTable(one.response.headers)));
  }
  /** A form reads better as its fields. */
  const form = (one) => {
    const type = Object.fromEntries(Array.isArray(one.headers) ? one.headers : Object.entries(one.headers))['content-type'] ?? '';
    if (!/x-www-form-urlencoded/.test(type) || /^\s*[{[]/.test(one.body)) return one.body;
    return Object.fromEntries([...new URLSearchParams(one.body)].map(([key, value]) => { try { return [key, typeof value === 'string' && /^[{[]/.test(value) ? JSON.parse(value) : value]; } catch { return [key, value]; } }));
  };
  const split = splitView(bar, list.el, view, detail);
  load();
  return split.root;
}
