// The one way by which this suite asks the HTTP API, so that every answer is held against the contract in one place.
// Each request has a connection of its own, or parallel ones would stand in a line of the client's making.
import http from 'node:http';

import { checkAnswer } from './contract.js';
import { describedBy } from './openapi.js';

/// Long enough for a busy machine; what must be quick says so itself.
const kPatienceMs = 40_000;

/// `post('/api/auth/code', body, options)` and its like for each method → {status, body (parsed, or undefined), text,
/// headers, ms}. A body that is a string or a Buffer goes as it is. Options: token, language, headers (null takes one
/// away), from (an address of ours).
export function api(server) {
  const asking = (method) => (path, body, options) => ask(server, method, path, body, options);
  return {
    post: asking('POST'),
    patch: asking('PATCH'),
    get: (path, options) => ask(server, 'GET', path, undefined, options),
    ask: (method, path, body, options) => ask(server, method, path, body, options),
  };
}

async function ask(server, method, path, body, options = {}) {
  const begun = performance.now();
  const answer = await exchange(server, method, path, bytesOf(body), options);
  answer.ms = performance.now() - begun;
  if (method === 'HEAD') return answer;
  if (/^application\/(problem\+)?json/.test(answer.headers['content-type'])) answer.body = JSON.parse(answer.text);
  checkAnswer(method, path, answer);
  (await describedBy(server)).check(method, path, answer);
  return answer;
}

const bytesOf = (body) => (body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));

function headersOf(body, { token, language, headers = {} }) {
  const all = {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(language === undefined ? {} : { 'Accept-Language': language }),
    ...headers,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

function exchange(server, method, path, body, options) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: '127.0.0.1',
      port: server.port,
      localAddress: options.from,
      method,
      path,
      headers: headersOf(body, options),
      agent: false,
      timeout: kPatienceMs,
    });
    request.once('timeout', () => request.destroy(new Error(`${method} ${path} is not answered`)));
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode, headers: response.headers, rawHeaders: response.rawHeaders, text });
      });
    });
    request.end(body);
  });
}
