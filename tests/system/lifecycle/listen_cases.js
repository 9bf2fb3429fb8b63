// Ports and addresses: a taken port is never shared in silence (row D12 of the list of known troubles), a machine
// without IPv6, or without IPv4, is served all the same (D05), and so is one with a strange limit of descriptors (D02).
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { requestHead } from '../../lib/http_head.js';
import { freePort, startServer } from '../../lib/server.js';
import { TEST_SECRET, mint } from '../../lib/tokens.js';
import { residentKb } from '../../lib/watch.js';
import { binary } from './harness.js';
import { asNobody } from './secret_file_cases.js';

const kPort = 3001; // Inside a network of the case's own every port is free.
const kEnv = { PORT: kPort, JWT_SECRET: TEST_SECRET, ZVONOK_ADMIN_LISTEN: '' };

/// A foreign server in Node, listening inside the network.
async function foreign(t, network, host) {
  const says = `console.log('Backend running on port ${kPort}')`;
  const script = `require('net').createServer().listen(${kPort}, '${host}', () => ${says})`;
  const server = await startServer({ target: network.inside([process.execPath, '-e', script]), env: { PORT: kPort } });
  t.onEnd(() => server.stop('SIGKILL'));
}

const first = {
  node: (t, network, host) => foreign(t, network, host),
  ours: (t, network, host) => t.start({ env: { ...kEnv, ZVONOK_HOST: host || null }, target: network.inside(binary) }),
  dev: (t, network) =>
    t.start({ env: { ...kEnv, JWT_SECRET: null, ZVONOK_HOST: null }, args: ['--dev'], target: network.inside(binary) }),
};

const nameOf = (kind, host) => (kind === 'dev' ? 'ours with --dev' : `${kind} on ${host || 'all addresses'}`);

/// First holder, second comer.
const taken = [
  ['ours', '', 'ours', ''],
  ['ours', '', 'ours', '127.0.0.1'],
  ['ours', '', 'ours', '::1'],
  ['ours', '', 'ours', '0.0.0.0'],
  ['ours', '', 'ours', '::'],
  ['ours', '', 'dev', ''],
  ['ours', '::', 'ours', '127.0.0.1'],
  ['ours', '0.0.0.0', 'ours', ''],
  ['ours', '127.0.0.1', 'ours', ''],
  ['ours', '127.0.0.1', 'ours', '127.0.0.1'],
  ['ours', '127.0.0.1', 'ours', '0.0.0.0'],
  ['ours', '127.0.0.1', 'ours', 'localhost'],
  ['ours', '::1', 'ours', ''],
  ['ours', '::1', 'dev', ''],
  ['dev', '', 'dev', ''],
  ['dev', '', 'ours', '::1'],
  ['node', '0.0.0.0', 'ours', ''],
  ['node', '0.0.0.0', 'ours', '127.0.0.1'],
  ['node', '127.0.0.1', 'ours', ''],
  ['node', '::', 'ours', ''],
  ['node', '::1', 'dev', ''],
].map(([holder, heldHost, comer, host]) => ({
  name: `with ${nameOf(holder, heldHost)} first, ${nameOf(comer, host)} is refused by the port's name (D12)`,
  needs: ['network'],
  async run(t) {
    const network = await t.network();
    await first[holder](t, network, heldHost);
    const env = { ...kEnv, PORT: String(kPort), ...(host ? { ZVONOK_HOST: host } : {}) };
    const args = comer === 'dev' ? ['--dev'] : [];
    await t.refuses(args, { env, target: network.inside(binary) }, /port 3001 on .* is already in use/);
  },
}));

const apart = [
  ['127.0.0.1', '::1'],
  ['127.0.0.1', '127.0.0.2'],
].map(([one, other]) => ({
  name: `one on ${one} and one on ${other} are no trouble to each other (D12)`,
  needs: ['network'],
  async run(t) {
    const network = await t.network();
    for (const host of [one, other])
      await t.start({ env: { ...kEnv, ZVONOK_HOST: host }, target: network.inside(binary) });
  },
}));

