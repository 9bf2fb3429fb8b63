// The operator's commands beside a server and instead of it: backup, restore and erase-user; whose folder it is, and whose the
// files in it are; and databases that this server must not touch.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { mint } from '../../lib/tokens.js';
import { eventually } from '../../lib/watch.js';
import { verdict } from '../lifecycle/harness.js';
import { asNobody } from '../lifecycle/secret_file_cases.js';
import { LoginServer, phone } from './login_server.js';
import { checkIntegrity, databaseIn, rows } from './sqlite.js';

const kNobody = 65_534;
const [kAnna, kBoris, kVera] = [phone(1), phone(2), phone(3)];
/// What a server that refuses to start needs besides.
const kStart = { PORT: '1', JWT_SECRET: 'x'.repeat(40) };

async function does(login, args, options) {
  const { code, text, out } = await login.command(args, options);
  assert.equal(code, 0, text);
  return out;
}

/// It is not done: exit code 1, and one sentence that matches.
async function fails(login, args, ...says) {
  const { code, err, out, text } = await login.command(args);
  assert.deepEqual([code, out], [1, ''], text);
  assert.match(err, /^zvonok: [^\n]+\n$/);
  for (const pattern of says) assert.match(err, pattern);
}

const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const nowhere = (t) => join(t.folder(), 'backup.db');

const backups = [
  {
    name: 'a backup beside a server that is written to is whole, private, and holds all that was acknowledged before',
    async run(t) {
      const login = await LoginServer.start(t);
      const people = await Promise.all(Array.from({ length: 20 }, (_, i) => login.logIn(phone(i), { name: `Name ${i}` })));
      let going = true;
      const writers = [0, 1, 2].map(async (who) => {
        let pair = people[who];
        for (; going; pair = (await login.refresh(pair.refreshToken)).body) await login.api.patch('/api/me', { name: `Writer ${who}` }, { token: pair.token });
      });
      for (let i = 0; i < 5; ++i) {
        const file = nowhere(t);
        assert.match(await does(login, ['backup', file]), /is a copy/);
        assert.equal(statSync(file).mode & 0o777, 0o600);
        assert.deepEqual(readdirSync(dirname(file)), ['backup.db'], 'it is one file');
        await checkIntegrity(t, file);
        assert.deepEqual(readdirSync(login.dataDir).filter((name) => name.startsWith('backup')), []);
      }
      going = false;
      await Promise.all(writers);
      const file = nowhere(t);
      await does(login, ['backup', file]);
      const before = await rows(t, login.dataDir, 'SELECT * FROM users ORDER BY id');
      const { out } = await t.ends([file, 'SELECT * FROM users ORDER BY id'], { target: ['sqlite3', '-batch'] });
      assert.deepEqual(out.trim().split('\n'), before);
      assert.equal((await login.me(people[5].token)).body.name, 'Name 5');
    },
  },
  {
    name: 'a backup without a server is as good, and one onto a file that is there, into a folder that is not, or of nothing is refused',
    async run(t) {
      const login = await LoginServer.start(t);
      await login.logIn(kAnna);
      await login.server.stop();
      const file = nowhere(t);
      await does(login, ['backup', file]);
      await checkIntegrity(t, file);
      const before = digest(file);
      await fails(login, ['backup', file], /there already/);
      await fails(login, ['backup', databaseIn(login.dataDir)], /there already/);
      assert.equal(digest(file), before);
      await fails(login, ['backup', join(t.folder(), 'not', 'there.db')], /cannot be written/);
      const empty = await t.ends(['backup', nowhere(t)], { env: { ZVONOK_DATA_DIR: t.folder() } });
      assert.deepEqual([empty.code, /zvonok\.db is not there/.test(empty.err)], [1, true], empty.text);
      assert.equal((await t.ends(['backup'], { env: { ZVONOK_DATA_DIR: t.folder() } })).code, 2, 'without a name');
    },
  },
];

