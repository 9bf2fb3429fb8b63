// A server where people log in by a code, with a gateway for SMS and a mail server that keep what they are given, and
// perhaps a wall clock that is moved. It can be started again on the same data. Whatever was secret in a case, each code
// that was sent, each token and each address, is looked for in all that its servers have said, at debug level, once the
// case is over (`discreet`).
import { strict as assert } from 'node:assert';
import { join } from 'node:path';

import { MailReceiver } from '../../lib/mail_receiver.js';
import { PostgreSql } from '../../lib/postgresql.js';
import { SmsReceiver } from '../../lib/sms_receiver.js';
import { fakeClock } from '../lifecycle/fake_clock.js';
import { startWithMetrics } from '../lifecycle/metrics_cases.js';
import { api } from './api.js';

/// `code`: the life of one.
export const kSeconds = { code: 600, hour: 3600, day: 86_400 };

const all = new WeakMap(); // a case's context → its login servers

export const isMail = (address) => address.includes('@');
/// As it stands in a body.
export const named = (address) => (isMail(address) ? { email: address } : { phone: address });

/// A number of ours: `number` is one of ten million.
export const phone = (number) => `+7999${String(number).padStart(7, '0')}`;

/// Another code of six digits.
export const wrong = (code, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, '0');

export const codeIn = (text) => /(?<![0-9])[0-9]{6}(?![0-9])/.exec(text)[0];

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

/// The wall clock of a case's servers; the one that only goes forward is the machine's.
function movable(t) {
  const { env, set } = fakeClock(t);
  let offset = 0;
  return {
    env,
    /// Seconds; back if they are negative.
    move(seconds) {
      offset += seconds;
      set(`${offset < 0 ? '-' : '+'}${Math.abs(offset)}`);
    },
    now: () => Date.now() + offset * 1000,
  };
}

export class LoginServer {
  /// `registration` is open unless a case is about it. With `clock` the case needs faketime; with `mail` codes go out by
  /// mail, too; with `metrics` there are some. Everything else as t.start takes it.
  static async start(t, { env = {}, clock = false, mail = false, metrics = false, registration = 'open', ...options } = {}) {
    const login = new LoginServer(t);
    login.sms = await SmsReceiver.start();
    t.onEnd(() => login.sms.close());
    if (mail) {
      login.mail = await MailReceiver.start();
      t.onEnd(() => login.mail.close());
    }
    if (clock) login.clock = movable(t);
    login.dataDir = env.ZVONOK_DATA_DIR ?? join(t.folder(), 'data');
    login.env = {
      ZVONOK_LOG_LEVEL: 'debug',
      ZVONOK_DATA_DIR: login.dataDir,
      ZVONOK_LOGIN_ENABLED: 'true',
      ZVONOK_LOGIN_REGISTRATION: registration,
      ZVONOK_LOGIN_SMS_URL: login.sms.url,
      ...(mail && { ZVONOK_LOGIN_SMTP_URL: login.mail.url, ZVONOK_LOGIN_SMTP_FROM: 'Calls <calls@example.com>' }),
      ...login.clock?.env,
      ...env,
    };
    login.options = options;
    login.launch = metrics ? startWithMetrics : (_, given) => t.start(given);
    await login.again();
    all.set(t, [...(all.get(t) ?? []), login]);
    return login;
  }

  constructor(t) {
    this.t = t;
    this.servers = [];
    this.secrets = new Set();
  }

  /// Starts a server on the same data as the one before, which has ended.
  async again({ env = {}, ...options } = {}) {
    const server = await this.launch(this.t, { ...this.options, ...options, env: { ...this.env, ...env } });
    this.servers.push(server);
    this.server = server;
    this.api = api(server);
  }

  /// Ends the server as the kernel does that is out of memory.
  async kill() {
    this.server.mayDie = true;
    await this.server.stop('SIGKILL');
  }

  /// Runs a command beside it, with its settings.
  command(args, { env = {}, ...options } = {}) {
    const given = Object.entries({ ...this.env, ...env }).filter(([, value]) => value !== null);
    return this.t.ends(args, { ...options, env: Object.fromEntries(given) });
  }

