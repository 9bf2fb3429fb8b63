// Requests that are under way: their clients leave, the server is stopped, one stands behind another on the same connection,
// or there are hundreds. No call waits for them, and the server ends in time.
import { strict as assert } from 'node:assert';

import { requestHead } from '../../lib/http_head.js';
import { reaches } from '../lifecycle/harness.js';
import { LoginServer, phone, wrong } from './login_server.js';
import { hold } from './sqlite.js';

const times = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));

const post = (path, body) => {
  const text = JSON.stringify(body);
  return requestHead({ method: 'POST', target: path, headers: { 'Content-Length': Buffer.byteLength(text) } }) + text;
};

/// Without an answer, since the server ends; anything else is one.
const orTheEnd = (answer) => answer.catch((error) => ({ ended: error.code ?? error.message }));

export const underWayCases = [
  {
    name: 'clients that leave before their answer harm nobody, and their codes are sent all the same',
    async run(t) {
      const login = await LoginServer.start(t);
      await times(50, async (i) => {
        const raw = await t.raw(login.server);
        await raw.write(post('/api/auth/code', { phone: login.keep(phone(i)) }));
        await raw.taken();
        if (i % 2) raw.reset();
        else raw.destroy();
      });
      await login.sms.received(50);
      await login.logIn(phone(100));
    },
  },
  {
    name: 'requests behind one another on a connection are answered in their order, a slow one before a fast one',
    async run(t) {
      const login = await LoginServer.start(t);
      const raw = await t.raw(login.server);
      const ask = (text) => post('/api/auth/code', { phone: text });
      await raw.write(ask(phone(1)) + requestHead({ target: '/healthz' }) + ask('1') + ask(phone(2)) + requestHead({ target: '/api/me' }));
      const statuses = [];
      for (let i = 0; i < 5; ++i) statuses.push((await raw.readResponse()).status);
      assert.deepEqual(statuses, [202, 200, 400, 202, 401]);
      raw.destroy();
    },
  },
  {
    name: 'a server that is stopped while answers wait for their time ends well, having answered or not',
    async run(t) {
      const login = await LoginServer.start(t);
      await login.logIn(phone(1_000));
      const answers = times(100, (i) => orTheEnd(login.ask(phone(i))));
      await login.sms.received(50);
      assert.deepEqual(await login.server.stop(), { code: 0, signal: null });
      for (const { status, ended } of await answers) assert.ok(status === 202 || status === 503 || ended, `${status}`);
    },
  },
  {
    name: 'a server that is stopped while its database is locked ends well and soon, and what it answers is 503',
    async run(t) {
      const login = await LoginServer.start(t);
      const { token } = await login.logIn(phone(1_000));
      const lock = await hold(t, login.dataDir);
      const answers = times(100, (i) => orTheEnd(i % 2 ? login.ask(phone(i)) : login.me(token)));
      await login.api.ask('GET', '/healthz');
      const begun = performance.now();
      assert.deepEqual(await login.server.stop(), { code: 0, signal: null });
      assert.ok(performance.now() - begun < 12_000, 'it does not wait for a database that nobody gives back');
      for (const { status, ended } of await answers) assert.ok(status === 503 || ended, `${status}`);
      await lock.release();
      await login.again();
      assert.equal((await login.me(token)).status, 200);
    },
  },
  {
    name: 'a call hears nothing of five hundred people who ask, guess and refresh at once',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 10_000 } });
      const [a, b] = await t.call(login.server);
      const people = await times(20, (i) => login.logIn(phone(i)));
      let going = true;
      let slowest = 0;
      const talking = (async () => {
        for (; going; ) {
          const begun = performance.now();
          await reaches(a, b);
          slowest = Math.max(slowest, performance.now() - begun);
        }
      })();
      const answers = await times(500, (i) => {
        const { refreshToken } = people[i % 20];
        return [() => login.ask(phone(1_000 + i)), () => login.verify(phone(i % 20), wrong('123456', i)), () => login.refresh(refreshToken)][i % 3]();
      });
      going = false;
      await talking;
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202, 401, 200]));
      assert.ok(slowest < 2_000, `a candidate took ${slowest} ms`);
    },
  },
];