/// How many sockets of ours the kernel still keeps for a port after their process is gone.
const leftOver = (port) => {
  const ours = new RegExp(
    `^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} .* 00000000:00000000 `,
    'gm',
  );
  return (readFileSync('/proc/net/tcp', 'latin1').match(ours) ?? []).length;
};

const ports = [
  {
    name: 'after kill -9 with 200 sockets open the port can be had again at once (D12)',
    async run(t) {
      const server = await t.start();
      server.mayDie = true;
      const raws = await Promise.all(Array.from({ length: 200 }, () => t.raw(server)));
      // Only what the server has accepted, and read, ends by FIN and waits.
      for (const raw of raws) await raw.write(requestHead({ target: '/healthz' }));
      for (const raw of raws) await raw.readResponse();
      await server.stop('SIGKILL');
      await Promise.all(raws.map((raw) => raw.readEnd()));
      for (const raw of raws) raw.destroy();
      const waiting = leftOver(server.port);
      assert.ok(waiting >= 100, `only ${waiting} sockets are left over`);
      const next = await t.start({ env: { PORT: server.port } });
      assert.equal((await fetch(`${next.url}/healthz`)).status, 200);
    },
  },
  {
    name: 'a port below 1024 without the right to it is an error that names the port and the right (D12)',
    needs: ['network', 'root'],
    async run(t) {
      const network = await t.network('echo 1024 > /proc/sys/net/ipv4/ip_unprivileged_port_start');
      const env = { ...kEnv, PORT: '80', ZVONOK_DATA_DIR: t.nobodysFolder() };
      await t.refuses([], { env, target: network.inside(asNobody), cwd: '/' }, [/port 80\b/, /CAP_NET_BIND_SERVICE/]);
    },
  },
  {
    name: 'an admin_listen that was set and is taken is an error that names the port (D12)',
    async run(t) {
      const holder = createServer().listen(0, '127.0.0.1');
      await new Promise((done) => holder.once('listening', done));
      t.onEnd(() => holder.close());
      const { port } = holder.address();
      const env = {
        ...kEnv,
        PORT: String(await freePort()),
        ZVONOK_HOST: '127.0.0.1',
        ZVONOK_ADMIN_LISTEN: `127.0.0.1:${port}`,
      };
      await t.refuses([], { env }, [/admin_listen/, new RegExp(`port ${port}\\b`)]);
    },
  },
  {
    name: 'the default admin_listen being taken is a warning, and there are no metrics (D12)',
    needs: ['network'],
    async run(t) {
      const network = await t.network();
      const target = network.inside(binary);
      const one = await t.start({ env: { ...kEnv, ZVONOK_ADMIN_LISTEN: null }, target });
      const two = await t.start({ env: { ...kEnv, PORT: 3002, ZVONOK_ADMIN_LISTEN: null }, target });
      await t.logged(two, 'warn no metrics.*port 9464');
      assert.doesNotMatch(await t.wholeLog(one), /warn/);
      const [metrics, health] = await network.ask(
        { url: 'http://127.0.0.1:9464/metrics' },
        { url: 'http://127.0.0.1:3002/healthz' },
      );
      assert.deepEqual([metrics.error, health.status], ['ECONNREFUSED', 200]);
    },
  },
  {
    name: 'an empty admin_listen opens no second port',
    needs: ['network'],
    async run(t) {
      const network = await t.network();
      await t.start({ env: kEnv, target: network.inside(binary) });
      const listening = execFileSync(...split(network.inside(['ss', '-Hltn'])), { encoding: 'utf8' });
      assert.equal(listening.trim().split('\n').length, 1, listening);
    },
  },
];

const split = ([program, ...args]) => [program, args];

/// Compiles a library that is loaded before all others, in the case's own folder.
function preload(t, source) {
  const library = join(t.folder(), 'preload.so');
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, t.file('preload.c', source), '-ldl'], { stdio: 'pipe' });
  return { LD_PRELOAD: library };
}

