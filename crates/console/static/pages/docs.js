// The documents of this version. They come as pages of their own; their text is shown here.

import { send } from '../api.js';
import { h, put } from '../dom.js';
import { href } from '../route.js';

const DOCS = '/__admin/docs/';
let contents = null;

async function load(where) {
  const answer = await send({ path: `${DOCS}${where}` }, { raw: true });
  // A document made so runs nothing and loads nothing.
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

/** Links among the documents stay in this page. */
function adopt(article, page) {
  const up = page.split('/').slice(0, -1).join('/');
  for (const link of article.querySelectorAll('a[href]')) {
    const to = link.getAttribute('href');
    if (/^https?:/.test(to)) { link.target = '_blank'; link.rel = 'noreferrer'; continue; }
    const at = new URL(to, `http://x/${up ? `${up}/` : ''}${to.startsWith('#') ? page : ''}`);
    const anchor = at.hash.slice(1);
    link.setAttribute('href', href('docs', at.pathname.slice(1), { at: decodeURIComponent(anchor) }));
  }
  for (const pre of article.querySelectorAll('pre, .table')) pre.tabIndex = 0;
  return document.adoptNode(article);
}

export function show(view) {
  const list = h('nav.doclist', { 'aria-label': 'Documents' }), body = h('article.doc', h('p.hint', 'Reading…'));
  const page = view.id || 'readme';
  (async () => {
    contents ??= [...(await load('')).querySelectorAll('ul.pages a')].map(link => [link.getAttribute('href'), link.textContent]);
    put(list, contents.map(([where, title]) => h('a', { href: href('docs', where), 'aria-current': where === page ? 'page' : null }, title)));
    const found = (await load(page)).querySelector('article');
    put(body, found ? [...adopt(found, page).childNodes] : 'There is no such document.');
    const at = view.params.get('at');
    if (at) body.querySelector(`#${CSS.escape(at)}`)?.scrollIntoView();
  })().catch(error => put(body, h('p.bad', error.message)));
  return h('div.docs', list, body);
}
