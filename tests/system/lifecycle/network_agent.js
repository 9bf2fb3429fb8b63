// Runs inside a network of a test and says what it is answered there. Each line of input is a JSON list of requests,
// and its line of output a list of as many results:
// - {url, method, headers, body} → {status, headers, body}, or {error: 'ECONNREFUSED'} and the like;
// - {turn: a URL, login, family} → {code, relayed} of an allocation;
// - {connect: wss or ws URL with its token} → {verdict: 'connected'}, or the close code.
// Certificates are not checked, because what is asked here is who answers, not whether he is to be trusted.
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';

import WebSocket from 'ws';

import { TurnClient, parseTurnUrl } from '../../lib/turn_client.js';

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

async function allocateOnce({ turn, login, family }) {
  try {
    const client = await TurnClient.open(parseTurnUrl(turn), login);
    const allocation = await client.allocate({ family });
    await client.release();
    client.close();
    return allocation;
  } catch (error) {
    return { error: error.message };
  }
}

const answerOf = (asked) => (asked.connect ? connectOnce : asked.turn ? allocateOnce : fetchOnce)(asked);

for await (const line of createInterface({ input: process.stdin })) {
  const results = [];
  for (const asked of JSON.parse(line)) results.push(await answerOf(asked));
  process.stdout.write(`${JSON.stringify(results)}\n`);
}
process.exit(0);