  /// Nobody may find it in a log; what is shorter than a code says nothing.
  keep(secret) {
    if (secret.trim().length >= 6) this.secrets.add(secret);
    return secret;
  }

  messagesTo(address) {
    return this.#receiver(address).messages.filter(({ to }) => to === address);
  }
  /// How many codes have come in all.
  get sent() {
    return this.sms.messages.length + (this.mail?.messages.length ?? 0);
  }
  #receiver(address) {
    return isMail(address) ? this.mail : this.sms;
  }

  /// Asks for a code; the answer is the same whether or not there is one.
  async ask(address, { invite, ...options } = {}) {
    this.keep(address);
    return this.api.post('/api/auth/code', { ...named(address), invite }, options);
  }

  /// Asks for a code and reads the message. `canonical` is where that goes, if it is written in another way.
  async code(address, { canonical = address, ...options } = {}) {
    const before = this.messagesTo(canonical).length;
    const answer = await this.ask(address, options);
    assert.equal(answer.status, 202, answer.text);
    const { text } = await this.#receiver(canonical).receivedBy(canonical, before + 1);
    return this.keep(codeIn(text));
  }

  verify(address, code, { invite, name, device, ...options } = {}) {
    this.keep(address);
    return this.api.post('/api/auth/verify', { ...named(address), code, invite, name, device }, options);
  }

  /// The whole of it: {token, expiresAt, refreshToken, user}.
  async logIn(address, options = {}) {
    const { from, language, invite } = options;
    const code = await this.code(address, { from, language, invite });
    const answer = await this.verify(address, code, options);
    assert.equal(answer.status, 200, answer.text);
    return this.keepPair(answer.body);
  }

  async refresh(refreshToken, device, options) {
    const answer = await this.api.post('/api/auth/refresh', { refreshToken, device }, options);
    if (answer.status === 200) this.keepPair(answer.body);
    return answer;
  }

  logOut(token) {
    return this.api.post('/api/auth/logout', undefined, { token });
  }

  me(token) {
    return this.api.get('/api/me', { token });
  }

  /// The parts that open something; a session's id is no secret.
  keepPair(pair) {
    this.keep(pair.token.split('.')[2]);
    this.keep(pair.refreshToken.split('.')[2]);
    return pair;
  }

  /// An invitation that `zvonok invite` makes beside the server: its token.
  async invite() {
    const { code, out, text } = await this.command(['invite']);
    assert.equal(code, 0, text);
    return this.keep(/#invite=([\w-]+)\n$/.exec(out)[1]);
  }

  /// Stops what still runs, and fails if a log shows what it must not. Codes are six digits, which may also be a part of
  /// something longer.
  async search() {
    const messages = [...this.sms.messages, ...(this.mail?.messages ?? [])];
    for (const { text } of messages) if (text) this.keep(codeIn(text));
    for (const server of this.servers) {
      if (!server.exit) assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.log());
      const log = server.log();
      const codes = new Set(log.match(/(?<![\w-])[0-9]{6}(?![\w-])/g));
      for (const secret of this.secrets) {
        const found = /^[0-9]{6}$/.test(secret) ? codes.has(secret) : log.includes(secret);
        assert.ok(!found, `${secret} stands in the log:\n${log}`);
      }
    }
  }
}

/// A PostgreSQL of the case's own, and a server on it.
export async function onPostgreSql(t, options = {}) {
  const postgresql = await PostgreSql.start();
  t.onEnd(() => postgresql.close());
  const login = await LoginServer.start(t, { ...options, env: { ZVONOK_DATABASE_URL: postgresql.url, ...options.env } });
  return { postgresql, login };
}

/// Each case, and behind it the search of its logs.
export const discreet = (cases) =>
  cases.map((test) => ({
    ...test,
    async run(t) {
      await test.run(t);
      for (const login of all.get(t) ?? []) await login.search();
    },
  }));