/// A kernel that was built without IPv6.
const kWithoutIpv6 = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
int socket(int domain, int type, int protocol) {
  int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");
  if (domain == AF_INET6) { errno = EAFNOSUPPORT; return -1; }
  return real(domain, type, protocol);
}`;

/// What Docker once gave to containers.
const kHugeLimit = `
#include <sys/resource.h>
int getrlimit(__rlimit_resource_t resource, struct rlimit* limit) {
  limit->rlim_cur = limit->rlim_max = resource == RLIMIT_NOFILE ? 1UL << 30 : RLIM_INFINITY;
  return 0;
}
int getrlimit64(__rlimit_resource_t resource, struct rlimit64* limit) {
  return getrlimit(resource, (struct rlimit*)limit);
}`;

const kNoIpv6 = 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6';
const v4 = `http://127.0.0.1:${kPort}/healthz`;
const v6 = `http://[::1]:${kPort}/healthz`;

/// A start in a network with that setup; `answered`: what v4 and v6 say afterwards.
const serves = (name, { setup, env = {}, args = [], answered, says, shim }) => ({
  name: `${name} (D05)`,
  needs: ['network', ...(shim ? ['compiler'] : [])],
  async run(t) {
    const network = await t.network(setup);
    const full = { ...kEnv, ZVONOK_HOST: null, ...env, ...(shim ? preload(t, shim) : {}) };
    const server = await t.start({ env: full, args, target: network.inside(binary) });
    const client = { connect: `ws://127.0.0.1:${kPort}/ws?token=${mint({ userId: 'a' })}` };
    const [onV4, onV6, { verdict }] = await network.ask({ url: v4 }, { url: v6 }, client);
    for (const [i, expected] of answered.entries())
      assert.equal([onV4, onV6][i].status === 200, expected, JSON.stringify([onV4, onV6]));
    assert.equal(verdict === 'connected', answered[0], verdict);
    const log = await t.wholeLog(server);
    if (says) assert.equal((log.match(new RegExp(says, 'g')) ?? []).length, 1, log);
  },
});

const refuses = (name, { setup, host, shim, env: more = {}, says = host }) => ({
  name: `${name} (D05)`,
  needs: ['network', ...(shim ? ['compiler'] : [])],
  async run(t) {
    const network = await t.network(setup);
    const env = { ...kEnv, PORT: String(kPort), ZVONOK_HOST: host, ...more, ...(shim ? preload(t, shim) : {}) };
    const ended = await t.refuses([], { env, target: network.inside(binary) }, /port \d+/);
    assert.ok(ended.text.includes(says.replace(/[[\]]/g, '')), ended.text);
  },
});

