// How elements are made. Whatever a caller, a receiver or a client says gets in as text, never as markup.

/** Makes an element: h('a.row.live', {href, onclick}, 'text', [more]). */
export function h(tag, ...rest) {
  const [name, ...classes] = tag.split('.');
  const el = document.createElement(name);
  if (classes.length) el.className = classes.join(' ');
  if (name === 'button') el.type = 'button';
  return fill(el, rest);
}

/** The same for SVG. */
export const s = (tag, ...rest) => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), rest);

/** What it is told about itself may come first. */
function fill(el, children) {
  const props = children[0]?.constructor === Object ? children.shift() : null;
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value == null || value === false) continue;
    if (key.startsWith('on')) el.addEventListener(key.slice(2), value);
    else if (key === 'class') el.setAttribute('class', [el.getAttribute('class'), value].filter(Boolean).join(' '));
    else if (key === 'value' || key === 'checked' || key === 'selected' || key === 'disabled') el[key] = value;
    else if (key === 'data') Object.assign(el.dataset, value);
    else el.setAttribute(key, value === true ? '' : value);
  }
  add(el, children);
  return el;
}

function add(el, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(el, child);
    else if (child instanceof Node) el.append(child);
    else if (child != null && child !== false) el.append(String(child));
  }
}

/** Replaces what is in an element. The keyboard stays where it was, if that is there again by its name. */
export function put(el, ...children) {
  const active = document.activeElement, name = active !== el && el.contains(active) && active.getAttribute('aria-label');
  el.textContent = '';
  add(el, children);
  if (name) el.querySelector(`[aria-label="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
  return el;
}

/** Does something at the next frame, once however often it is asked for; also where no frames are drawn. */
export function batched(work) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    const run = () => { waits = false; work(); };
    if (document.hidden) setTimeout(run, 200);
    else requestAnimationFrame(run);
  };
}

/** Does something at most every so many milliseconds, and once more after the last request. */
export function throttled(ms, work) {
  let timer = 0, last = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(() => { timer = 0; last = performance.now(); work(); },
      Math.max(0, ms - (performance.now() - last)));
  };
}

const paths = {
  start: 'M3 9.5 10 4l7 5.5V17h-5v-5H8v5H3z',
  calls: 'M5 3h3l1.5 4-2 1.5a9 9 0 0 0 4 4l1.5-2 4 1.5v3c0 1-1 2-2 2C8.5 17 3 11.5 3 5c0-1 1-2 2-2z',
  phone: 'M6 2h8v16H6zM9 15.5h2',
  requests: 'M3 6h12l-3-3m5 11H5l3 3',
  webhooks: 'M10 8a3 3 0 1 1 2.5-1.3L15 11m-8 0 2.5-4M5 11a3 3 0 1 0 3 3h5m2-3a3 3 0 1 1-2.3 5',
  campaigns: 'M4 17V9m4 8V4m4 13v-6m4 6V7',
  numbers: 'M7 3 5.5 17M14 3l-1.5 14M3 7.5h14M3 12.5h14',
  time: 'M4 10a6 6 0 1 0 2-4.5L4 7m0-4v4h4m2 0v3.5l2.5 1.5',
  settings: 'M3 6h8m4 0h2M3 14h2m4 0h8M13 4v4M7 12v4',
  docs: 'M5 3h7l3 3v11H5zM8 9h4M8 12h4', reference: 'M7 5l-5 5 5 5m6-10 5 5-5 5',
  play: 'M6 4l10 6-10 6z', pause: 'M6 4v12M14 4v12', copy: 'M7 7h9v9H7zM4 13V4h9', more: 'M5 8l5 5 5-5',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zm4 9 4 4', in: 'M15 5 6 14m0-6v6h6', out: 'M6 14l9-9m-6 0h6v6',
  local: 'M3 10h14m-3-3 3 3-3 3M6 7l-3 3 3 3', x: 'M5 5l10 10M15 5 5 15',
  grip: 'M7 5v.01M7 10v.01M7 15v.01M13 5v.01M13 10v.01M13 15v.01', rec: 'M10 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
  key: 'M3 6h14v8H3zM6 9v.01M10 9v.01M14 9v.01M7 12h6',
};

/** A small drawing in the colour of the text around it. */
export const icon = name => s('svg', { viewBox: '0 0 20 20', class: 'icon', 'aria-hidden': 'true' },
  s('path', { d: paths[name] ?? '' }));

/** Puts a text where the reader can paste it from. A browser lets that be on loopback and https alone. */
export async function copy(text, what = 'Copied') {
  if (!navigator.clipboard) return void dialog('Copy this', pretty(text));
  await navigator.clipboard.writeText(text);
  toast(what);
}

export const copyButton = (text, what) => h('button.ghost.small', { title: `Copy ${what}`, 'aria-label': `Copy ${what}`, onclick: () => copy(text) }, icon('copy'));

let toasts;
/** Says something for a few seconds. */
export function toast(text, kind = '') {
  toasts ??= document.body.appendChild(h('div.toasts', { role: 'status', 'aria-live': 'polite' }));
  const shown = h('div.toast', { class: kind }, text);
  toasts.append(shown);
  while (toasts.childElementCount > 4) toasts.firstChild.remove();
  setTimeout(() => shown.remove(), kind === 'bad' ? 9000 : 3500);
}

/** Opens a menu below an element: [[label, what to do], …]. */
export function menu(anchor, entries) {
  document.querySelector('.menu')?.remove();
  const close = () => { box.remove(); removeEventListener('pointerdown', outside, true); };
  const outside = event => { if (!box.contains(event.target)) close(); };
  const box = h('div.menu', { role: 'menu', onkeydown: event => {
    const items = [...box.children], at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) items.at(to % items.length).focus();
    else if (event.key === 'Escape' || event.key === 'Tab') { close(); anchor.focus(); }
    else return;
    event.preventDefault(); event.stopPropagation();
  } }, entries.map(([label, work]) => h('button', { role: 'menuitem',
    onclick: () => { close(); anchor.focus(); work(); } }, label)));
  document.body.append(box);
  const at = anchor.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.right - box.offsetWidth, innerWidth - box.offsetWidth - 8));
  const below = at.bottom + box.offsetHeight + 8 < innerHeight;
  box.style.left = `${left}px`;
  box.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - box.offsetHeight - 4)}px`;
  addEventListener('pointerdown', outside, true);
  box.firstChild.focus();
}

/** Opens a dialog; Escape and a click beside it close it. */
export function dialog(title, ...children) {
  const box = h('dialog', { 'aria-label': title },
    h('header', h('h2', title),
      h('button.ghost', { 'aria-label': 'Close', onclick: () => box.close() }, icon('x'))),
    h('div.body', ...children));
  box.addEventListener('close', () => box.remove());
  box.addEventListener('pointerdown', event => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}

/** A field with its name. */
export const field = (label, input, hint) => h('label.field', h('span', label), input,
  hint && h('small', hint));

export const select = (options, value, props) => h('select', props, options.map(option => {
  const [key, label] = Array.isArray(option) ? option : [option, option];
  return h('option', { value: key, selected: key === value }, label);
}));

/** A share from 0 to 1, which is set by hand; `said` hears of each change. Its value is a number. */
export function slider(label, share, said) {
  const out = h('output'), input = h('input', { type: 'range', min: 0, max: 1, step: 0.05, value: share, oninput: () => { draw(); said?.(); } });
  const draw = () => put(out, `${Math.round(input.value * 100)} %`);
  draw();
  return { el: h('label.slider', h('span', label), input, out), get value() { return Number(input.value); } };
}

export const chip = (text, kind) => h('span.chip', { class: kind }, text);

/** JSON laid out, or a text as it is. */
export function pretty(value, limit = 60_000) {
  let text = value;
  if (typeof value === 'string') try { text = JSON.parse(value); } catch { /* shown as it came */ }
  if (typeof text !== 'string') text = JSON.stringify(text, null, 2) ?? '';
  return h('pre.code', { tabindex: 0 }, text.slice(0, limit), text.length > limit && '\n…');
}

export const hint = (...children) => h('p.hint', ...children);

/** A part of a page: a name, what can be done at its right, and what is in it. */
export const card = (title, side, ...children) => h('section.card', h('header', typeof title === 'string' ? h('h2', title) : title, h('span.grow'), side), children);

/** Names and values; a value may be a list. What has none is left out. */
export const facts = (pairs, copied) => h('dl.facts', pairs.map(([name, value]) => value != null && value !== '' &&
  h('div', h('dt', name), h('dd', [value].flat().map(one => h('span.id', h('code', one), copied && copyButton(String(one), name)))))));

export const says = pairs => h('dl.says', pairs.map(([name, value]) => value != null && [h('dt', name.replaceAll('_', ' ')), h('dd', Array.isArray(value) ? value.join(', ') : value)]));

/** A list of any length of which only what can be seen is in the page. */
export class VirtualList {
  constructor({ height, render, key, label, empty, more }) {
    Object.assign(this, { height, render, key, more });
    this.items = [];
    this.rows = new Map();
    this.space = h('div.space', { role: 'list', 'aria-label': label });
    this.none = h('div.empty', empty);
    this.el = h('div.vlist', { tabindex: 0, role: 'region', 'aria-label': label, onkeydown: event => this.onkey(event) },
      this.space, this.none);
    this.draw = batched(() => this.drawNow());
    this.el.addEventListener('scroll', this.draw, { passive: true });
    this.watch = new ResizeObserver(this.draw);
    this.watch.observe(this.el);
  }

  set(items) {
    this.items = items;
    this.none.hidden = items.length > 0;
    this.space.style.height = `${items.length * this.height}px`;
    this.draw();
  }

  drawNow() {
    const { height, items } = this;
    const tall = this.el.clientHeight || 600;
    const first = Math.max(0, Math.floor(this.el.scrollTop / height) - 6);
    const last = Math.min(items.length, first + Math.min(200, Math.ceil(tall / height) + 12));
    const seen = new Set();
    for (let at = first; at < last; at++) {
      const item = items[at], key = this.key(item);
      seen.add(key);
      let row = this.rows.get(key);
      if (!row || row.v !== item.v || row.item !== item) {
        const el = this.render(item);
        el.setAttribute('role', 'listitem');
        if (row) row.el.replaceWith(el); else this.space.append(el);
        row = { el, v: item.v, item, at: -1 };
        this.rows.set(key, row);
      }
      if (row.at !== at) { row.el.style.transform = `translateY(${at * height}px)`; row.at = at; }
    }
    for (const [key, row] of this.rows) if (!seen.has(key)) { row.el.remove(); this.rows.delete(key); }
    if (this.more && last >= items.length - 5 && items.length) this.more();
  }

  /** Draws all rows anew, for what they show beside their items. */
  refresh() {
    for (const row of this.rows.values()) row.v = {};
    this.draw();
  }

  onkey(event) {
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...this.rows.values()].sort((a, b) => a.at - b.at).map(({ el }) => el.querySelector('a') ?? el);
    const at = links.findIndex(link => link.contains(document.activeElement));
    const to = links[at < 0 ? 0 : at + by];
    if (to) { to.focus(); event.preventDefault(); }
  }

  close() { this.watch.disconnect(); }
}
