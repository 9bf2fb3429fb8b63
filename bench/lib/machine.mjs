// Two cores to measure on, and a description of the machine for the report.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** Core numbers {server, generator}: different, and no two threads of one core. */
export function twoCores() {
  const allowed = numbersOf(/^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  const [server, ...others] = allowed;
  const siblings = siblingsOf(server);
  const generator = others.find((core) => !siblings.includes(core)) ?? others[0];
  if (generator === undefined) throw new Error('the bench needs two cores: one for the server, one for the generator');
  return { server, generator };
}

function siblingsOf(core) {
  try {
    return numbersOf(readFileSync(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`, 'utf8').trim());
  } catch {
    return [core]; // a container may hide it
  }
}

// "0-2,5" to [0, 1, 2, 5]
function numbersOf(list) {
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

/** Lines of a description that says nothing about whose machine it is. */
export function describeMachine(cores) {
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  return [
    `${cpus()[0].model.trim()}, ${cpus().length} cores, ${gib} GiB, Linux ${release()}`,
    `server on core ${cores.server}, generator on core ${cores.generator}, over loopback`,
    `load average when the bench began: ${loadAverage()}`,
    `Node ${process.version}, ${firstLine('g++-12', ['--version'])}`,
  ];
}

export function loadAverage() {
  return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
}

function firstLine(command, args) {
  return execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0];
}
