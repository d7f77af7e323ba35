// Campaigns of the vendors that have them, asked as their clients ask: by the vendors' own APIs.

import { asClient, path, send, req } from './api.js';

const json = 'application/json', form = 'application/x-www-form-urlencoded';
async function ask(vendor, request) {
  // What the page asks to show it is none of a client's.
  const answer = await send(asClient(vendor, request.method ? request : { ...request, journal: false }));
  let value = null;
  try { value = JSON.parse(answer.body); } catch { /* an error page */ }
  if (answer.status >= 400) throw new Error(`${request.method ?? 'GET'} ${request.path}: ${answer.status} ${answer.body?.slice(0, 200) ?? ''}`);
  return value;
}

const scfm = {
  demoSays: 'Call 200 made-up contacts',
  async list({ name }) {
    const callouts = await ask(name, { path: '/api/callouts?per_page=100' });
    return Promise.all(callouts.map(async callout => {
      const n = await ask(name, { path: `/api/callouts/${callout.id}/callout_statistics` });
      const waiting = n.calls_queued + n.calls_initialized + n.calls_scheduling + n.calls_waiting_for_completion;
      const post = event => asClient(name, { method: 'POST', path: `/api/callouts/${callout.id}/callout_events`, headers: { 'content-type': form }, body: `event=${event}` });
      return {
        id: callout.id, title: Object.values(callout.metadata)[0] ?? `callout ${callout.id}`, status: n.callout_status, total: n.callout_participations,
        counts: { queued: Math.max(0, n.callout_participations_remaining - n.calls_in_progress), dialling: waiting, talking: n.calls_in_progress + n.calls_fetching_status, done: n.callout_participations_completed },
        outcomes: { completed: n.calls_completed, 'not answered': n.calls_not_answered, busy: n.calls_busy, failed: n.calls_failed, canceled: n.calls_canceled, errored: n.calls_errored },
        acts: { initialized: { Start: post('start') }, running: { Pause: post('pause'), Stop: post('stop') }, paused: { Resume: post('resume'), Stop: post('stop') }, stopped: { Resume: post('resume') } }[n.callout_status] ?? {},
      };
    }));
  },
  capacity: ({ name }, calls) => req('POST', '/control', { vendor: name }, { do: 'set_capacity', calls }),
  /** Contacts are made up and all of them take part in a new callout, which begins. */
  async demo({ name }) {
    await send(req('POST', '/control', { vendor: name }, { do: 'seed_contacts', count: 200 }));
    const { id } = await ask(name, { method: 'POST', path: '/api/callouts', headers: { 'content-type': form }, body: 'metadata[name]=demo' });
    const batch = await ask(name, { method: 'POST', path: `/api/callouts/${id}/callout_populations`, headers: { 'content-type': form }, body: 'metadata[note]=all' });
    await ask(name, { method: 'POST', path: `/api/callout_populations/${batch.id}/callout_population_events`, headers: { 'content-type': form }, body: 'event=queue' });
    await ask(name, { method: 'POST', path: `/api/callouts/${id}/callout_events`, headers: { 'content-type': form }, body: 'event=start' });
  },
};

const hex = buffer => [...new Uint8Array(buffer)].map(byte => byte.toString(16).padStart(2, '0')).join('');
/** A request signed as the vendor wants it; the browser signs on loopback and https alone. */
async function signed(vendor, rest, fields) {
  const { vpbx_api_key: key, vpbx_api_salt: salt } = vendor.credentials, text = JSON.stringify(fields);
  if (!crypto.subtle) throw new Error('this browser signs requests on localhost and https only');
  const sign = hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key + text + salt)));
  return { method: 'POST', path: rest, headers: { 'content-type': form }, body: String(new URLSearchParams({ vpbx_api_key: key, sign, json: text })) };
}
/** How far campaigns have come, of vendors whose own API does not say it. */
const progress = async ({ name }) => (await send(req('POST', '/control', { vendor: name }, { do: 'show_campaigns' }))).campaigns;

