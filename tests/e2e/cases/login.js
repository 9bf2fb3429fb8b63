// Getting in: by name, by token, with words for each refusal; the two languages; the page that may not call.
import assert from 'node:assert/strict';

import { startServer } from '../../lib/server.js';
import { mint } from '../../lib/tokens.js';
import { INSECURE_HOST } from '../stage.js';

async function productionServer(stage) {
  const server = await startServer();
  stage.atEnd(() => server.stop());
  return server;
}

export const cases = [
  {
    name: 'token form: shown by a server outside dev mode, and it lets in',
    async run(stage) {
      const { url } = await productionServer(stage);
      const alice = await stage.person('alice', { loggedIn: false, url });
      await alice.page.waitForSelector('#token-form:not([hidden])');
      assert.equal(await alice.page.isVisible('#login-switch'), false);
      await alice.useToken(`Bearer ${mint({ userId: 'alice' })}`);
      await alice.online();
      await alice.reads('#me-text', /alice/);
    },
  },
  {
    name: 'a bad token: one more try after a moment, then the login with words, and no third',
    async run(stage) {
      const prepare = (page) => page.clock.install();
      const alice = await stage.person('alice', { loggedIn: false, prepare });
      await alice.showTokenForm();
      await alice.useToken('undefined');
      await alice.reads('#login-note', /This is not a token/);
      await alice.useToken(mint({ userId: 'alice' }, { key: 'the secret of somebody else, 32 bytes and more' }));
      await alice.until(() => window.test.sockets[0]?.readyState === WebSocket.CLOSED, 'the first refusal');
      await alice.page.clock.runFor(1_600);
      await alice.reads('#login-note', /Please sign in again/);
      await alice.page.clock.runFor(60_000);
      assert.equal(await alice.page.evaluate(() => window.test.sockets.length), 2);
      assert.equal(await alice.page.evaluate(() => sessionStorage.getItem('zvonok.token')), null);
    },
  },
  {
    name: 'signing out makes the person unreachable, and a reload does not log in again',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await bob.page.click('#sign-out');
      await bob.page.waitForSelector('#name-form:not([hidden])');
      await alice.dial('bob', 'audio');
      await alice.sees(/bob is offline/);
      await bob.page.reload();
      await bob.page.waitForSelector('#name-form:not([hidden])');
    },
  },
  {
    name: 'the key of the address goes along with the name',
    async run(stage) {
      const alice = await stage.person('alice', { loggedIn: false });
      await alice.page.goto(`${stage.url}/#key=k-1`);
      await alice.page.reload();
      const asked = alice.page.waitForRequest((request) => request.postDataJSON()?.name === 'alice');
      await alice.logIn();
      assert.deepEqual((await asked).postDataJSON(), { name: 'alice', key: 'k-1' });
    },
  },
  {
    name: 'Russian: taken from the browser, switched by hand, remembered; names in any script',
    async run(stage) {
      const marina = await stage.person('Марина', { loggedIn: false, locale: 'ru-RU' });
      await marina.reads('#login-title', /Звонки/);
      assert.equal(await marina.page.getAttribute('html', 'lang'), 'ru');
      await marina.logIn();
      await marina.reads('#home-title', /Кому позвоним/);
      const bob = await stage.person('bob');
      await bob.dial('Марина', 'audio');
      await marina.reads('#incoming-kind', /звонит вам/);
      await marina.decline();
      await marina.sees(/Вы отклонили звонок/);
      await marina.page.click('#lang-en');
      await marina.reads('#ended-text', /You declined/);
      await marina.page.reload();
      await marina.online();
      await marina.reads('#home-title', /Who would you like to call/);
      assert.equal(await marina.page.getAttribute('#lang-en', 'aria-pressed'), 'true');
    },
  },
  {
    name: 'an insecure address: one sentence with the three ways out, and no login',
    async run(stage) {
      const url = stage.url.replace(/\/\/[^:/]+/, `//${INSECURE_HOST}`);
      const alice = await stage.person('alice', { loggedIn: false, url });
      assert.equal(await alice.page.evaluate(() => isSecureContext), false);
      await alice.reads('#insecure', /http:\/\/localhost.*tls\.cert.*deploy\//s);
      assert.equal(await alice.page.isVisible('#login'), false);
    },
  },
];
