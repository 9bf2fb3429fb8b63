// Getting in: by a code, by a token, by an invitation, with words for each refusal; the two languages; pages that cannot
// call and a server that shows none.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { defaultTarget, mustEndWell, startServer } from '../../lib/server.js';
import { TEST_SECRET, mint } from '../../lib/tokens.js';
import { INSECURE_HOST } from '../stage.js';

/** A server beside somebody's own backend, whose people bring tokens. */
async function tokenServer(stage, env) {
  const server = await startServer({ env });
  stage.atEnd(() => mustEndWell(server));
  return server;
}

/** An invitation made beside the server, as its operator makes it: the part behind `invite=`. */
function invitation({ folder, port }) {
  const [program, ...args] = defaultTarget();
  const env = {
    PATH: process.env.PATH,
    JWT_SECRET: TEST_SECRET,
    PORT: String(port),
    ZVONOK_DATA_DIR: join(folder, 'data'),
    ZVONOK_LOGIN_ENABLED: 'true',
  };
  const link = execFileSync(program, [...args, 'invite'], { cwd: folder, env, encoding: 'utf8' });
  return /#invite=([\w-]+)\n$/.exec(link)[1];
}

/** A mail server's scanner: it asks for the head, then for the page, then opens that in a browser and clicks nothing. */
async function scan(stage, path) {
  await fetch(stage.url + path, { method: 'HEAD' });
  for (let i = 0; i < 2; ++i) await fetch(stage.url + path);
  const scanner = await stage.person('a scanner', { loggedIn: false, path });
  await scanner.reads('#login-lead', /been invited/);
  await scanner.page.waitForLoadState('networkidle');
  await scanner.page.close();
}

export const cases = [
  {
    name: 'a code: a wrong one is said, blanks in it are forgiven; the name is asked for once, and a reload stays logged in',
    async run(stage) {
      const alice = await stage.person('Ann', { loggedIn: false });
      await alice.askForCode('+44 7700 900123');
      await alice.reads('#login-lead', /\+44 7700 900123/);
      const code = await alice.page.textContent('#dev-code');
      await alice.enterCode(code === '111111' ? '222222' : '111111');
      await alice.reads('#login-note', /wrong or has expired/);
      await alice.enterCode(`${code.slice(0, 3)} ${code.slice(3)} `);
      await alice.giveName('Ann');
      await alice.online();
      await alice.reads('#me-text', /You are Ann/);
      await alice.page.reload();
      await alice.online();
      await alice.reads('#me-text', /You are Ann/);
      await alice.page.click('#sign-out');
      await alice.askForCode('ann@example.com'); // Another person, who is new, so the name is asked for again.
      await alice.enterCode(await alice.page.textContent('#dev-code'));
      await alice.page.waitForSelector('#own-name-form');
    },
  },
  {
    name: 'a new code can be asked for after a while',
    async run(stage) {
      const ann = await stage.person('Ann', { loggedIn: false, prepare: (page) => page.clock.install() });
      await ann.askForCode();
      await ann.reads('#resend-wait', /in \d+ seconds/);
      const asked = ann.page.waitForRequest((request) => request.url().endsWith('/api/auth/code'));
      await ann.page.clock.fastForward(60_000);
      await ann.page.click('#resend');
      await asked;
    },
  },
  {
    name: 'what is no address is said before anything is sent',
    async run(stage) {
      const alice = await stage.person('alice', { loggedIn: false });
      const asked = [];
      alice.page.on('request', (request) => { if (request.method() === 'POST') asked.push(request.url()); });
      for (const [typed, words] of [['', /Type your phone number/], ['12', /not a phone number/], ['ann@', /not an e-mail/]]) {
        await alice.page.fill('#address', typed);
        await alice.page.click('#address-form .go');
        await alice.reads('#login-note', words);
      }
      assert.deepEqual(asked, []);
    },
  },
  {
    name: 'the profile: a name and a picture, and what is wrong with them',
    async run(stage) {
      const alice = await stage.member('alice');
      const save = async (field, value) => {
        await alice.page.fill(`#profile-${field}`, value);
        await alice.page.click('#profile-save');
      };
      await alice.page.click('#edit-profile');
      await save('avatar', 'http://example.com/a.png');
      await alice.reads('#profile-note', /https/);
      await save('avatar', '');
      await alice.page.waitForSelector('#profile', { state: 'detached' });
      await alice.page.click('#edit-profile');
      await save('name', 'Анна');
      await alice.reads('#me-text', /You are Анна/);
      const bob = await stage.member('bob');
      await bob.dial('анна', 'audio');
      await alice.reads('#incoming-name', /^bob$/);
    },
  },
  {
    name: 'an invitation: a scanner of links leaves it good, the first person uses it, the second reads that it was used (L03)',
    env: async () => ({ ZVONOK_LOGIN_REGISTRATION: 'invite' }),
    async run(stage) {
      const invite = invitation(stage.server);
      const path = `/#invite=${invite}`;
      await scan(stage, path);
      const shown = [];
      const watch = (page) => page.on('request', (request) => shown.push(request.url(), ...Object.values(request.headers())));
      const alice = await stage.person('alice', { loggedIn: false, path, prepare: watch });
      await alice.reads('#login-lead', /been invited/);
      assert.equal(new URL(alice.page.url()).hash, '', 'nobody copies it out of the address bar');
      await alice.logIn();
      const bob = await stage.person('bob', { loggedIn: false, path, prepare: watch });
      await bob.reads('#login-note', /has been used already/);
      await bob.askForCode();
      assert.equal(await bob.page.isVisible('#dev-code'), false, 'nobody who is not invited gets a code');
      assert.deepEqual(shown.filter((text) => text.includes(invite)), []);
      assert.equal(stage.server.log().includes(invite), false);
    },
  },
  {
    name: 'a server without the page says in one line what it is',
    async run(stage) {
      const { url } = await tokenServer(stage);
      const alice = await stage.person('alice', { loggedIn: false, url });
      const text = await alice.page.evaluate(() => document.body.innerText);
      assert.match(text, /^zvonok[^\n]+\n?$/);
      assert.equal(await alice.page.evaluate(() => document.querySelectorAll('script, link').length), 0);
    },
  },
  {
    name: 'token form: shown by a server where nobody logs in by a code, and it lets in',
    async run(stage) {
      const { url } = await tokenServer(stage, { ZVONOK_WEB_DEMO: 'true' });
      const alice = await stage.person('alice', { loggedIn: false, url });
      await alice.page.waitForSelector('#token-form');
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
      await bob.page.waitForSelector('#address-form');
      await alice.dial('bob', 'audio');
      await alice.sees(/bob cannot be reached/);
      await bob.page.reload();
      await bob.page.waitForSelector('#address-form');
    },
  },
  {
    name: 'the key of the address goes along with the question for a code',
    async run(stage) {
      const alice = await stage.person('alice', { loggedIn: false });
      await alice.page.goto(`${stage.url}/#key=k-1`);
      await alice.page.reload();
      const asked = alice.page.waitForRequest((request) => request.postDataJSON()?.email === 'alice@example.com');
      await alice.logIn('alice@example.com');
      assert.deepEqual((await asked).postDataJSON(), { email: 'alice@example.com', key: 'k-1' });
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
      const bob = await stage.member('bob');
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
