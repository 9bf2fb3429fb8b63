// What a process costs, before and after: resident memory, open descriptors, CPU time, and bytes of log. All of it is
// read from /proc, so that nothing has to be asked of the server itself; a process that is gone is an error, not zero.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/// The kernel's USER_HZ, which is 100 on every Linux that we run on; /proc counts CPU time in it.
const kTicksPerSecond = 100;

export function residentKb(pid) {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  if (!found) throw new Error(`process ${pid} has no memory: it has ended`);
  return Number(found[1]);
}

export function descriptorCount(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/// User and system time of all its threads, in seconds.
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The command's name may hold blanks and brackets; the numbers begin after the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / kTicksPerSecond;
}

/// Waits for something that has no event to wait for, such as a figure of the kernel's.
export async function eventually(what, holds, within = 20_000) {
  const deadline = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${within} ms: ${what}`);
    await pause(50);
  }
}

export class Watch {
  constructor(server) {
    this.server = server;
    this.before = this.now();
  }

  now() {
    const { pid, log } = this.server;
    return {
      residentKb: residentKb(pid),
      descriptors: descriptorCount(pid),
      cpuSeconds: cpuSeconds(pid),
      logBytes: log().length,
    };
  }

  /// What each figure has grown by since the watch began.
  growth() {
    const after = this.now();
    return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - this.before[name]]));
  }
}
