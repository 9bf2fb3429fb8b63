// Somebody's backend in ten lines: it serves a front end (ours, since it must be able to call) and knows no WebSocket.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

import { kRoot } from './sites.js';

const kTypes = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

export async function startBackend() {
  const server = createServer((request, response) => {
    try {
      const path = new URL(request.url, 'http://backend').pathname.replace(/\/$/, '/index.html');
      response.setHeader('Content-Type', kTypes[extname(path)] ?? 'text/plain');
      response.end(path === '/api/hello' ? 'hello from the backend' : readFileSync(join(kRoot, 'build', 'web', path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { port: server.address().port, stop: () => (server.closeAllConnections(), server.close()) };
}
