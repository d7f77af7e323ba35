// Things to do, each of which is one request: done by a click, or copied as a program says it.

import { send, path, hasToken, req, e } from './api.js';
import { copy, h, icon, menu, toast } from './dom.js';

const shell = text => /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
const data = text => `'${text.replaceAll("'", "'\\''")}'`;

/** JSON as Python has it. */
export function python(value, indent = '') {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map(one => python(one)).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${python(one)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** A text of Rust: JSON has escapes that it does not. */
export const rust = text => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, c => `\\u{${c.charCodeAt(0).toString(16)}}`)}"`;

export const LANGUAGES = ['curl', 'Python', 'TypeScript', 'Rust'];

/** A request as a line of a language. */
export function snippet({ method = 'GET', path, body }, language) {
  const url = location.origin + path;
  const has = body !== undefined;
  const json = has ? JSON.stringify(body) : '';
  const token = hasToken();
  switch (language) {
    case 'curl': {
      const verb = method === (has ? 'POST' : 'GET') ? '' : ` -X ${method}`;
      return `curl -s${verb} ${shell(url)}${token ? ' -H "Authorization: Bearer $RINGBACK_CONTROL_TOKEN"' : ''}${has ? ` -d ${data(json)}` : ''}`;
    }
    case 'Python': return [
      'import requests', '',
      `answer = requests.${method.toLowerCase()}(`, `    ${JSON.stringify(url)},`,
      has && `    json=${python(body)},`,
      token && '    headers={"Authorization": f"Bearer {RINGBACK_CONTROL_TOKEN}"},',
      ')', 'answer.raise_for_status()', method === 'DELETE' ? null : 'print(answer.json())',
    ].filter(line => typeof line === 'string').join('\n');
    case 'TypeScript': return [
      `const answer = await fetch(${JSON.stringify(url)}, {`, `  method: ${JSON.stringify(method)},`,
      (has || token) && `  headers: { ${[has && '"content-type": "application/json"', token && 'authorization: `Bearer ${RINGBACK_CONTROL_TOKEN}`'].filter(Boolean).join(', ')} },`,
      has && `  body: JSON.stringify(${json}),`,
      '});', 'if (!answer.ok) throw new Error(await answer.text());',
      method === 'DELETE' ? null : 'console.log(await answer.json());',
    ].filter(line => typeof line === 'string').join('\n');
    default: return [
      '// ureq = { version = "3", features = ["json"] }, serde_json = "1"',
      `let answer: serde_json::Value = ureq::${method.toLowerCase()}(${rust(url)})`,
      token && '    .header("authorization", &format!("Bearer {token}"))',
      has ? `    .${method === 'DELETE' ? 'force_send_body().' : ''}send_json(serde_json::json!(${json}))?` :
        ['POST', 'PUT', 'PATCH'].includes(method) ? '    .send_empty()?' : '    .call()?',
      '    .body_mut()', '    .read_json()?;',
    ].filter(Boolean).join('\n');
  }
}

export const copies = request => LANGUAGES.map(language => [`Copy as ${language}`, async () => {
  const what = await (typeof request === 'function' ? request() : request);
  if (what) copy(snippet(what, language), `Copied as ${language}`);
}]);

/** Does a request; says what went wrong. Returns the answer, or undefined. */
export async function act(request, said) {
  try {
    const answer = await send(request);
    if (said) toast(typeof said === 'function' ? said(answer) : said, 'good');
    return answer === null ? true : answer;
  } catch (error) {
    toast(error.message, 'bad');
    return undefined;
  }
}

/** What does a request, and beside it a small button that copies that; so does a right click. */
export function copied(what, request, name, kind) {
  const open = () => menu(more, copies(request));
  const more = h('button.more', { class: kind, 'aria-label': `${name}: copy as code`, title: 'Copy as curl, Python, TypeScript, Rust', 'aria-haspopup': 'menu', onclick: open }, icon('more'));
  return h('span.split', { oncontextmenu: event => { event.preventDefault(); open(); } }, what, more);
}

/**
 * A button that does a request, and a small one beside it that copies it. `request` is one, or makes one;
 * it may return nothing, after having said why.
 */
export function action(label, request, { done, said, kind, icon: drawing, title, key, name } = {}) {
  const make = async () => typeof request === 'function' ? request() : request;
  const doIt = async event => {
    event?.preventDefault();
    const what = await make();
    if (!what) return;
    button.disabled = true;
    const answer = await act(what, said);
    button.disabled = false;
    if (answer !== undefined) done?.(answer);
  };
  const spoken = name ?? title ?? label;
  const button = h('button', { class: kind, title: title && key ? `${title} (${key})` : title,
    'aria-label': name ?? (label ? null : spoken), 'data-key': key, onclick: doIt }, drawing && icon(drawing), label);
  const both = copied(button, make, spoken, kind);
  both.run = doIt;
  both.button = button;
  return both;
}

/** A request about a call, which is found by its id alone. */
export const onCall = (call, verb, body) => req('POST', `/calls/${e(call.id)}/${verb}`, {}, body);
