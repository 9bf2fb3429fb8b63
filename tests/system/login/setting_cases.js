// What must be set before people can log in: a login that could not work refuses to start, with exit code 2 and a text that
// names the setting, and check-config says the same. No text holds a password.
import { strict as assert } from 'node:assert';

import { TEST_SECRET } from '../../lib/tokens.js';
import { api } from './api.js';

const kSecretWord = 'secret-word-31f7';
const kSms = { ZVONOK_LOGIN_SMS_URL: 'http://127.0.0.1:1/sms' };
const kMail = { ZVONOK_LOGIN_SMTP_URL: 'smtp://127.0.0.1:1', ZVONOK_LOGIN_SMTP_FROM: 'calls@example.com' };
const kBase = { PORT: '1', JWT_SECRET: TEST_SECRET, ZVONOK_LOGIN_ENABLED: 'true' };

/// [what, settings, what the refusal says]
const kRefused = [
  ['no way to send a code', {}, /login\.enabled.*login\.smtp\.url.*login\.sms\.url/],
  ['a mail server and nobody to send from', { ZVONOK_LOGIN_SMTP_URL: 'smtp://127.0.0.1' }, /login\.smtp\.from/],
  ['somebody to send from and no mail server', { ...kSms, ZVONOK_LOGIN_SMTP_FROM: 'calls@example.com' }, /login\.smtp\.url/],
  ...[
    'http://mail.example.com',
    'mail.example.com',
    'smtp://',
    'smtp://mail example.com',
    'smtp://mail.example.com:0',
    'smtp://mail.example.com:70000',
    'smtp://mail.example.com/path',
    'smtp://mail.example.com?tls=maybe',
    'smtps://mail.example.com?tls=none',
    `smtp://calls:${kSecretWord}%zz@mail.example.com`,
    `smtp://calls:${kSecretWord}%0d%0aX@mail.example.com`,
    `smtp://:${kSecretWord}@mail.example.com`,
  ].map((url) => [`the mail server ${url.replace(kSecretWord, '…')}`, { ...kMail, ZVONOK_LOGIN_SMTP_URL: url }, /login\.smtp\.url must be/]),
  ...['calls', 'calls@', 'Calls', 'a@b.example, c@d.example', 'Calls <calls@example.com', 'Calls\n <calls@example.com>'].map((from) => [
    `the sender ${JSON.stringify(from)}`,
    { ...kMail, ZVONOK_LOGIN_SMTP_FROM: from },
    /login\.smtp\.from/,
  ]),
  ...[
    'ftp://sms.example.com',
    'sms.example.com',
    'https://',
    'http://sms.example.com:x/',
    'http://sms.example.com/#x',
    'http://sms.example.com/a b',
    `https://user:${kSecretWord}@sms.example.com:0/`,
  ].map((url) => [`the gateway ${url.replace(kSecretWord, '…')}`, { ZVONOK_LOGIN_SMS_URL: url }, /login\.sms\.url must be/]),
  ...[
    ['without {phone}', '{"text":"{text}"}', /\{phone\}/],
    ['without {text} and {code}', '{"to":"{phone}"}', /\{text\}.*\{code\}/],
    ['that is no JSON', '{"to":"{phone}","text":"{text}"', /JSON/],
    ['with a code that is a number', '{"to":"{phone}","code":{code}}', /JSON/],
    ['of 5,000 bytes', `{"to":"{phone}","text":"{text}","x":"${'x'.repeat(5_000)}"}`, /4096/],
  ].map(([what, body, says]) => [`a template ${what}`, { ...kSms, ZVONOK_LOGIN_SMS_BODY: body }, [/login\.sms\.body/, says]]),
  ['an authorization of two lines', { ...kSms, ZVONOK_LOGIN_SMS_AUTHORIZATION: `Bearer ${kSecretWord}\r\nX: y` }, /login\.sms\.authorization/],
  ['a registration that is none', { ...kSms, ZVONOK_LOGIN_REGISTRATION: 'everybody' }, [/login\.registration/, /invite, domains or open/]],
  ['registration by domains and none', { ...kMail, ZVONOK_LOGIN_REGISTRATION: 'domains' }, /login\.domains/],
  ['domains and another registration', { ...kMail, ZVONOK_LOGIN_DOMAINS: 'example.com' }, /login\.domains/],
  ['registration by domains and no mail', { ...kSms, ZVONOK_LOGIN_REGISTRATION: 'domains', ZVONOK_LOGIN_DOMAINS: 'example.com' }, /login\.smtp\.url/],
  ...['Example.com', '@example.com', 'example', 'exam ple.com', '*.example.com'].map((domain) => [
    `the domain ${domain}`,
    { ...kMail, ZVONOK_LOGIN_REGISTRATION: 'domains', ZVONOK_LOGIN_DOMAINS: domain },
    /login\.domains/,
  ]),
  ...['XX', 'ru', 'Russia', '+7'].map((country) => [`the country ${country}`, { ...kSms, ZVONOK_LOGIN_DEFAULT_COUNTRY: country }, /login\.default_country/]),
  ...['0', '-1', '1.5', 'many', '1000001'].map((count) => [
    `${count} messages an hour`,
    { ...kSms, ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: count },
    /login\.max_messages_per_hour/,
  ]),
  ['algorithms without HS256', { ...kSms, ZVONOK_JWT_ALGS: 'HS512' }, /HS256.*jwt_algs/],
  ['when to sync that is none', { ...kSms, ZVONOK_STORAGE_SYNC: 'never' }, /storage\.sync/],
  ['the word maybe for login.enabled', { ...kSms, ZVONOK_LOGIN_ENABLED: 'maybe' }, /login\.enabled/],
  ...['SMTP_URL', 'SMS_URL', 'SMS_AUTHORIZATION'].flatMap((name) => {
    const setting = new RegExp(`login\\.${name.toLowerCase().replace('_', '\\.')}_file`);
    const inFile = (file) => ({ ...kSms, ...kMail, [`ZVONOK_LOGIN_${name}`]: null, [`ZVONOK_LOGIN_${name}_FILE`]: file });
    return [
      [`a file for ${name} that is not there`, inFile('/nowhere/file'), [setting, /\/nowhere\/file/]],
      [`a file for ${name} that is a folder`, inFile('/tmp'), [setting, /folder/]],
    ];
  }),
  ['a gateway and a file that holds one', { ...kSms, ZVONOK_LOGIN_SMS_URL_FILE: '/etc/hostname' }, [/LOGIN_SMS_URL\b/, /LOGIN_SMS_URL_FILE/]],
];

