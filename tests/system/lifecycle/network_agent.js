// Runs inside a network of a test and says what it is answered there. Each line of input is a JSON list of requests,
// and its line of output a list of as many results:
// - {url, method, headers, body} → {status, headers, body}, or {error: 'ECONNREFUSED'} and the like;
// - {connect: wss or ws URL with its token} → {verdict: 'connected'}, or the close code.
// Certificates are not checked, because what is asked here is who answers, not whether he is to be trusted.
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';

import WebSocket from 'ws';

const kPatienceMs = 20_000;
const kTrust = { rejectUnauthorized: false, timeout: kPatienceMs };

function fetchOnce({ url, method = 'GET', headers = {}, body }) {
  return new Promise((resolve) => {
    const { request } = url.startsWith('https:') ? https : http;
    const sent = request(url, { method, headers, agent: false, ...kTrust }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    sent.once('timeout', () => sent.destroy(Object.assign(new Error(), { code: 'TIMEOUT' })));
    sent.once('error', (error) => resolve({ error: error.code ?? error.message }));
    sent.end(body);
  });
}

/// The pong of a connected client is sent after whatever the server had to say of its token.
function connectOnce({ connect }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(connect, { perMessageDeflate: false, ...kTrust });
    const settle = (verdict) => {
      resolve({ verdict });
      socket.terminate();
    };
    socket.once('open', () => socket.ping());
    socket.once('pong', () => settle('connected'));
    socket.once('close', settle);
    socket.once('error', (error) => settle(error.code ?? error.message));
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const results = [];
  for (const asked of JSON.parse(line)) results.push(await (asked.connect ? connectOnce(asked) : fetchOnce(asked)));
  process.stdout.write(`${JSON.stringify(results)}\n`);
}
process.exit(0);
