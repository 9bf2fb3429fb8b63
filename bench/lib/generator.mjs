// Runs the load generator, and strace beside it when system calls are to be counted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const RUN_MAX_MS = 60_000;

let runs = 0;

export class Generator {
  constructor(binary, core) {
    this.binary = binary;
    this.core = core;
  }

  /** Puts a load on a server; resolves with what the generator printed. `options`: {bytes: 200, 'duration-ms': 500, …} */
  async run(load, server, options) {
    const { lines, done } = this.#start(load, server, options);
    for await (const line of lines) return (await done, JSON.parse(line));
    await done;
    throw new Error(`generator ${load}: no result`);
  }

  /** The relay load with strace attached: {messages, calls: Map of system calls to their number}. */
  async countSystemCalls(server, options) {
    const { lines, done, child } = this.#start('relay', server, { ...options, hold: true });
    const reader = lines[Symbol.asyncIterator]();
    if ((await reader.next()).value !== 'ready') await done;
    const strace = await attachStrace(server.pid);
    child.stdin.write('go\n');
    const result = await reader.next();
    const calls = await strace.stop();
    child.stdin.end('end\n'); // only now: closing the connections is no part of relaying
    await done;
    return { ...JSON.parse(result.value), calls };
  }

  #start(load, server, options) {
    const flags = Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
    // No two runs share a user: a server may remember the last one's.
    const users = `u${++runs}-`;
    const args = ['-c', String(this.core), this.binary, load, '--port', server.port, '--pid', server.pid];
    args.push('--secret', server.secret, '--users', users, ...(server.raw ? ['--raw'] : []), ...flags);
    const child = spawn('taskset', args.map(String), { stdio: ['pipe', 'pipe', 'pipe'], timeout: RUN_MAX_MS, killSignal: 'SIGKILL' });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    child.stdin.on('error', () => {}); // it may have ended before it was told to go; its exit code says so
    const done = once(child, 'close').then(([code, signal]) => {
      if (code !== 0) throw new Error(`${load} on ${server.name}: ${errors.trim() || `ended with ${code ?? signal}`}`);
    });
    done.catch(() => {}); // whoever awaits it hears of it
    return { child, done, lines: createInterface({ input: child.stdout }) };
  }
}

async function attachStrace(pid) {
  const folder = mkdtempSync(join(tmpdir(), 'zvonok-bench-'));
  const summary = join(folder, 'summary');
  const child = spawn('strace', ['-f', '-c', '-U', 'calls,name', '-o', summary, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: RUN_MAX_MS,
  });
  const ended = once(child, 'close');
  let said = '';
  for await (const line of createInterface({ input: child.stderr })) {
    said += `${line}\n`;
    if (/attached/.test(line)) break;
  }
  if (!/attached/.test(said)) throw new Error(`strace cannot attach: ${said.trim()}`);
  return {
    async stop() {
      child.stderr.resume();
      child.kill('SIGINT');
      await ended;
      const text = readFileSync(summary, 'utf8');
      rmSync(folder, { recursive: true });
      return callsIn(text);
    },
  };
}

// Lines of "number name", below a head and above a total.
function callsIn(summary) {
  const calls = new Map();
  for (const [, number, name] of summary.matchAll(/^\s*(\d+)\s+(\w+)\s*$/gm)) calls.set(name, Number(number));
  calls.delete('total');
  if (calls.size === 0) throw new Error(`strace counted nothing:\n${summary}`);
  return calls;
}
