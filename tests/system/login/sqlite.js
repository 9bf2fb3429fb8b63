// The database as another process sees it: SQLite's own program, which reads, holds locks and judges files.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const databaseIn = (dataDir) => join(dataDir, 'zvonok.db');

const sqlite = ['sqlite3', '-batch', '-noheader'];
// The server writes while we look.
const kPatient = ['-cmd', '.timeout 10000'];

/// The lines that a statement answers with.
export async function rows(t, dataDir, statement) {
  const { code, out, text } = await t.ends([...kPatient, databaseIn(dataDir), statement], { target: sqlite });
  assert.equal(code, 0, text);
  return out.split('\n').filter((line) => line !== '');
}

/// Fails unless SQLite finds nothing wrong with that file. `inside` makes the command one of another mount namespace.
export async function checkIntegrity(t, file, inside = (command) => command) {
  const { code, text } = await t.ends([...kPatient, file, 'PRAGMA integrity_check'], { target: inside(sqlite) });
  assert.deepEqual([code, text.trim()], [0, 'ok'], file);
}

/// Keeps everybody else from writing, and from reading if they say that they might write, until `release` is called.
export async function hold(t, dataDir) {
  const child = spawn(sqlite[0], [...sqlite.slice(1), ...kPatient, databaseIn(dataDir)], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.onEnd(() => child.kill('SIGKILL'));
  const ended = new Promise((done) => child.once('close', done));
  const held = new Promise((done) => child.stdout.setEncoding('utf8').on('data', (text) => text.includes('held') && done(true)));
  child.stdin.write("BEGIN EXCLUSIVE;\nSELECT 'held';\n");
  assert.equal(await Promise.race([held, ended]), true, 'sqlite3 has the lock');
  return {
    async release() {
      child.stdin.end('COMMIT;\n');
      await ended;
    },
  };
}
