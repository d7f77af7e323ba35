// One language of search for every list: vendor:mango state:ringing to:0912* has:recording, and plain words.

const glob = pattern => {
  const parts = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${parts}$`, 's');
};

/** Splits a search into conditions: [{key, value, not}], a word without a key has none. */
export function parse(text) {
  const found = [];
  for (const [, not, key, quoted, plain] of (text ?? '').matchAll(/(-)?(?:([a-z_]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const value = quoted ?? plain;
    if (value) found.push({ key, value, not: Boolean(not) });
  }
  return found;
}

/** Makes a test of items from a search; `read(item, key)` returns the value of a key, `words(item)` all texts. */
export function matcher(text, read, words) {
  const tests = parse(text).map(({ key, value, not }) => {
    const whole = glob(value), part = value.toLowerCase();
    const test = item => {
      if (!key) return words(item).some(word => word && String(word).toLowerCase().includes(part));
      const is = read(item, key);
      const all = Array.isArray(is) ? is : [is];
      return all.some(one => one != null && (key === 'has' ? one === value : whole.test(String(one).toLowerCase())));
    };
    return not ? item => !test(item) : test;
  });
  return item => tests.every(test => test(item));
}

/** Returns those conditions that the API takes as a query. */
export function asQuery(text, keys) {
  const query = {};
  for (const { key, value, not } of parse(text)) if (!not && keys.includes(key)) query[key] = value;
  return query;
}