const beside = [
  {
    name: 'twenty invitations at once, beside a server that is written to, are all made and all good',
    async run(t) {
      const login = await LoginServer.start(t, { registration: 'invite' });
      const people = await Promise.all([1, 2, 3].map(async (i) => login.logIn(phone(i), { invite: await login.invite() })));
      let going = true;
      const writers = people.map(async ({ refreshToken }) => {
        for (; going; ) ({ refreshToken } = (await login.refresh(refreshToken)).body);
      });
      const invites = await Promise.allSettled(Array.from({ length: 20 }, () => login.invite()));
      going = false;
      await Promise.all(writers);
      assert.deepEqual(invites.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message), []);
      for (const { value } of invites) assert.equal((await login.api.post('/api/auth/invite', { invite: value })).status, 200);
    },
  },
  {
    name: 'what no rule asks for again is forgotten at the next start, and people are not',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true, registration: 'invite' });
      const { user, token } = await login.logIn(kAnna, { invite: await login.invite() });
      await login.invite();
      await login.ask(kBoris);
      await login.logOut(token);
      const tables = ['users', 'login_states', 'login_messages', 'invites', 'login_sessions'];
      const count = (table) => `(SELECT COUNT(*) FROM ${table})`;
      const left = async () => (await rows(t, login.dataDir, `SELECT ${tables.map(count)}`))[0];
      assert.equal(await left(), '1|2|1|2|1');
      await login.server.stop();
      login.clock.move(200 * 86_400);
      await login.again();
      await eventually('only people are left', async () => (await left()) === '1|0|0|0|0');
      assert.equal((await login.logIn(kAnna)).user.id, user.id);
    },
  },
];

const restores = [
  {
    name: 'restore makes people what they are in the copy, and keeps what it was; who is logged in stays so, who has logged out as well',
    async run(t) {
      const login = await LoginServer.start(t);
      const anna = await login.logIn(kAnna, { name: 'Before' });
      const boris = await login.logIn(kBoris, { name: 'Boris' });
      const file = nowhere(t);
      await does(login, ['backup', file]);
      await login.api.patch('/api/me', { name: 'After' }, { token: anna.token });
      await login.logOut(boris.token);
      const vera = await login.logIn(kVera);
      const later = await login.refresh(anna.refreshToken);
      await login.server.stop();
      assert.match(await does(login, ['restore', file]), / is as .* but for sessions and invitations/);
      assert.deepEqual(await rows(t, login.dataDir, 'SELECT name FROM users ORDER BY name'), ['Before', 'Boris']);
      const kept = join(login.dataDir, 'zvonok.db.before-restore');
      assert.equal((await t.ends([kept, 'SELECT COUNT(*) FROM users'], { target: ['sqlite3', '-batch'] })).out, '3\n');
      await login.again();
      assert.equal((await login.me(anna.token)).body.name, 'Before');
      for (const { token, refreshToken } of [boris, vera]) {
        assert.equal((await login.me(token)).status, 401);
        assert.equal((await login.refresh(refreshToken)).status, 401);
      }
      assert.equal((await login.refresh(later.body.refreshToken)).status, 200);
      await login.server.stop();
      await does(login, ['restore', kept]);
      assert.deepEqual(await rows(t, login.dataDir, 'SELECT COUNT(*) FROM users'), ['3'], 'and back again');
    },
  },
  {
    name: 'restore and erase-user are refused while a server runs, and change nothing',
    async run(t) {
      const login = await LoginServer.start(t);
      const anna = await login.logIn(kAnna, { name: 'Anna' });
      const file = nowhere(t);
      await does(login, ['backup', file]);
      await login.api.patch('/api/me', { name: 'Other' }, { token: anna.token });
      const inUse = [/is in use/, new RegExp(`process ${login.server.pid}`), /stop/];
      await fails(login, ['restore', file], ...inUse);
      await fails(login, ['erase-user', anna.user.id], ...inUse);
      assert.equal((await login.me(anna.token)).body.name, 'Other');
      assert.deepEqual(readdirSync(login.dataDir).filter((name) => name.includes('restore')), []);
    },
  },
  {
    name: 'what is no copy of ours is not restored: another file, half a copy, another program’s database, a newer one',
    async run(t) {
      const login = await LoginServer.start(t);
      await login.logIn(kAnna);
      const good = nowhere(t);
      await does(login, ['backup', good]);
      await login.server.stop();
      const before = await rows(t, login.dataDir, 'SELECT * FROM users');
      const sqlite = (file, sql) => t.ends([file, sql], { target: ['sqlite3', '-batch'] });
      const half = t.file('half.db', readFileSync(good).subarray(0, 20_000));
      const foreign = nowhere(t);
      await sqlite(foreign, 'CREATE TABLE x (y)');
      const newer = t.file('newer.db', readFileSync(good));
      await sqlite(newer, 'UPDATE schema_version SET version = 99');
      const table = [
        [t.file('text', 'hello'), /./],
        [t.file('empty', ''), /no database of zvonok/],
        [half, /./],
        [foreign, /no database of zvonok/],
        [newer, /newer zvonok/],
        [t.folder(), /cannot be (read|copied)/],
        [join(t.folder(), 'nowhere'), /cannot be (read|copied)/],
      ];
      for (const [file, says] of table) await fails(login, ['restore', file], says, new RegExp(file));
      assert.deepEqual(await rows(t, login.dataDir, 'SELECT * FROM users'), before);
      assert.deepEqual(readdirSync(login.dataDir).filter((name) => name.startsWith('restore.')), []);
      await login.again();
      assert.equal((await login.ask(kBoris)).status, 202);
    },
  },
];

