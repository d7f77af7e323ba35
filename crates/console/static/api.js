// Every request of this page: the control API as any client has it.

/** Where a request goes: a path behind /__admin, of one vendor, with an account. */
export function path(rest, { vendor, account, query } = {}) {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value != null && value !== '') params.set(key, value);
  if (account) params.set('account', account);
  const tail = String(params);
  return `/__admin${vendor ? `/${vendor}` : ''}${rest}${tail ? `?${tail}` : ''}`;
}

export const e = encodeURIComponent;
/** One request, as `send` takes it. */
export const req = (method, rest, where, body) => ({ method, path: path(rest, where), body });

/** A refusal, in the words of the API. */
export class Problem extends Error {
  constructor(status, body) {
    super([body.detail ?? `status ${status}`, body.hint].filter(Boolean).join(' — '));
    this.status = status;
    this.body = body;
  }
}

let token = '';
let onToken;
export const hasToken = () => token !== '';
export const setToken = text => { token = text; };
/** Who is asked when the server wants a token. */
export const askToken = ask => { onToken = ask; };
export const headers = () => token ? { authorization: `Bearer ${token}` } : {};

export async function send({ method = 'GET', path, body }, { raw, signal } = {}) {
  const init = { method, signal, headers: headers(), cache: 'no-store' };
  if (body !== undefined) {
    init.body = typeof body === 'string' ? body : JSON.stringify(body);
    init.headers['content-type'] = 'application/json';
  }
  const answer = await fetch(path, init);
  if (answer.status === 401 && onToken) onToken();
  if (raw && answer.ok) return answer;
  const text = await answer.text();
  let value = text;
  try { value = text ? JSON.parse(text) : null; } catch { /* not all answers are JSON */ }
  if (!answer.ok) throw new Problem(answer.status, typeof value === 'object' && value ? value : { detail: text });
  return value;
}

export const get = (rest, where) => send({ path: path(rest, where) });

/** Asks a vendor what its client would ask, by way of the control API: another port is another origin. */
export const asClient = (vendor, request) => req('POST', '/request', { vendor }, request);

/** Asks for other kinds from now on; `follow` says how. */
let askAgain = () => {};
export const refollow = () => askAgain();

/**
 * Follows the stream of events of some kinds for ever. `take` gets the text of each message and its name, `state`
 * gets 'live' and 'lost'. Goes on behind the last cursor, so that nothing is skipped without being said.
 */
export async function follow(kinds, take, state) {
  let cursor = null, pause = 300;
  for (;;) {
    const abort = new AbortController();
    let quiet = 0, again = false;
    askAgain = () => { again = true; abort.abort(); };
    // A comment comes every ten seconds.
    const alive = () => { clearTimeout(quiet); quiet = setTimeout(() => abort.abort(), 25_000); };
    try {
      alive();
      const answer = await send({ path: path('/events', { account: '*', query: { since: cursor, kind: kinds() } }) },
        { raw: true, signal: abort.signal });
      state('live', cursor);
      pause = 300;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        alive();
        const parts = (rest + value).split('\n\n');
        rest = parts.pop();
        for (const part of parts) {
          let name = '', data = '';
          for (const line of part.split('\n')) {
            if (line.startsWith('data: ')) data = line.slice(6);
            else if (line.startsWith('event: ')) name = line.slice(7);
            else if (line.startsWith('id: ')) cursor = line.slice(4);
          }
          if (data) take(name, data);
        }
      }
    } catch { /* said by the light */ }
    clearTimeout(quiet);
    abort.abort();
    if (again) continue;
    state('lost', cursor);
    await new Promise(done => setTimeout(done, pause));
    pause = Math.min(2000, pause * 1.5);
  }
}
