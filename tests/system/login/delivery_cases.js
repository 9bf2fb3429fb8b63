// How a code reaches its person: the words in both languages, the gateway's template, mail servers with TLS and a password,
// and receivers that hang, fail, redirect or break off. No answer waits for them, and what the log then says names neither
// the code nor the address.
import { strict as assert } from 'node:assert';

import { MailReceiver } from '../../lib/mail_receiver.js';
import { freePort } from '../../lib/server.js';
import { SmsReceiver } from '../../lib/sms_receiver.js';
import { makePair } from '../lifecycle/certificate.js';
import { reaches } from '../lifecycle/harness.js';
import { metricsOf } from '../lifecycle/metrics_cases.js';
import { LoginServer, codeIn, phone } from './login_server.js';

const kAnna = phone(1);
const kMail = 'Anna.Petrova@example.com';
/// Well over the 250 ms that an answer takes, well under the 10 s that a receiver has.
const kNotHeldMs = 4_000;

const kEnglish = ['en', 'en-US,en;q=0.9,ru;q=0.8', 'de', '*', undefined, '', 'fr-CH, fr;q=0.9, en;q=0.8', 'ru;q=0.5, en', 'ru;q=0', 'x'.repeat(500), 'rue'];
const kRussian = ['ru', 'ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7', 'RU', 'de, ru;q=0.1', 'ru-UA;q=0.9, uk;q=1.0'];

const texts = [
  {
    name: 'an SMS is in Russian or English as Accept-Language wants it, and says how long the code lives',
    async run(t) {
      const login = await LoginServer.start(t);
      const languages = [...kEnglish.map((language) => ['en', language]), ...kRussian.map((language) => ['ru', language])];
      await Promise.all(
        languages.map(async ([expected, language], i) => {
          const code = await login.code(phone(i), { language });
          const [{ text }] = login.messagesTo(phone(i));
          const wanted = expected === 'ru' ? new RegExp(`^zvonok: код ${code}, .*10 мин\\.`) : new RegExp(`^zvonok: code ${code}, .*10 min\\.`);
          assert.match(text, wanted, `Accept-Language: ${language}`);
          assert.ok(text.length <= (expected === 'ru' ? 70 : 160), 'it is one SMS');
        }),
      );
    },
  },
  {
    name: 'an SMS for a page of https ends in the line by which browsers fill in the code for that page alone',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ZVONOK_PUBLIC_URL: 'https://Calls.Example.com:8443/x' } });
      for (const [language, begins] of [['en', 'Login code '], ['ru', 'Код ']]) {
        const address = phone(language.length + begins.length);
        const code = await login.code(address, { language });
        const [{ text }] = login.messagesTo(address);
        assert.ok(text.startsWith(`${begins}${code},`) && text.endsWith(`\n@calls.example.com #${code}`), text);
      }
    },
  },
  ...[
    ['ru', 'Код для входа: calls.example.com', /^(\d{6}) — код для входа \S+ calls\.example\.com\.\n\n.*10 минут/],
    ['en', 'Your login code for calls.example.com', /^(\d{6}) is your login code for calls\.example\.com\.\n\n.*10 minutes/],
  ].map(([language, subject, body]) => ({
    name: `a mail in ${language} has its subject and text, goes from login.smtp.from to the person alone, and wants no answer`,
    async run(t) {
      const env = { ZVONOK_PUBLIC_URL: 'https://calls.example.com', ZVONOK_LOGIN_SMTP_FROM: 'Звонки <calls@example.com>' };
      const login = await LoginServer.start(t, { mail: true, env });
      const code = await login.code(kMail, { language });
      const [mail] = login.messagesTo(kMail);
      assert.equal(mail.subject, subject);
      assert.equal(body.exec(mail.text)?.[1], code, mail.text);
      assert.deepEqual([mail.from, mail.to], ['calls@example.com', kMail]);
      assert.deepEqual([mail.headers.from, mail.headers.to], ['Звонки <calls@example.com>', kMail]);
      assert.equal(mail.headers['auto-submitted'], 'auto-generated');
      assert.match(mail.headers['message-id'], /^<[\w-]{16,}@example\.com>$/);
      assert.ok(Math.abs(Date.parse(mail.headers.date) - Date.now()) < 60_000, mail.headers.date);
      assert.ok(!mail.subject.includes(code), 'a locked screen shows the subject');
      assert.ok([...mail.raw].every((c) => c.charCodeAt(0) < 128), 'it passes through servers of seven bits');
      assert.equal((await login.verify(kMail, code)).status, 200);
    },
  })),
  {
    name: 'two mails are two: each with its own Message-ID and code',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true });
      await Promise.all([login.code(kMail), login.code('boris@example.com')]);
      assert.equal(new Set(login.mail.messages.map(({ headers }) => headers['message-id'])).size, 2);
    },
  },
];

