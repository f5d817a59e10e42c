/**
 * A reader as the browser has it: transport.js over the official client, cut off again and again until the record is
 * sealed. Arguments: origin, jurisdiction, meeting, seed. Prints what it has in the end as one line of JSON.
 */

import { io } from 'socket.io-client';

import { Transport } from '../../../plugins/meetings/static/live/transport.js';
import { seededRandom } from '../../meetings/js/support.mjs';

const [origin, jurisdiction, meeting, seed] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const base = `/api/v1/${jurisdiction}/meetings/${meeting}/live`;
const told = [];
let cuts = 0;
let socket = null;

function connect(...parts) {
  socket = io(...parts);
  return socket;
}

function cut() {
  if (socket?.connected) {
    cuts += 1;
    socket.io.engine.close();
  }
  timer = setTimeout(cut, 300 + 1500 * random());
}

const transport = new Transport({
  io: connect,
  random,
  where: { origin, base, jurisdiction, meeting },
  onChange: (changes) => told.push(...changes.filter((one) => one.type === 'line').map((one) => one.post)),
  onState: (state) => {
    if (state === 'ended') report();
    else if (state === 'live' && !process.ready) console.log('ready');
    process.ready ||= state === 'live';
  },
});
let timer = setTimeout(cut, 1000);
transport.start();

function report() {
  clearTimeout(timer);
  const { epoch, last, digest, stats } = transport.feed;
  const texts = transport.feed.lines().map((line) => line.text);
  console.log(JSON.stringify({ epoch, last, digest, texts, told: told.length, unlike: new Set(told).size, cuts, stats }));
  process.exit(0);
}
