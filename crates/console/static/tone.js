// What a telephone sounds like: tones by country (ITU-T E.180, 2010 list), and keys (Q.23).

/** Frequencies in hertz; `on` and `off` in seconds, one after the other. */
const TONES = {
  RU: { ringback: [[425], 1, 4], busy: [[425], 0.4, 0.4] },
  VN: { ringback: [[425], 1, 4], busy: [[425], 0.5, 0.5] },
  KH: { ringback: [[425], 1, 4], busy: [[425], 0.5, 0.5] },
  US: { ringback: [[440, 480], 2, 4], busy: [[480, 620], 0.5, 0.5] },
  GB: { ringback: [[400, 450], 0.4, 0.2, 0.4, 2], busy: [[400], 0.375, 0.375] },
  DE: { ringback: [[425], 1, 4], busy: [[425], 0.48, 0.48] },
};
export const COUNTRIES = Object.keys(TONES);

/** The country of a number, as far as its beginning tells. */
export function countryOf(number) {
  const digits = String(number).replace(/\D/g, '');
  const known = [[/^855/, 'KH'], [/^(84|0)/, 'VN'], [/^7/, 'RU'], [/^49/, 'DE'], [/^44/, 'GB'], [/^1\d{10}$/, 'US']];
  return digits.length > 6 ? known.find(([begins]) => begins.test(digits))?.[1] : undefined;
}

const ROWS = [697, 770, 852, 941], COLUMNS = [1209, 1336, 1477, 1633];
const KEYS = ['123A', '456B', '789C', '*0#D'];
export function dtmf(key) {
  const row = KEYS.findIndex(keys => keys.includes(key));
  return row < 0 ? null : [ROWS[row], COLUMNS[KEYS[row].indexOf(key)]];
}

/** The frequencies of a tone, and its cadence over so many seconds: [[from, to], …]. */
export function pattern(country, name) {
  const [frequencies, ...cadence] = TONES[country]?.[name] ?? TONES.VN[name];
  return { frequencies, cadence };
}

/** Puts a tone into a context of any kind, from its time 0 on. Returns how to end it. */
export function tone(context, frequencies, cadence, seconds, loud = 0.12) {
  const gain = context.createGain();
  gain.gain.value = 0;
  gain.connect(context.destination);
  let at = context.currentTime + 0.01;
  const end = at + seconds;
  for (let turn = 0; at < end && turn < 400; turn++) {
    const length = cadence[turn % cadence.length];
    if (turn % 2 === 0) {
      // Edges of a few milliseconds: without them it clicks.
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loud, at + 0.008);
      gain.gain.setValueAtTime(loud, Math.max(at + 0.008, Math.min(at + length, end) - 0.008));
      gain.gain.linearRampToValueAtTime(0, Math.min(at + length, end));
    }
    at += length;
  }
  const parts = frequencies.map(frequency => {
    const part = context.createOscillator();
    part.frequency.value = frequency;
    part.connect(gain);
    part.start();
    part.stop(end);
    return part;
  });
  return () => { for (const part of parts) try { part.stop(); } catch { /* over already */ } gain.disconnect(); };
}

let context = null;
let muted = false;
export const isMuted = () => muted;
export function mute(value) { muted = value; }

/** Plays a tone until it is stopped, or for so many seconds. */
export function sound(country, name, seconds = 120) {
  if (muted) return () => {};
  context ??= new AudioContext();
  // A browser lets a page be heard only once its reader has touched it.
  context.resume();
  const { frequencies, cadence } = name === 'ring' ? { frequencies: [440, 554], cadence: [0.4, 0.2, 0.4, 2] } : pattern(country, name);
  return tone(context, frequencies, cadence, seconds);
}

export function keySound(key) {
  const frequencies = dtmf(key);
  if (muted || !frequencies) return;
  context ??= new AudioContext();
  context.resume();
  tone(context, frequencies, [0.12, 1], 0.13);
}

/** Renders a tone without a loudspeaker; for whoever wants to look at it. */
export async function render(country, name, seconds = 2, rate = 8000) {
  const offline = new OfflineAudioContext(1, rate * seconds, rate);
  const { frequencies, cadence } = pattern(country, name);
  tone(offline, frequencies, cadence, seconds);
  return (await offline.startRendering()).getChannelData(0);
}
