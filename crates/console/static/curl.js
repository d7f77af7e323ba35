// Reads a line of curl as far as Ringback's own examples go.

/** Splits a line as a shell does; variables are filled in. */
function split(line, variables) {
  const words = [];
  let word = null, quote = '';
  for (let at = 0; at < line.length; at++) {
    const c = line[at];
    if (quote === "'") {
      if (c === "'") quote = ''; else word += c;
    } else if (c === '\\' && at + 1 < line.length) word = (word ?? '') + line[++at];
    else if (c === '"') { quote = quote ? '' : '"'; word ??= ''; }
    else if (c === "'" && !quote) { quote = "'"; word ??= ''; }
    else if (c === '$' && /[A-Z_]/.test(line[at + 1] ?? '')) {
      const [name] = /^[A-Z_]+/.exec(line.slice(at + 1));
      word = (word ?? '') + (variables[name] ?? '');
      at += name.length;
    } else if (/\s/.test(c) && !quote) { if (word !== null) words.push(word); word = null; }
    else word = (word ?? '') + c;
  }
  if (word !== null) words.push(word);
  return words;
}

/** Returns {request, keep?}: what to send, and into which variable which key of the answer goes. */
export function readCurl(line, variables = {}) {
  let keep;
  const kept = /^([A-Z_]+)=\$\((curl .*?) \| [^"]*"([^"]+)".*\)$/s.exec(line.trim());
  if (kept) { keep = { name: kept[1], key: kept[3] }; line = kept[2]; }
  const [curl, ...words] = split(line.replaceAll('\\\n', ' '), variables);
  if (curl !== 'curl') throw new Error('not a line of curl');
  let method, url;
  const headers = {}, data = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === '-X' || word === '--request') method = words[++at];
    else if (word === '-H' || word === '--header') {
      const header = words[++at] ?? '', colon = header.indexOf(':');
      headers[header.slice(0, colon).trim().toLowerCase()] = header.slice(colon + 1).trim();
    } else if (word === '-d' || word === '--data' || word === '--data-raw' || word === '--data-binary') data.push(words[++at] ?? '');
    else if (word === '--data-urlencode') {
      const text = words[++at] ?? '', equals = text.indexOf('=');
      data.push(`${text.slice(0, equals)}=${encodeURIComponent(text.slice(equals + 1)).replaceAll('%20', '+')}`);
    } else if (word === '-u' || word === '--user') headers.authorization = `Basic ${btoa(words[++at] ?? '')}`;
    else if (!word.startsWith('-')) url = word;
  }
  const where = new URL(url);
  const body = data.length ? data.join('&') : undefined;
  if (body !== undefined) headers['content-type'] ??= 'application/x-www-form-urlencoded';
  return { keep, request: { method: method ?? (body === undefined ? 'GET' : 'POST'), path: where.pathname + where.search, headers, body } };
}

/** Finds the text of a key in an answer. */
export function valueOf(answer, key) {
  return new RegExp(`"${key}"\\s*:\\s*"([^"]*)"`).exec(answer)?.[1];
}
