import { createServer } from 'node:net';
import { test } from 'node:test';

import { io } from 'socket.io-client';

import { Transport } from '../../../plugins/meetings/static/live/transport.js';

/** A port that nobody listens on. */
async function closedPort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// Ten seconds are patience: the client's own time-out, which this must not wait for, is twenty.
test('a server that is away is tried again soon, whatever transports the browser lacks', { timeout: 10000 }, async () => {
  const origin = `http://127.0.0.1:${await closedPort()}`;
  let transport;
  await new Promise((done) => {
    const watched = (...parts) => {
      const socket = io(...parts);
      socket.io.on('reconnect_attempt', (number) => number === 2 && done());
      return socket;
    };
    transport = new Transport({ io: watched, where: { origin, base: '/live', jurisdiction: 'x', meeting: 'y' } });
    transport.start();
  });
  transport.close();
});
