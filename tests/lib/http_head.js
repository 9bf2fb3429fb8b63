// HTTP heads as exact text: requests from a table of headers, of which a case changes one, and responses parsed
// strictly, with the spelling of names kept.
import { createHash, randomBytes } from 'node:crypto';

/// A value of null leaves the header out, a list makes a line for each.
export function requestHead({ method = 'GET', target = '/', version = 'HTTP/1.1', headers = {} } = {}) {
  const lines = Object.entries({ Host: 'localhost', ...headers })
    .filter(([, value]) => value !== null)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
  return [`${method} ${target} ${version}`, ...lines, '', ''].join('\r\n');
}

export function upgradeHead({ headers = {}, target = '/ws', ...rest } = {}) {
  return requestHead({
    target,
    headers: {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      'Sec-WebSocket-Version': '13',
      ...headers,
    },
    ...rest,
  });
}

/// RFC 6455 section 4.2.2 step 5.4.
export function acceptFor(key) {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

export function parseHead(text) {
  const [statusLine, ...lines] = text.slice(0, -4).split('\r\n');
  const match = /^HTTP\/1\.[01] ([1-5][0-9][0-9])( .*)?$/.exec(statusLine);
  if (!match) throw new Error(`no HTTP status line: ${JSON.stringify(statusLine)}`);
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error(`no HTTP header: ${JSON.stringify(line)}`);
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const get = (name) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  return { status: Number(match[1]), statusLine, headers, get, text };
}
