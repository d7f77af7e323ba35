// All state of the page is behind the # of its address, so that every view can be linked.

/** {page, id, params} of the address. */
export function here() {
  const [where, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [page, ...rest] = where.split('/');
  return { page: page || 'start', id: rest.map(decodeURIComponent).join('/'), params: new URLSearchParams(query) };
}

/** The account that the reader looks at: a credential, or nothing for all of them. */
export const account = () => here().params.get('account') ?? '';
/** The account for lists, which can be of all. */
export const listAccount = () => account() || '*';

/** The address of a page; the account goes along. */
export function href(page, id, params = {}) {
  const query = new URLSearchParams();
  if (account() && !('account' in params)) query.set('account', account());
  for (const [key, value] of Object.entries(params)) if (value != null && value !== '') query.set(key, value);
  const tail = String(query);
  return `#/${page}${id ? `/${String(id).split('/').map(encodeURIComponent).join('/')}` : ''}${tail ? `?${tail}` : ''}`;
}

export const go = (...where) => { location.hash = href(...where); };

/** Changes one parameter of the address without a step of history. */
export function setParam(changes) {
  const { page, id, params } = here();
  for (const [key, value] of Object.entries(changes)) if (value) params.set(key, value); else params.delete(key);
  const all = Object.fromEntries(params);
  history.replaceState(null, '', href(page, id, { account: '', ...all }));
}