const erasures = [
  {
    name: 'erase-user forgets a person and leaves nothing of them: row, sessions, codes, in the database and its log; the others stay',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true });
      const address = 'Erased.Person@example.com';
      const [gone, stays] = [await login.logIn(address, { name: 'Erased Name', device: 'erased-device' }), await login.logIn(kBoris)];
      await login.api.patch('/api/me', { avatar: 'https://example.com/erased.png' }, { token: gone.token });
      await fails(login, ['erase-user', 'x'], /in use/);
      await login.server.stop();
      await fails(login, ['erase-user', 'nobody'], /there is no user nobody/);
      assert.equal((await login.command(['erase-user'])).code, 2);
      assert.match(await does(login, ['erase-user', gone.user.id]), /erased/);
      for (const name of readdirSync(login.dataDir)) {
        const bytes = readFileSync(join(login.dataDir, name), 'latin1').toLowerCase();
        for (const trace of [gone.user.id.toLowerCase(), 'erased.person', 'erased name', 'erased-device', 'erased.png'])
          assert.ok(!bytes.includes(trace), `${trace} in ${name}`);
      }
      await login.again();
      assert.equal((await login.me(gone.token)).status, 401);
      assert.equal(await verdict(login.server, gone.token), 4001);
      assert.equal((await login.refresh(gone.refreshToken)).status, 401);
      assert.equal((await login.me(stays.token)).body.phone, kBoris);
      const anew = await login.logIn(address);
      assert.notEqual(anew.user.id, gone.user.id);
      assert.deepEqual(anew.user, { id: anew.user.id, name: '', avatar: '', email: address });
    },
  },
  {
    name: 'erase-user takes an ID that begins with a dash, as one in 64 of ours does, and any other that somebody else made',
    async run(t) {
      const login = await LoginServer.start(t);
      const ids = ['-XDWzlx3z-__o2pnStoBnw', 'a b', "'; DROP TABLE users; --", 'ж/😀', '%', '42'];
      for (const userId of ids) await login.me(mint({ userId, name: 'Somebody' }));
      await login.server.stop();
      for (const id of ids) assert.match(await does(login, ['erase-user', id]), /erased/, id);
      assert.deepEqual(await rows(t, login.dataDir, 'SELECT id FROM users'), []);
    },
  },
];

const locks = [
  {
    name: 'a second server on the same data is refused, names the first, and works after its end or its kill -9',
    async run(t) {
      const login = await LoginServer.start(t);
      const second = await login.command(['serve'], { env: kStart });
      assert.equal(second.code, 1, second.text);
      assert.match(second.err, new RegExp(`data_dir ${login.dataDir} is in use by another zvonok \\(process ${login.server.pid}\\)`));
      await login.logIn(kAnna);
      await login.kill();
      await login.again();
      await login.logIn(kBoris);
    },
  },
  {
    name: 'of ten servers that start on the same new data at once one runs, and the data is whole',
    async run(t) {
      const env = { ZVONOK_DATA_DIR: join(t.folder(), 'data') };
      const starts = await Promise.allSettled(Array.from({ length: 10 }, () => t.start({ env })));
      assert.equal(starts.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const { reason } of starts.filter(({ status }) => status === 'rejected')) assert.match(reason.message, /in use/);
      await checkIntegrity(t, databaseIn(env.ZVONOK_DATA_DIR));
    },
  },
];

/// Nobody may not look for settings in the folders of this test.
const settingsFor = (t) => ['--config', t.file('zvonok.toml', '')];

function folderOf(t, owner, mode) {
  const folder = t.folder();
  chownSync(folder, owner, owner);
  chmodSync(folder, mode);
  return folder;
}

/// [what, what is made, what the refusal says beside path, uid and cure]
const kBadFolders = [
  ['a file', (t) => t.file('data', ''), /no folder/],
  ['below a file', (t) => join(t.file('data', ''), 'below'), /cannot be made/],
  ['a folder of somebody else', (t) => folderOf(t, 0, 0o755), /cannot be written/],
  ['a folder that is to be made in one of somebody else', (t) => join(folderOf(t, 0, 0o755), 'data'), /cannot be made/],
  ['a folder of its own that was made read-only', (t) => folderOf(t, kNobody, 0o500), /cannot be written/],
];

