// The page as somebody else builds it: by itself, for a server of the original kind that is elsewhere, knows the four
// events and has no API; and in development mode, in which React's StrictMode runs every effect twice.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { mustEndWell, startServer } from '../../lib/server.js';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const PAGE = join(ROOT, 'examples', 'react-callscreen');
const REFERENCE = [process.execPath, join(ROOT, 'tests', 'conformance', 'reference.js')];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** Builds the page with these settings into a folder that is gone when the case ends. */
async function build(stage, settings) {
  const folder = await mkdtemp(join(tmpdir(), 'zvonok-page-'));
  stage.atEnd(() => rm(folder, { recursive: true }));
  const vite = join(PAGE, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--outDir', folder, '--emptyOutDir', '--mode', settings.NODE_ENV];
  await promisify(execFile)(process.execPath, args, { cwd: PAGE, env: { PATH: process.env.PATH, ...settings } });
  return folder;
}

/** Serves a folder as any web server would: files, and 404 for all else. */
async function serve(stage, folder) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    const file = join(folder, path === '/' ? 'index.html' : path);
    const content = await readFile(file).catch(() => null);
    if (content === null) return response.writeHead(404).end();
    return response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(content);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  stage.atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

export const cases = [
  {
    name: 'built alone, and in development mode, for a server of the original kind: two people call each other, and nothing begins twice',
    async run(stage) {
      const original = await startServer({ target: REFERENCE });
      stage.atEnd(() => mustEndWell(original));
      const folder = await build(stage, { REACT_APP_WS_URL: `ws://127.0.0.1:${original.port}/ws`, NODE_ENV: 'development' });
      const url = await serve(stage, folder);
      const [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => stage.person(name, { url })));
      await alice.dial('bob', 'video');
      await bob.answer('video');
      await Promise.all([alice.receives({ video: true }), bob.receives({ video: true })]);
      await bob.hangUp();
      await alice.sees(/hung up/);
      for (const person of [alice, bob]) {
        const { sockets, peers } = await person.page.evaluate(() => ({ sockets: window.test.sockets.map(({ url: at }) => at), peers: window.test.peers.length }));
        assert.equal(sockets.length, 1, person.name);
        assert.ok(sockets[0].startsWith(`ws://127.0.0.1:${original.port}/ws?token=`), 'it is the other server');
        assert.equal(peers, 1, person.name);
      }
      assert.equal(alice.sentCount('call:offer'), 1);
      assert.equal(bob.sentCount('call:answer'), 1);
    },
  },
];