const kOdd = String.raw`{"📞 to": "tel:{phone}", "list": [{"body \"x\"": "«{text}» — 'Ж' \\ \u0041", "code": "{code}"}], "n": 5, "same": "{phone}{phone}"}`;

const gateways = [
  {
    name: 'a template with quotes, emoji, lists and everything twice is filled in as JSON, whatever the text holds',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ZVONOK_LOGIN_SMS_BODY: kOdd, ZVONOK_PUBLIC_URL: 'https://calls.example.com' } });
      await login.ask(kAnna, { language: 'ru' });
      const { body, headers, path } = await login.sms.received(1);
      const { code } = body.list[0];
      assert.match(login.keep(code), /^\d{6}$/);
      const text = /«([^»]*)»/.exec(body.list[0]['body "x"'])[1];
      assert.ok(text.startsWith(`Код ${code}, `) && text.endsWith(`.\n@calls.example.com #${code}`), text);
      assert.deepEqual(body, { '📞 to': `tel:${kAnna}`, list: [{ 'body "x"': `«${text}» — 'Ж' \\ A`, code }], n: 5, same: kAnna + kAnna });
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(path, '/sms');
      assert.equal((await login.verify(kAnna, code)).status, 200);
    },
  },
  {
    name: 'the gateway gets the authorization header as it is set, from a file too, and no log does',
    async run(t) {
      const secret = 'Bearer gateway-secret-5d1f:"=+/';
      for (const env of [{ ZVONOK_LOGIN_SMS_AUTHORIZATION: secret }, { ZVONOK_LOGIN_SMS_AUTHORIZATION_FILE: t.file('authorization', `${secret}\n`) }]) {
        const login = await LoginServer.start(t, { env });
        login.keep('gateway-secret-5d1f');
        await login.code(kAnna);
        assert.equal(login.sms.messages[0].headers.authorization, secret);
        login.sms.behave('fail');
        await login.ask(phone(2));
        await t.logged(login.server, 'no login code was sent');
      }
    },
  },
  {
    name: 'a gateway with a certificate is believed if that is signed by login.sms.ca_file, and otherwise not',
    async run(t) {
      const pair = makePair(t);
      const gateway = await SmsReceiver.start({ tls: { cert: pair.certText, key: pair.keyText } });
      t.onEnd(() => gateway.close());
      const login = await LoginServer.start(t, { env: { ZVONOK_LOGIN_SMS_URL: gateway.url, ZVONOK_LOGIN_SMS_CA_FILE: pair.cert } });
      await login.ask(kAnna);
      login.keep(codeIn((await gateway.received(1)).text));
      await login.server.stop();
      await login.again({ env: { ZVONOK_LOGIN_SMS_CA_FILE: makePair(t).cert } });
      await login.ask(phone(2));
      assert.match(await t.logged(login.server, 'no login code was sent'), /no login code was sent.*login\.sms\.url.*certificate/);
      assert.equal(gateway.asked, 1);
    },
  },
];

