// What each operation takes and answers, by the OpenAPI documents that this server has.

import { get } from '../api.js';
import { snippet } from '../actions.js';
import { card, chip, copy, h, hint, pretty, put, select } from '../dom.js';
import { go, href } from '../route.js';
import { store } from '../store.js';

const read = {};

export function show({ id: of = '', params }) {
  of ||= 'control';
  const list = h('nav.doclist', { 'aria-label': 'Operations' }), body = h('article.doc', hint('…'));
  const which = select([['control', 'Control API'], ...store.vendors.map(({ name, title }) => [name, title])], of, { 'aria-label': 'Document', onchange: () => go('reference', which.value) });
  (async () => {
    const doc = read[of] ??= await get(of === 'control' ? '/openapi.json' : `/openapi/${of}`);
    const all = Object.entries(doc.paths).flatMap(([path, its]) => Object.entries(its).map(([method, one]) => ({ ...one, method: method.toUpperCase(), path })));
    const chosen = all.find((one) => one.operationId === params.get('op'));
    put(list, which, [...new Set(doc.tags?.map(({ name }) => name) ?? all.map(({ tags }) => tags[0]))].map((tag) => [h('h2', tag), all.filter(({ tags }) => tags[0] === tag).map((one) =>
      h('a', { href: href('reference', of, { op: one.operationId }), title: one.summary, 'aria-current': one === chosen && 'page' }, h('b', one.method), ` ${one.path}`))]));
    put(body, chosen ? operation(doc, of, chosen) : [h('h1', doc.info.title), doc.info.description.split('\n\n').map((text) => h('p', text))]);
    list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  })().catch((error) => put(body, h('p.bad', error.message)));
  return h('div.docs', list, body);
}

function operation(doc, of, one) {
  const at = (value) => value?.$ref ? { ...value.$ref.slice(2).split('/').reduce((all, key) => all[key], doc), name: value.$ref.split('/').pop() } : value ?? {};
  const several = (to) => to.anyOf ?? to.oneOf ?? [to.items ?? to.additionalProperties].filter(Boolean);
  const kind = (schema) => {
    const to = at(schema);
    if (to.enum) return to.enum.join(' | ');
    return String(to.const ?? to.name ?? (to.items ? `list of ${kind(to.items)}` : to.type ?? (several(to).map(kind).join(' | ') || 'any')));
  };
  // What stands within is laid out when it is looked at.
  const fields = (schema, deep = 0) => deep < 9 && [Object.entries(at(schema).properties ?? {}).map(([name, value]) => {
    const within = h('div'), row = h('details', { ontoggle: () => within.firstChild || put(within, fields(value)) },
      h('summary', h('code', name), at(schema).required?.includes(name) ? ' ' : '? ', h('small', kind(value)), ' ', value.description ?? at(value).description), within);
    return row;
  }), several(at(schema)).map((part) => fields(part, deep + 1))];
  const sample = ({ examples }) => Object.values(examples ?? {})[0]?.value;
  const content = (value) => Object.entries(at(value).content ?? {}).map(([type, it]) => [h('p', chip(type), ' ', kind(it.schema)), fields(it.schema), sample(it) !== undefined && pretty(sample(it))]);
  const asked = (one.parameters ?? []).map(at), given = asked.filter(({ example }) => example != null);
  const curl = () => {
    const query = new URLSearchParams(given.filter((it) => it.in === 'query').map(({ name, example }) => [name, example])).toString();
    let path = one.path.replace(/{(\w+)}/g, (_, name) => encodeURIComponent(given.find((it) => it.name === name)?.example ?? name)) + (query && `?${query}`);
    const [type, it] = Object.entries(one.requestBody?.content ?? {})[0] ?? [''], value = it && sample(it), ours = of === 'control';
    const vendor = store.vendors.find(({ name }) => ours ? (path + JSON.stringify(value)).includes(`${name}-`) : name === of) ?? store.vendors.at(-1);
    // The hub has to be told whose it is.
    if (ours && store.vendors[1] && asked.some(({ name }) => name === 'account')) path = path.replace('/__admin', `/__admin/${vendor.name}`);
    const form = value && type.includes('form') && `${new URLSearchParams(value)}`;
    const line = snippet({ method: one.method, path, body: form ? '' : value }, 'curl');
    return (ours ? line : line.replace(location.origin, vendor.base_url)).replace(`'""'`, () => `'${form}'`);
  };
  return [h('h1', one.summary), h('p', h('code', `${one.method} ${one.path}`), ' ', h('button', { onclick: () => copy(curl()) }, 'Copy as curl')), h('p', one.description),
    asked[0] && card('Parameters', null, asked.map((it) => h('p', h('code', it.name), it.required ? ' ' : '? ', h('small', `${it.in}, ${kind(it.schema)}`), ' ', it.description))),
    one.requestBody && card('Body', null, content(one.requestBody)),
    Object.entries(one.responses).map(([status, value]) => card(`${status} ${at(value).description}`, null, content(value)))];
}