const families = [
  serves('IPv6 and IPv4 are served by default', { answered: [true, true] }),
  serves('bindv6only=1 does not take IPv4 away', {
    setup: 'echo 1 > /proc/sys/net/ipv6/bindv6only',
    answered: [true, true],
  }),
  serves('bindv6only=1 takes nothing away from ZVONOK_HOST=:: either', {
    setup: 'echo 1 > /proc/sys/net/ipv6/bindv6only',
    env: { ZVONOK_HOST: '::' },
    answered: [true, true],
  }),
  serves('with IPv6 disabled the defaults serve IPv4', { setup: kNoIpv6, answered: [true, false] }),
  serves('with IPv6 disabled --dev serves IPv4 and says so once', {
    setup: kNoIpv6,
    args: ['--dev'],
    answered: [true, false],
    says: 'no IPv6 on this machine',
  }),
  serves('with IPv6 disabled localhost is IPv4', {
    setup: kNoIpv6,
    env: { ZVONOK_HOST: 'localhost' },
    answered: [true, false],
  }),
  serves('without IPv6 in the kernel the defaults serve IPv4 and say so once', {
    shim: kWithoutIpv6,
    answered: [true, false],
    says: 'no IPv6 on this machine',
  }),
  serves('without IPv6 in the kernel --dev serves IPv4 and says so once', {
    shim: kWithoutIpv6,
    args: ['--dev'],
    answered: [true, false],
    says: 'no IPv6 on this machine',
  }),
  serves('without IPv6 in the kernel localhost is IPv4', {
    shim: kWithoutIpv6,
    env: { ZVONOK_HOST: 'localhost' },
    answered: [true, false],
  }),
  serves('without IPv6 in the kernel metrics are served as before', {
    shim: kWithoutIpv6,
    env: { ZVONOK_ADMIN_LISTEN: null },
    answered: [true, false],
  }),
  serves('without IPv4 the defaults serve IPv6', {
    setup: 'ip addr del 127.0.0.1/8 dev lo',
    answered: [false, true],
  }),
  serves('without IPv4 a default admin_listen is a warning', {
    setup: 'ip addr del 127.0.0.1/8 dev lo',
    env: { ZVONOK_ADMIN_LISTEN: null },
    answered: [false, true],
    says: 'warn no metrics',
  }),
  serves('ZVONOK_HOST=:: serves both', { env: { ZVONOK_HOST: '::' }, answered: [true, true] }),
  serves('ZVONOK_HOST=[::1] serves that address alone', { env: { ZVONOK_HOST: '[::1]' }, answered: [false, true] }),
  serves('ZVONOK_HOST=::1 serves that address alone', { env: { ZVONOK_HOST: '::1' }, answered: [false, true] }),
  serves('ZVONOK_HOST=0.0.0.0 serves IPv4 alone', { env: { ZVONOK_HOST: '0.0.0.0' }, answered: [true, false] }),
  // Whether localhost is ::1 as well is for the machine's /etc/hosts to say.
  serves('ZVONOK_HOST=localhost serves IPv4', { env: { ZVONOK_HOST: 'localhost' }, answered: [true] }),
  ...['::1', '[::1]'].flatMap((host) => [
    refuses(`with IPv6 disabled ZVONOK_HOST=${host} is an error that names it`, { setup: kNoIpv6, host }),
    refuses(`without IPv6 in the kernel ZVONOK_HOST=${host} is an error that names it`, { shim: kWithoutIpv6, host }),
  ]),
  refuses('without IPv6 in the kernel ZVONOK_HOST=:: is an error that names it', { shim: kWithoutIpv6, host: '::' }),
  refuses('without IPv6 in the kernel an admin_listen of ::1 is an error that names it', {
    shim: kWithoutIpv6,
    host: '127.0.0.1',
    env: { ZVONOK_ADMIN_LISTEN: '[::1]:9464' },
    says: 'admin_listen: cannot listen on port 9464 of ::1',
  }),
  refuses('an address of another machine is an error that names it', { host: '203.0.113.9' }),
];

const descriptors = [
  {
    name: 'a limit of 2^30 descriptors costs neither time nor memory (D02)',
    needs: ['compiler'],
    alone: true,
    async run(t) {
      const plain = await t.start();
      const begun = Date.now();
      const huge = await t.start({ env: preload(t, kHugeLimit) });
      const took = Date.now() - begun;
      assert.ok(took < 2000, `it took ${took} ms to start`);
      const [few, many] = [residentKb(plain.pid), residentKb(huge.pid)];
      assert.ok(many < few + 4000, `${many} KB against ${few} KB`);
      assert.equal((await fetch(`${huge.url}/healthz`)).status, 200);
    },
  },
  ...[64, 200, 256].map((count) => ({
    name: `${count} descriptors are too few, and it says so with the number (D02)`,
    run: (t) =>
      t.refuses([], { env: { ...kEnv, PORT: '1' }, target: ['prlimit', `--nofile=${count}`, ...binary] }, [
        new RegExp(`\\b${count}\\b`),
        /LimitNOFILE/,
      ]),
  })),
  {
    name: 'a soft limit is raised to the hard one (D02)',
    async run(t) {
      const server = await t.start({ target: ['prlimit', '--nofile=300:1000', ...binary] });
      assert.match(readFileSync(`/proc/${server.pid}/limits`, 'latin1'), /^Max open files +1000 /m);
    },
  },
  {
    name: 'limits.connections above what the descriptors allow is an error that names both (D02)',
    run: (t) =>
      t.refuses(
        ['--limits.connections', '5000'],
        { env: { ...kEnv, PORT: '1' }, target: ['prlimit', '--nofile=1000', ...binary] },
        [/limits\.connections is 5000/, /\b1000\b/],
      ),
  },
];

export const listenCases = [...taken, ...apart, ...ports, ...families, ...descriptors];