const without = (env) => Object.fromEntries(Object.entries(env).filter(([, value]) => value !== null));

const refusals = kRefused.map(([what, env, says]) => ({
  name: `a login with ${what} refuses to start, and check-config says why as well`,
  async run(t) {
    const options = { env: without({ ...kBase, ZVONOK_DATA_DIR: t.folder(), ...env }) };
    for (const args of [[], ['check-config']]) {
      const ended = await t.refuses(args, options, says);
      assert.equal(ended.code, 2, ended.text);
      assert.ok(!ended.text.includes(kSecretWord), ended.text);
    }
  },
}));

const others = [
  {
    name: 'a login without a secret to sign with refuses to start, whatever keys there are',
    async run(t) {
      const { JWT_SECRET: _, ...env } = { ...kBase, ...kSms, ZVONOK_JWKS_URL: 'https://127.0.0.1:1/keys' };
      const { code } = await t.refuses([], { env }, /login\.enabled needs jwt_secret/);
      assert.equal(code, 2);
    },
  },
  ...['SMTP', 'SMS'].map((kind) => ({
    name: `certificates for ${kind} that are not there, or none, are an error of check-config`,
    async run(t) {
      for (const [file, says] of [['/nowhere.pem', /does not exist/], ['/etc/hostname', /no certificate/]]) {
        const env = { ...kBase, ...kSms, ...kMail, [`ZVONOK_LOGIN_${kind}_CA_FILE`]: file };
        await t.refuses(['check-config'], { env }, [new RegExp(`login\\.${kind.toLowerCase()}\\.ca_file`), says]);
      }
    },
  })),
  {
    name: 'settings of a login that is off are a warning, and nobody logs in',
    async run(t) {
      const server = await t.start({ env: { ...kSms } });
      await t.logged(server, ' warn .*login\\..*login\\.enabled is false');
      assert.equal((await api(server).post('/api/auth/code', { phone: '+79990000001' })).status, 404);
    },
  },
  {
    name: 'several settings that are wrong are all named at once',
    async run(t) {
      const env = { ...kBase, ...kSms, ZVONOK_LOGIN_REGISTRATION: 'everybody', ZVONOK_LOGIN_DEFAULT_COUNTRY: 'XX', ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: '0' };
      await t.refuses(['check-config'], { env }, [/login\.registration/, /login\.default_country/, /login\.max_messages_per_hour/]);
    },
  },
  {
    name: 'the settings of a login are taken from a file of settings as well as from the environment',
    async run(t) {
      const lines = ['[login]', 'enabled = true', 'registration = "open"', '[login.sms]', 'url = "http://127.0.0.1:1/sms"', `body = '{"n":"{phone}","t":"{text}"}'`];
      const config = t.file('zvonok.toml', lines.join('\n'));
      const server = await t.start({ args: ['--config', config] });
      assert.equal((await api(server).post('/api/auth/code', { phone: '+79990000001' })).status, 202);
      assert.equal((await api(server).post('/api/auth/code', { email: 'a@example.com' })).status, 400);
    },
  },
];

export const settingCases = [...refusals, ...others];