const kUser = { user: 'calls@example.com', password: 'pass word/ü:@' };
const withLogin = (url, { user, password } = kUser) => url.replace('://', `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);

/// A mail server with user, password and TLS of some kind, and a login server that is to know it.
async function secureMail(t, secure, env = {}) {
  const pair = makePair(t);
  const mail = await MailReceiver.start({ secure, tls: { cert: pair.certText, key: pair.keyText }, login: kUser });
  t.onEnd(() => mail.close());
  const url = withLogin(mail.url) + (secure === 'starttls' ? '?tls=starttls' : '');
  const login = await LoginServer.start(t, {
    env: { ZVONOK_LOGIN_SMTP_URL: url, ZVONOK_LOGIN_SMTP_FROM: 'calls@example.com', ZVONOK_LOGIN_SMTP_CA_FILE: pair.cert, ...env },
  });
  login.keep(kUser.password);
  login.keep(encodeURIComponent(kUser.password));
  return { login, mail, url };
}

const mailServers = [
  ...['smtps', 'starttls'].map((secure) => ({
    name: `a mail server with ${secure}, user and password gets its mail over TLS alone`,
    async run(t) {
      const { login, mail } = await secureMail(t, secure);
      await login.ask(kMail);
      const { to, user, encrypted, text } = await mail.received(1);
      login.keep(codeIn(text));
      assert.deepEqual([to, user, encrypted], [kMail, kUser.user, true]);
    },
  })),
  ...[
    ['whose certificate is signed by somebody else', 'smtps', (t) => ({ ZVONOK_LOGIN_SMTP_CA_FILE: makePair(t).cert }), /certificate/],
    ['whose certificate is signed by somebody else, behind STARTTLS,', 'starttls', (t) => ({ ZVONOK_LOGIN_SMTP_CA_FILE: makePair(t).cert }), /certificate/],
  ].map(([what, secure, env, says]) => ({
    name: `a mail server ${what} gets neither mail nor password, and the log says why`,
    async run(t) {
      const { login, mail } = await secureMail(t, secure, env(t));
      assert.equal((await login.ask(kMail)).status, 202);
      const log = await t.logged(login.server, 'no login code was sent');
      assert.match(log, new RegExp(`no login code was sent.*login\\.smtp\\.url.*${says.source}`));
      assert.equal(mail.messages.length, 0);
    },
  })),
  {
    name: 'a password that the mail server refuses is one line of error, without the password',
    async run(t) {
      const mail = await MailReceiver.start({ login: kUser });
      t.onEnd(() => mail.close());
      const url = withLogin(mail.url, { ...kUser, password: 'wrong-password-71c3' });
      const login = await LoginServer.start(t, { env: { ZVONOK_LOGIN_SMTP_URL: url, ZVONOK_LOGIN_SMTP_FROM: 'calls@example.com' } });
      login.keep('wrong-password-71c3');
      await login.ask(kMail);
      assert.match(await t.logged(login.server, 'no login code was sent'), /no login code was sent.*login\.smtp\.url answers 535/);
    },
  },
  {
    name: 'a mail server that offers no STARTTLS where it is wanted gets nothing',
    async run(t) {
      const mail = await MailReceiver.start();
      t.onEnd(() => mail.close());
      const env = { ZVONOK_LOGIN_SMTP_URL: `${withLogin(mail.url)}?tls=starttls`, ZVONOK_LOGIN_SMTP_FROM: 'calls@example.com' };
      const login = await LoginServer.start(t, { env });
      await login.ask(kMail);
      assert.match(await t.logged(login.server, 'no login code was sent'), /STARTTLS/);
      assert.equal(mail.messages.length, 0);
    },
  },
];

/// The lines about codes that were not sent: they name the setting and what happened, and nobody.
function checkFailures(log, says) {
  const lines = log.match(/^.*no login code was sent.*$/gm) ?? [];
  for (const line of lines) {
    assert.match(line, / error no login code was sent error="login\.(sms|smtp)\.url /);
    assert.match(line, says);
    assert.doesNotMatch(line.slice(24), /(?<![0-9])[0-9]{6}(?![0-9])|999000|Anna|Petrova|@example/, line);
  }
  return lines.length;
}

/// [how the receiver behaves, what the log says, how often it is asked]
const kFailures = {
  sms: [
    ['fail', /answers with status 500/, 2],
    ['redirect', /answers with status 302: redirects are not followed/, 2],
    ['close', /does not answer/, 2],
    ['hang', /has not answered within 10000 ms/, 2],
  ],
  mail: [
    ['fail', /answers 550/, 1],
    ['busy', /answers 451/, 2],
    ['redirect', /answers 551/, 1],
    ['close', /does not answer/, 2],
    ['hang', /has not answered within 10000 ms/, 1],
  ],
};

const kNames = { sms: 'a gateway', mail: 'a mail server' };

const failures = Object.entries(kFailures).flatMap(([kind, ways]) =>
  ways.map(([how, says, tries]) => ({
    name: `${kNames[kind]} whose behaviour is "${how}" holds up no answer and no call, is a line of error, and the next code goes out`,
    async run(t) {
      const login = await LoginServer.start(t, { mail: true, metrics: true });
      const receiver = login[kind];
      const address = (i) => (kind === 'sms' ? phone(i) : `Anna${i}.Petrova@example.com`);
      const [a, b] = await t.call(login.server);
      receiver.behave(how);
      const answer = await login.ask(address(1));
      assert.equal(answer.status, 202);
      assert.ok(answer.ms < kNotHeldMs, `the answer took ${answer.ms} ms`);
      await reaches(a, b);
      const log = await t.logged(login.server, 'no login code was sent', 1, 40_000);
      assert.equal(checkFailures(log, says), 1, log);
      assert.ok(kind === 'mail' || receiver.asked === tries, `asked ${receiver.asked} times`);
      assert.ok(kind === 'sms' || receiver.connections >= tries, `${receiver.connections} connections`);
      assert.equal(receiver.followed ?? 0, 0);
      receiver.behave('ok');
      await login.logIn(address(2));
      assert.equal((await metricsOf(login.server)).get('zvonok_login_codes_total{outcome="not_sent"}'), 1);
      await reaches(b, a);
    },
  })),
);

const absent = [
  {
    name: 'a gateway that is not there, or whose name is nowhere, holds up no answer, and is a line of error',
    async run(t) {
      const port = await freePort();
      for (const url of [`http://127.0.0.1:${port}/sms`, 'http://sms.invalid/send']) {
        const login = await LoginServer.start(t, { env: { ZVONOK_LOGIN_SMS_URL: url } });
        const answer = await login.ask(kAnna);
        assert.ok(answer.status === 202 && answer.ms < kNotHeldMs, `${answer.ms} ms`);
        assert.equal(checkFailures(await t.logged(login.server, 'no login code was sent', 1, 40_000), /does not answer/), 1);
      }
    },
  },
  {
    name: 'while a gateway hangs the 65th code is given up at once, every answer comes in time, and calls go on',
    async run(t) {
      const login = await LoginServer.start(t);
      const [a, b] = await t.call(login.server);
      login.sms.behave('hang');
      const answers = await Promise.all(Array.from({ length: 80 }, (_, i) => login.ask(phone(i))));
      for (const { status, ms } of answers) assert.ok(status === 202 && ms < kNotHeldMs, `${status} after ${ms} ms`);
      const log = await t.logged(login.server, 'no login code was sent', 16);
      assert.equal(log.match(/no login code was sent error="64 SMS are on their way already"/g).length, 16);
      await reaches(a, b);
      const begun = performance.now();
      assert.deepEqual(await login.server.stop(), { code: 0, signal: null });
      assert.ok(performance.now() - begun < 12_000, 'nor does the end of the server wait for it');
    },
  },
  {
    name: 'the server ends while a mail server hangs',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true });
      login.mail.behave('hang');
      await Promise.all(Array.from({ length: 30 }, (_, i) => login.ask(`a${i}@example.com`)));
      const begun = performance.now();
      assert.deepEqual(await login.server.stop(), { code: 0, signal: null });
      assert.ok(performance.now() - begun < 12_000, 'it does not wait for the mail server');
    },
  },
];

