/** Reads published draws from standard input, one a line; answers each with what the browser's module says of it. */

import { createInterface } from 'node:readline';
import { Wrong, draw, verify } from '../../../plugins/meetings/static/draw/verify.js';

for await (const line of createInterface({ input: process.stdin })) {
  const published = JSON.parse(line);
  const again = await draw(published.seed, published.seats, published.quotas, published.entries);
  let fault = '';
  try {
    await verify(published);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    fault = error.message;
  }
  process.stdout.write(`${JSON.stringify({ again, fault })}\n`);
}
