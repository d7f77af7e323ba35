// Lists that are searched: the search is in the address, and what is picked shows at the right.

import { h, icon, put, VirtualList } from '../dom.js';
import { matcher } from '../query.js';
import { account, href, setParam } from '../route.js';

/** A list of `items`, of which those are shown that hold the search and are of the account. */
export function searched(view, { title, name, placeholder, height, row, read, words, empty, quick = [], more, searching }) {
  const page = { items: [], test: () => true };
  const list = new VirtualList({ height, render: row, key: item => item.id, label: title, empty, more });
  const input = h('input', { type: 'search', value: view.params.get('q') ?? '', spellcheck: 'false', 'aria-label': `Search ${name}`, placeholder, oninput: () => page.set(input.value) });
  const said = h('span.hint', { role: 'status' });
  page.search = () => input.value;
  page.draw = () => {
    const found = page.found ? page.found(page.test) : page.items.filter(page.test);
    list.set(found);
    put(said, page.says(found.length));
  };
  page.set = text => {
    if (input.value !== text) input.value = text;
    setParam({ q: text });
    page.filter();
  };
  page.filter = () => {
    const of = matcher(input.value, read, words), whose = account();
    page.test = item => (!whose || item.account === whose) && of(item);
    page.draw();
    searching?.();
  };
  page.list = list.el;
  page.bar = (...side) => h('div.bar', h('h1', title), h('div.search', icon('search'), input), said, h('span.grow'), side);
  page.quick = h('div.quick', quick.map(word => h('button.ghost.small', { onclick: () => page.set(`${input.value} ${word}`.trim()) }, word)));
  view.onclose(() => list.close());
  return page;
}

/** The list at the left, what was picked at the right. */
export function splitView(view, head, list, draw) {
  const panel = h('section.detail', { 'aria-label': 'Details' });
  const refresh = async () => {
    if (!view.id) return void put(panel, h('p.empty', 'Pick one at the left.'));
    put(panel, await draw(view.id).catch(error => h('p.empty', error.message)));
  };
  refresh();
  return { root: h('div.fill', { class: view.id && 'open' }, head, h('div.master', h('div.table', list), panel)), refresh };
}

/** What stands above the details: the way back on a small screen, a name, a state. */
export const dhead = (page, title, state) => h('div.dhead', h('a.back', { href: href(page, '', { q: new URLSearchParams(location.hash.split('?')[1]).get('q') }), 'aria-label': 'Back to the list' }, '←'), h('h2', title), state);

const pairs = headers => Array.isArray(headers) ? headers : Object.entries(headers ?? {});
export const headersOf = headers => Object.fromEntries(pairs(headers));
export const headersTable = headers => h('dl.headers', pairs(headers).map(([name, value]) => h('div', h('dt', name), h('dd', [value].flat().join(', ')))));