const logs = ['text', 'json'].map((format) => ({
  name: `codes, addresses and tokens of a whole login, call and logout are in no line of the log in ${format} at debug level, not even with log.addresses`,
  async run(t) {
    const login = await LoginServer.start(t, { mail: true, env: { ZVONOK_LOG_FORMAT: format, ZVONOK_LOG_ADDRESSES: 'true' } });
    const people = await Promise.all([login.logIn(kAnna, { name: 'Name-mark' }), login.logIn(kMail)]);
    const [a, b] = await Promise.all(people.map(({ token }) => t.client(login.server, { token })));
    a.offer(people[1].user.id);
    await b.next('call:offer');
    await login.verify(phone(5), login.keep('654321'));
    await login.refresh(login.keep('x.1.junk-mark'));
    await login.api.get(`/api/users?q=${login.keep('search-mark')}`, { token: people[0].token });
    await Promise.all(people.map(({ refreshToken }) => login.refresh(refreshToken)));
    await Promise.all(people.map(({ token }) => login.logOut(token)));
    login.keep('Name-mark');
    const log = await t.wholeLog(login.server);
    assert.equal(log.match(/logged in/g).length, 2, log);
    if (format === 'json') for (const line of log.trimEnd().split('\n')) JSON.parse(line);
  },
}));

const dev = [
  {
    name: 'with --dev, and nothing else set, a code is written into the log for both kinds of address',
    async run(t) {
      const server = await t.start({ args: ['--dev'], env: { JWT_SECRET: null, ZVONOK_HOST: null } });
      for (const body of [{ phone: kAnna }, { email: kMail }]) {
        const answer = await fetch(`${server.url}/api/auth/code`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        });
        const { devCode } = await answer.json();
        await t.logged(server, `login code, written here because of --dev for=\\S*${Object.values(body)[0].slice(1)}\\S* code=${devCode}`);
      }
    },
  },
];

export const deliveryCases = [...failures, ...texts, ...gateways, ...mailServers, ...absent, ...logs, ...dev];
