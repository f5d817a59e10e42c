/**
 * A reader as the browser has it: transport.js over the official client, cut off again and again until the record is
 * sealed, or left alone. Arguments: origin, jurisdiction, meeting, seed, `calm`. Prints what it has in the end as one line of JSON.
 */

import { io } from 'socket.io-client';

import { Transport } from '../../../plugins/meetings/static/live/transport.js';
import { seededRandom } from '../../meetings/js/support.mjs';

const [origin, jurisdiction, meeting, seed, mode] = process.argv.slice(2);
const cutting = mode !== 'calm';
const states = new Set();
const random = seededRandom(Number(seed));
const base = `/api/v1/${jurisdiction}/meetings/${meeting}/live`;
const told = [];
let cuts = 0;
let socket = null;
let timer = null;

function connect(...parts) {
  socket = io(...parts);
  return socket;
}

function cut() {
  if (socket?.connected) {
    cuts += 1;
    socket.io.engine.close();
  }
}

const transport = new Transport({
  io: connect,
  random,
  where: { origin, base, jurisdiction, meeting },
  onChange: (changes) => told.push(...changes.filter((one) => one.type === 'line').map((one) => one.post)),
  onState: (state) => {
    if (state === 'ended') report();
    states.add(state);
    if (state === 'live' && cutting) timer = setTimeout(cut, 200 + 700 * random());
    if (state !== 'live' && state !== 'busy') return;
    if (!process.ready) console.log('ready');
    process.ready = true;
  },
});
transport.start();

function report() {
  clearTimeout(timer);
  const { epoch, last, digest, stats } = transport.feed;
  const texts = transport.feed.lines().map((line) => line.text);
  console.log(JSON.stringify({ epoch, last, digest, texts, told: told.length, unlike: new Set(told).size, cuts, stats, states: [...states] }));
  process.exit(0);
}
