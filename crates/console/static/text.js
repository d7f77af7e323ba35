// How moments, lengths and numbers are written.

export const ms = moment => moment ? Date.parse(moment.length > 24 ? moment.slice(0, 23) + 'Z' : moment) : NaN;

const two = n => String(n).padStart(2, '0');

/** A length of seconds: 0:07, 1:02:03. */
export function length(seconds) {
  if (!Number.isFinite(seconds)) return '';
  const all = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(all / 3600), rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  return hours ? `${hours}:${rest}` : rest.replace(/^0/, '');
}

/** The time of day of a moment, and the day where it is another one than that of now. */
export function clockTime(moment, now) {
  if (!moment) return '';
  const time = moment.slice(11, 19);
  const day = moment.slice(0, 10);
  return now && new Date(now).toISOString().slice(0, 10) === day ? time : `${day.slice(5)} ${time}`;
}

export const fullTime = moment => moment ? `${moment.slice(0, 10)} ${moment.slice(11, 23)}` : '';

export const bytes = n => n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1048576).toFixed(1)} MiB`;

export const count = n => Number(n).toLocaleString('en');
export const many = (n, one, more = `${one}s`) => `${count(n)} ${n === 1 ? one : more}`;

/** The number of a party, or of what may be one. */
export const number = party => party == null ? '' : typeof party === 'object' ? party.number : String(party);

/** USER_BUSY as people say it. */
export const words = text => text ? text.toLowerCase().replaceAll('_', ' ') : '';

/** Why a call ended, as a state: fine, not reached, broken. */
export function causeKind(cause) {
  if (!cause) return '';
  if (['NORMAL_CLEARING', 'BLIND_TRANSFER', 'ATTENDED_TRANSFER'].includes(cause)) return '';
  return ['USER_BUSY', 'NO_ANSWER', 'ORIGINATOR_CANCEL', 'CALL_REJECTED', 'NO_USER_RESPONSE'].includes(cause) ? 'warn' : 'bad';
}

export const statusKind = status => status >= 500 ? 'bad' : status >= 400 ? 'warn' : status >= 200 ? 'good' : '';
export const deliveryKind = state =>
  ({ delivered: 'good', failed: 'bad', pending: 'warn', attempt: 'warn', dropped: 'off' })[state] ?? '';
