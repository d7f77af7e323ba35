// A list at the left, what was picked at the right; the pick is in the address.

import { h, put } from '../dom.js';

export function splitView(bar, list, view, draw) {
  const panel = h('section.detail', { 'aria-label': 'Details', 'aria-live': 'off' });
  let turn = 0;
  const open = async (id) => {
    const mine = ++turn;
    root.classList.toggle('open', Boolean(id));
    if (!id) return void put(panel, h('p.empty', 'Pick one at the left.'));
    let shown;
    try { shown = await draw(id); } catch (error) { shown = h('p.empty', error.message); }
    if (mine === turn) put(panel, shown);
  };
  const root = h('div.fill', bar, h('div.master', h('div.table', list), panel));
  open(view.id);
  return { root, open, refresh: () => open(view.id) };
}

/** Headers as rows of a table, whether a list of pairs or an object. */
export const headersTable = (headers) => h('dl.headers', (Array.isArray(headers) ? headers : Object.entries(headers ?? {})).map(([name, value]) =>
  h('div', h('dt', name), h('dd', Array.isArray(value) ? value.join(', ') : String(value)))));