const mango = {
  async list(vendor) {
    return (await progress(vendor)).map(one => {
      const act = verb => async () => asClient(vendor.name, await signed(vendor, `/vpbx/campaign/${verb}`, { campaign_id: one.campaign_id }));
      return {
        id: one.campaign_id, title: one.name, status: one.status, total: one.tasks, capacity: one.capacity,
        counts: { queued: one.queued, 'again later': one.redials, ringing: one.ringing, talking: one.talking, done: one.done },
        outcomes: Object.fromEntries(Object.entries(one.outcomes).map(([name, n]) => [name.replaceAll('_', ' '), n])),
        acts: ['running', 'planned'].includes(one.status) ? { Stop: act('stop') } : { Start: act('start') },
      };
    });
  },
  demoSays: 'Call twenty numbers',
  /** A campaign without operators plays its message to whoever answers. */
  async demo(vendor) {
    const does = async (path, fields) => ask(vendor.name, await signed(vendor, `/vpbx/${path}`, fields));
    const { lines } = await does('incominglines', {});
    const schedule = [1, 2, 3, 4, 5, 6, 7].map(weekday => ({ weekday, start: '00:00', end: '24:00' }));
    const { campaign_id } = await does('campaign/add', { name: 'demo', line_id: lines[0].line_id, schedule, add_calls_coef: 5 });
    await does('tasks/push', { campaign_id, tasks: Array.from({ length: 20 }, (_, place) => ({ number: String(79161230000 + place * 7) })) });
    await does('campaign/start', { campaign_id });
  },
};

const tokens = new Map();
const tel4vn = {
  async list(vendor) {
    const login = async () => (await ask(vendor.name, { method: 'POST', journal: false, path: '/v1/auth/token', headers: { 'content-type': json }, body: JSON.stringify({ api_key: vendor.credentials.api_key }) })).data.token;
    if (!tokens.has(vendor.name)) tokens.set(vendor.name, await login());
    const headers = { authorization: `Bearer ${tokens.get(vendor.name)}` };
    const get = path => ask(vendor.name, { path, headers });
    const paths = ['/v3/campaign?limit=50', '/v3/list?limit=1000', '/v3/report/call/campaign'];
    const [far, ...answers] = await Promise.all([progress(vendor), ...paths.map(get)]);
    const [campaigns, lists, reports] = answers.map(({ data }) => data);
    return campaigns.map(one => {
      const id = one.campaign_uuid, post = (path, body) => asClient(vendor.name, { method: 'POST', path, headers: { ...headers, 'content-type': json }, body: JSON.stringify(body) });
      const run = verb => post(`/v1/campaign/${id}/run/${verb}`, {});
      const total = lists.filter(list => list.campaign_uuid === id).reduce((sum, list) => sum + list.total_leads, 0);
      const n = reports.find(row => row.campaign_uuid === id) ?? {}, now = far.find(row => row.campaign_uuid === id);
      const status = one.active ? { start: 'running', pause: 'paused', stop: 'stopped' }[one.status] ?? 'enabled' : 'disabled';
      const acts = { running: { Pause: run('pause'), Stop: run('stop') }, paused: { Resume: run('start'), Stop: run('stop') }, stopped: { Start: run('start') } }[status] ?? {};
      const customers = Array.from({ length: 10 }, (_, place) => ({ phone_number: `08991234${10 + place}` }));
      if (one.active) acts['Call ten numbers'] = post('/v1/autodial/campaign', { campaign_uuid: id, carrier: 'mobi', ratio: 2, customers });
      return {
        id, title: one.campaign_name, status, kind: one.type, total: total || n.total, capacity: now?.at_once, acts,
        counts: now && (total || n.total || now.live || now.ordered) ? { queued: now.waiting + now.ordered, 'again later': now.recalls, ringing: now.ringing, talking: now.talking, done: n.total ?? 0 } : {},
        outcomes: { answered: n.answered, busy: n.busy, 'not answered': n.no_answered, 'not available': n.not_available, invalid: n.invalid, congestion: n.congestion, canceled: n.cancel, 'no agent': n.busy_line },
      };
    });
  },
};

/** By the name of the vendor; a label of an instance begins with it. */
export const adapter = vendor => ({ scfm, mango, tel4vn })[vendor.name.match(/^(scfm|mango|tel4vn)/)?.[0]];
