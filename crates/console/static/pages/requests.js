// The journal: what clients asked, what they were answered, and why some were refused.

import { asClient, e, get, path, req, send } from '../api.js';
import { action } from '../actions.js';
import { card, chip, copy, copyButton, facts, h, hint, icon, pretty, put, says } from '../dom.js';
import { hue, simNow, store, want } from '../store.js';
import { href, listAccount, setParam } from '../route.js';
import { clockTime, count, fullTime, statusKind } from '../text.js';
import { dhead, headersOf, headersTable, searched, splitView } from './detail.js';

const read = (item, key) => ({
  vendor: item.vendor, method: item.method, status: item.response?.status, operation: item.operation, path: item.url, call: item.call, account: item.account,
  refused: String(Boolean(item.refused)), step: item.refused?.step, field: item.refused?.field, id: item.id, has: item.call && 'call',
})[key];
const words = item => [item.id, item.url, item.operation, item.call, item.refused?.detail, item.account];
// What a vendor refuses with a 200 is refused all the same.
const status = item => chip(item.response.status, item.refused && item.response.status < 400 ? 'warn' : statusKind(item.response.status));

/** A form reads better as its fields, and those as the JSON that is in them. */
function form(one) {
  if (!/x-www-form-urlencoded/.test(headersOf(one.headers)['content-type']) || /^\s*[{[]/.test(one.body)) return one.body;
  return Object.fromEntries([...new URLSearchParams(one.body)].map(([key, value]) => {
    try { return [key, /^[{[]/.test(value) ? JSON.parse(value) : value]; } catch { return [key, value]; }
  }));
}

export function show(view) {
  let secrets = view.params.get('secrets') === 'show', off = '';
  const page = searched(view, { title: 'Requests', name: 'requests', placeholder: 'status:4* refused:true operation:partner path:/vpbx/*', height: 34, read, words, quick: ['refused:true', 'status:5*', 'method:POST', 'has:call'],
    empty: 'No request is like that yet.', row: item => h('div.req', { class: item.refused && 'refused', data: { id: item.id } },
      h('a.cover', { href: href('requests', item.id, { q: page.search() }), 'aria-label': `${item.method} ${item.url}, ${item.response?.status}` }),
      h('span.num.at', clockTime(item.at, simNow(item.vendor))), h('i.dot', { class: hue(item.vendor), title: item.vendor }), h('span.method', item.method),
      h('span.what', h('b', item.operation ?? '—'), ' ', h('span.hint', item.url)), status(item), h('span.why', item.refused?.detail), h('span.num', `${item.took_ms.toFixed(1)} ms`)) });
  page.says = shown => off || `${count(shown)} of ${count(page.items.length)}`;
  const load = async () => {
    try { page.items = (await get('/journal', { account: listAccount(), query: { limit: 1000 } })).requests; } catch (error) { off = error.message; }
    page.filter();
  };
  view.onclose(want('request'));
  let seen = store.request[0];
  view.watch(['request'], () => {
    const at = seen ? store.request.indexOf(seen) : -1;
    // What came while the list was loaded is in both.
    const listed = new Set(page.items.slice(0, 200).map(item => item.id));
    page.items = [...store.request.slice(0, at < 0 ? undefined : at).filter(item => !listed.has(item.id)), ...page.items].slice(0, 2000);
    seen = store.request[0];
    page.draw();
  });
  view.watch(['index'], load);

  async function detail(id) {
    const entry = `/journal/${e(id)}`, whole = { query: { secrets: 'show' } };
    const one = await get(entry, secrets ? whole : {});
    const replay = async () => {
      const { vendor, method, url, headers, body } = await get(entry, whole);
      const left = ['host', 'content-length', 'connection', 'transfer-encoding', 'upgrade', 'accept-encoding'];
      return asClient(vendor, { method, path: url, headers: Object.fromEntries(Object.entries(headersOf(headers)).filter(([name]) => !left.includes(name.toLowerCase()))), body: body || undefined });
    };
    const curl = async () => copy(await (await send({ path: path(`${entry}/curl`, whole) }, { raw: true })).text(), 'Copied, with its secrets');
    const out = h('div'), why = one.refused;
    return h('div.stack', dhead('requests', one.operation ?? `${one.method} ${one.url}`, status(one)),
      why && h('div.why-box', { role: 'note' }, h('b', 'Refused: '), why.detail, says([['step', why.step], ['field', why.field], ['nearest', why.nearest != null && h('span', 'did you mean ', h('code', why.nearest), '?')]].filter(([, value]) => value))),
      h('div.acts', h('button', { onclick: curl }, icon('copy'), 'Copy as curl'),
        action('Replay', replay, { icon: 'play', done: answer => put(out, card('Replayed', chip(answer.status, statusKind(answer.status)), pretty(answer.body ?? '', 6000))) }),
        // Where the control API has mappings.
        store.index.routes.includes('POST /__admin/mappings') && action('Answer 503 next time', req('POST', '/mappings', { vendor: one.vendor },
          { request: one.operation ? { operation: one.operation } : { method: one.method, urlPath: one.url.split('?')[0] }, response: { status: 503 }, times: 1 }), { said: 'The next one like it is answered 503' }),
        one.call && h('a.button', { href: href('call', one.call) }, 'Its call'),
        h('button', { 'aria-pressed': String(secrets), onclick: () => { secrets = !secrets; setParam({ secrets: secrets && 'show' }); split.refresh(); } }, 'Secrets')), out,
      facts([['at', fullTime(one.at)], ['real time', fullTime(one.real_at)], ['vendor', one.vendor], ['account', one.account ?? 'none'], ['id', one.id], ['took', `${one.took_ms} ms`]]),
      h('section', h('h3', 'Asked'), h('pre.code', `${one.method} ${one.url}`), one.body ? [pretty(form(one)), copyButton(one.body, 'the body')] : hint('No body.'), headersTable(one.headers)),
      h('section', h('h3', 'Answered'), one.response.body ? pretty(one.response.body) : hint(one.response.streamed ? 'A stream.' : 'No body.'), headersTable(one.response.headers)));
  }
  const all = () => ({ account: listAccount() });
  const split = splitView(view, [page.bar(h('a.button', { href: path('/journal.har', all()), download: 'ringback.har' }, 'HAR'), h('a.button', { href: path('/journal.jsonl', all()), download: 'ringback.jsonl' }, 'JSONL'),
    action('Clear', () => req('DELETE', '/journal', all()), { done: () => { page.items = []; page.draw(); } })), page.quick], page.list, detail);
  load();
  return split.root;
}