const folders = [
  ...kBadFolders.map(([what, make, says]) => ({
    name: `a data_dir that is ${what} is an error of the start that names the path, whose process it is, and the cure`,
    needs: ['root'],
    async run(t) {
      const path = make(t);
      const options = { env: { ...kStart, ZVONOK_DATA_DIR: path }, target: asNobody };
      const wanted = [says, new RegExp(`data_dir ${path}`), new RegExp(`\\b${kNobody}\\b`), /chown/];
      const ended = await t.refuses(settingsFor(t), options, wanted);
      assert.equal(ended.code, 1);
    },
  })),
  {
    name: 'a database that its process may not write is an error that names it',
    needs: ['root'],
    async run(t) {
      const folder = t.folder();
      writeFileSync(databaseIn(folder), '', { mode: 0o600 });
      chownSync(folder, kNobody, kNobody);
      const options = { env: { ...kStart, ZVONOK_DATA_DIR: folder }, target: asNobody };
      const ended = await t.refuses(settingsFor(t), options, new RegExp(databaseIn(folder)));
      assert.equal(ended.code, 1);
    },
  },
  {
    name: 'what root’s commands leave in the data folder is its owner’s, whose server goes on',
    needs: ['root'],
    async run(t) {
      const dataDir = join(t.folder(), 'data');
      chmodSync(dirname(dataDir), 0o755);
      mkdirSync(dataDir, { mode: 0o700 });
      chownSync(dataDir, kNobody, kNobody);
      const allTheirs = () => {
        const files = readdirSync(dataDir);
        assert.ok(files.includes('zvonok.db'), files.join());
        for (const name of files) {
          const { uid, gid, mode } = statSync(join(dataDir, name));
          assert.deepEqual([name, uid, gid, mode & 0o077], [name, kNobody, kNobody, 0]);
        }
      };
      // Root comes first, before there is anything.
      await t.ends(['invite'], { env: { ZVONOK_DATA_DIR: dataDir, ZVONOK_LOGIN_ENABLED: 'true' } });
      allTheirs();
      const login = await LoginServer.start(t, { registration: 'invite', target: asNobody, args: settingsFor(t), env: { ZVONOK_DATA_DIR: dataDir } });
      const { user } = await login.logIn(kAnna, { invite: await login.invite() });
      const file = nowhere(t);
      await does(login, ['backup', file]);
      allTheirs();
      await login.logIn(kBoris, { invite: await login.invite() });
      await login.server.stop();
      await does(login, ['invite']);
      await does(login, ['backup', nowhere(t)]);
      await does(login, ['restore', file]);
      allTheirs();
      await login.again();
      await login.logIn(phone(3), { invite: await login.invite() });
      await login.server.stop();
      await does(login, ['erase-user', user.id]);
      allTheirs();
      await login.again();
      await login.logIn(phone(4), { invite: await login.invite() });
    },
  },
];

const databases = [
  {
    name: 'a database of a newer version is refused by the server and by every command, in words, and stays as it was',
    async run(t) {
      const login = await LoginServer.start(t);
      const { user } = await login.logIn(kAnna);
      const backup = nowhere(t);
      await does(login, ['backup', backup]);
      await login.server.stop();
      await rows(t, login.dataDir, 'UPDATE schema_version SET version = 99; PRAGMA wal_checkpoint(TRUNCATE)');
      const before = digest(databaseIn(login.dataDir));
      const says = [/version 99/, /newer zvonok/, /restore a backup/];
      const start = await login.command(['serve'], { env: kStart });
      assert.equal(start.code, 1, start.text);
      for (const pattern of says) assert.match(start.err, pattern);
      for (const args of [['invite'], ['erase-user', user.id]]) await fails(login, args, ...says);
      assert.equal(digest(databaseIn(login.dataDir)), before);
      await does(login, ['restore', backup]); // the cure that was named
      await login.again();
    },
  },
  ...[
    ['is no database', () => Buffer.from('hello, I am a text file and no database at all\n'.repeat(100))],
    ['is cut off', (bytes) => bytes.subarray(0, 10_000)],
    ['has its first pages overwritten', (bytes) => Buffer.concat([Buffer.alloc(8_192, 0x5a), bytes.subarray(8_192)])],
  ].map(([what, spoil]) => ({
    name: `a database that ${what} is an error that names the file, and the file stays as it is`,
    async run(t) {
      const login = await LoginServer.start(t);
      await login.logIn(kAnna);
      await login.server.stop();
      const file = databaseIn(login.dataDir);
      await rows(t, login.dataDir, 'PRAGMA wal_checkpoint(TRUNCATE)');
      writeFileSync(file, spoil(readFileSync(file)));
      for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
      const before = digest(file);
      const start = await login.command(['serve'], { env: kStart });
      assert.deepEqual([start.code, start.err.includes(file)], [1, true], start.text);
      assert.equal(digest(file), before);
      assert.ok(existsSync(file));
    },
  })),
];

export const commandCases = [...backups, ...beside, ...restores, ...erasures, ...locks, ...folders, ...databases];
