// What is in effect, how it is doing, what was logged.

import { get, path, send } from '../api.js';
import { card, h, hint, put } from '../dom.js';
import { store } from '../store.js';
import { bytes, count } from '../text.js';

const text = async rest => (await send({ path: path(rest) }, { raw: true })).text();

/** Adds up what a metric has, in the text form of OpenMetrics, where its labels hold a word. */
const sum = (body, name, word = '') => body.split('\n').reduce((all, line) => {
  const found = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line);
  return found?.[1] === name && (found[2] ?? '').includes(word) ? all + Number(found[3]) : all;
}, 0);

export function show(view) {
  const config = h('div'), kept = h('p'), tiles = h('div.tiles');
  const read = async (rest, el, draw) => put(el, await text(rest).then(draw, error => hint(error.message)));
  read('/config.toml', config, toml => h('pre.code.toml', { tabindex: 0 }, toml.split('\n').map(line => {
    const [, code, origin] = /^(.*?)(\s{2}# .*)?$/.exec(line);
    return [h('span', { class: origin?.includes('# default') || code.startsWith('#') ? 'faint' : 'said' }, code), h('span.faint', origin), '\n'];
  })));
  // The tail of the log goes on as lines come, unless its reader has scrolled up.
  const tail = h('pre.code', { tabindex: 0 }, 'Nothing was logged.');
  const follow = async () => {
    const lines = await text('/output').catch(error => error.message), last = tail.scrollTop + tail.clientHeight > tail.scrollHeight - 20;
    if (!lines || lines === tail.textContent) return;
    put(tail, lines);
    if (last) tail.scrollTop = tail.scrollHeight;
  };
  get('/log').then(({ logs }) => put(kept, Object.entries(logs).map(([vendor, of]) => `${vendor}: ${of.kind}${of.position == null ? '' : ` at ${of.position}`}${of.stopped ? `, stopped: ${of.stopped}` : ''}`).join(', ')));
  const draw = async () => {
    const body = await text('/metrics'), of = (name, word) => count(sum(body, `ringback_${name}`, word));
    put(tiles, [['live calls', of('live_calls'), `${of('calls_total')} in all`], ['requests', of('requests_total')], ['webhooks delivered', of('deliveries_total', '"delivered"'), `${of('deliveries_total', '"failed"')} failed`],
      ['memory', bytes(sum(body, 'process_resident_memory_bytes'))], ['streams', of('feed_subscribers')], ['accounts', of('accounts')]].map(([label, value, about]) => h('div.tile', h('b', value), h('span', label), h('small', about))));
  };
  const timer = setInterval(() => { follow(); draw().catch(() => {}); }, 3000);
  view.onclose(() => clearInterval(timer));
  draw();
  follow();
  return h('div.stack', h('div.title', h('h1', 'Settings'), h('p.sub', `Ringback ${store.index.version}`)), tiles,
    card('Configuration in effect', h('a.button', { href: path('/config.toml'), download: 'ringback.toml' }, 'Download ringback.toml'), config),
    card('The latest lines of its log', null, tail), card('Where worlds are kept', h('a.button', { href: path('/metrics') }, 'All metrics'), kept));
}
