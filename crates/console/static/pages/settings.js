// What is in effect, how it is doing, and what can be taken away.

import { get, path, send } from '../api.js';
import { chip, copyButton, h, put, throttled } from '../dom.js';
import { hue, store } from '../store.js';
import { bytes, count } from '../text.js';

const text = async (rest) => (await send({ path: path(rest) }, { raw: true })).text();

/** Reads the text form of OpenMetrics: [name, labels, value]. */
export function readMetrics(body) {
  const rows = [];
  for (const line of body.split('\n')) {
    const found = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line);
    if (found && !line.startsWith('#') && !found[1].endsWith('_bucket')) rows.push({ name: found[1], labels: found[2] ?? '', value: Number(found[3]) });
  }
  return rows;
}

export function show(view) {
  const config = h('div'), log = h('div'), metrics = h('div'), tiles = h('div.tiles');
  text('/config.toml').then((toml) => put(config, h('div.acts', h('a.button', { href: path('/config.toml'), download: 'ringback.toml' }, 'Download ringback.toml'), copyButton(toml, 'ringback.toml')),
    h('pre.code.toml', { tabindex: 0 }, toml.split('\n').map((line) => {
      const [, code, origin] = /^(.*?)(\s{2}# .*)?$/.exec(line);
      const isDefault = origin?.includes('# default') || code.startsWith('#');
      return [h('span', { class: isDefault ? 'faint' : 'said' }, code), origin && h('span.faint', origin), '\n'];
    }))), (error) => put(config, h('p.hint', error.message)));
  text('/output').then((lines) => put(log, h('pre.code', { tabindex: 0 }, lines || 'Nothing was logged.')), () => put(log, h('p.hint', 'This server does not show its log.')));
  const draw = async () => {
    const rows = readMetrics(await text('/metrics'));
    const sum = (name, of = () => true) => rows.filter((row) => row.name === name && of(row)).reduce((all, row) => all + row.value, 0);
    const tile = (label, value, hint) => h('div.tile', h('b', value), h('span', label), hint && h('small', hint));
    put(tiles, tile('live calls', count(sum('ringback_live_calls')), `${count(sum('ringback_calls_total'))} in all`), tile('requests', count(sum('ringback_requests_total'))),
      tile('webhooks delivered', count(sum('ringback_deliveries_total', (row) => row.labels.includes('delivered'))), `${count(sum('ringback_deliveries_total', (row) => row.labels.includes('failed')))} failed`),
      tile('memory', bytes(sum('process_resident_memory_bytes'))), tile('streams', count(sum('ringback_feed_subscribers'))), tile('accounts', count(sum('ringback_accounts'))));
    put(metrics, h('table', h('thead', h('tr', ['Metric', 'Labels', 'Value'].map((one) => h('th', { scope: 'col' }, one)))), h('tbody', rows.filter((row) => row.value).slice(0, 400).map((row) => h('tr', h('td', row.name), h('td.hint', row.labels), h('td.num', row.value.toLocaleString('en')))))));
  };
  const logs = h('div');
  get('/log').then(({ logs: all }) => put(logs, h('table', h('tbody', Object.entries(all).map(([vendor, of]) => h('tr', h('td', h('i.dot', { class: hue(vendor) }), ' ', vendor), h('td', of.kind), h('td.num', of.position ?? ''), h('td', of.stopped ? chip(of.stopped, 'bad') : ''))))))).catch(() => {});
  const timer = setInterval(() => draw().catch(() => {}), 3000);
  view.onclose(() => clearInterval(timer));
  draw();
  return h('div.stack', h('div.title', h('h1', 'Settings'), h('p.sub', `Ringback ${store.index.version}`)), tiles,
    h('section.card', h('header', h('h2', 'Configuration in effect')), config),
    h('section.card', h('header', h('h2', 'Where it is kept')), logs),
    h('details.card', h('summary', 'The program’s own log'), log),
    h('details.card', h('summary', 'All metrics'), metrics));
}
