// Carries the messages of a WebSocket over standard input and output, one a line: `node bidi_pipe.js URL`.
import { createInterface } from 'node:readline';

import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2], { perMessageDeflate: false, maxPayload: 0 });
const opened = new Promise((done) => socket.once('open', done));
socket.on('message', (data) => process.stdout.write(`${data}\n`));
socket.on('close', () => process.exit());
socket.on('error', (error) => {
  console.error(`bidi pipe: ${error.message}`);
  process.exit(1);
});
// Nobody on the other side any more: nothing to carry.
for await (const line of createInterface({ input: process.stdin })) {
  await opened;
  socket.send(line);
}
process.exit();
