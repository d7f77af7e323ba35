// Plays what two sides said.

import { hasToken, path, send, e } from '../api.js';
import { h, icon, put, toast } from '../dom.js';
import { number } from '../text.js';

export const recordingUrl = call => path(`/calls/${e(call.id)}/recording.wav`);

let bar;
let sound;
/** Plays a recording in a bar of its own, which stays while pages change. */
export async function play(call) {
  bar ??= document.body.appendChild(h('div.player', { role: 'region', 'aria-label': 'Player' }));
  sound?.stop?.();
  const close = () => { sound?.stop?.(); bar.hidden = true; put(bar); };
  bar.hidden = false;
  const title = h('span', `${number(call.from)} → ${number(call.to)}`);
  const end = h('button.ghost', { 'aria-label': 'Close the player', onclick: close }, icon('x'));
  if (!hasToken()) {
    const audio = h('audio', { controls: true, src: recordingUrl(call), preload: 'auto' });
    audio.addEventListener('error', () => toast('There is no recording to play', 'bad'));
    sound = { stop: () => audio.pause() };
    put(bar, title, audio, end);
    audio.play().catch(() => { /* the reader presses play */ });
    return;
  }
  // An element cannot show the control token.
  try {
    const answer = await send({ path: recordingUrl(call) }, { raw: true });
    const context = new AudioContext();
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(await answer.arrayBuffer());
    source.connect(context.destination);
    source.start();
    sound = { stop: () => context.close() };
    put(bar, title, h('span', 'playing'), end);
  } catch (error) { toast(error.message, 'bad'); close(); }
}
