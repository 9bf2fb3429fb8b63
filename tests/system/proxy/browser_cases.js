// Two real browsers hold a call through each of the nginx sites: the cases of tests/e2e that run anywhere. Behind `/`
// of the second site stands a backend that serves the page, as somebody's own front end would be.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { startBackend } from './backend.js';
import { startNginx, through } from './proxies.js';
import { kRoot, nginxSite } from './sites.js';

const own = (name, run) => ({ name, server: null, run });

// One browser pair at a time: a video call costs most of a core.
let turn = Promise.resolve();
const inTurn = (work) => (turn = turn.then(work, work));

function browsersCall(url) {
  const child = spawn(process.execPath, [join(kRoot, 'tests', 'e2e', 'run.js'), '--base-url', url]);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      process.off('exit', kill);
      if (code === 0 && /^browser calls: [1-9]\d* passed, 0 failed$/m.test(output)) done();
      else fail(new Error(`the browsers' cases failed (${code})\n${output}`));
    });
  });
}

export const browserCases = [
  own('two browsers hold a call through zvonok.conf', async (t) => {
    await t.start({ env: { ZVONOK_TRUSTED_PROXIES: '127.0.0.1', ZVONOK_WEB_DEMO: 'true' } });
    const site = nginxSite('zvonok.conf', { upstreams: { 3001: t.server.port } });
    await inTurn(() => through(startNginx(site), (proxy) => browsersCall(proxy.url)));
  }),
  own('two browsers hold a call through beside-backend.conf, with a Node backend behind /', async (t) => {
    await t.start({ env: { ZVONOK_TRUSTED_PROXIES: '127.0.0.1' } });
    const backend = await startBackend();
    const site = nginxSite('beside-backend.conf', { upstreams: { 3002: t.server.port, 3001: backend.port } });
    await inTurn(() => through(startNginx(site), (proxy) => browsersCall(proxy.url)));
    backend.stop();
  }),
];
