// A resolver that knows one name, since browsers ask nobody else for the hosts of TURN URLs: no hosts file helps. Run as
// a program, it is the resolver itself: `node resolver.js NAME IPV4 IPV6`.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { fileURLToPath } from 'node:url';

import { v6Bytes } from '../lib/turn_client.js';

const TYPES = { a: 1, aaaa: 28 };
const HEADER = 12;

/** Starts it in a namespace; resolves with what ends it, once it answers. */
export async function startResolver(network, namespace, name, { v4, v6 }) {
  const [program, ...args] = network.inside(namespace, [process.execPath, fileURLToPath(import.meta.url), name, v4, v6]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), gone.then(() => { throw new Error('the resolver has ended'); })]);
  return async () => {
    child.kill('SIGKILL');
    await gone;
  };
}

// RFC 1035 section 4: the question comes back, with an address of the wanted kind behind it if there is one.
function answerTo(query, name, addresses) {
  const labels = [];
  let at = HEADER;
  for (; query[at] !== 0; at += query[at] + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
  const type = query.readUInt16BE(at + 1);
  const known = labels.join('.').toLowerCase() === name;
  const address = known ? addresses[type] : undefined;
  const head = Buffer.from(query.subarray(0, HEADER));
  head.writeUInt16BE(known ? 0x8580 : 0x8583, 2); // An authority's answer; 3 = there is no such name.
  head.writeUInt16BE(address ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const question = query.subarray(HEADER, at + 5);
  if (!address) return Buffer.concat([head, question]);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0); // The name of the question.
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(address.length, 10);
  return Buffer.concat([head, question, record, address]);
}

async function serve(name, v4, v6) {
  const addresses = { [TYPES.a]: Buffer.from(v4.split('.').map(Number)), [TYPES.aaaa]: v6Bytes(v6) };
  for (const host of [v4, v6]) {
    const socket = dgram.createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.on('message', (query, { address, port }) => socket.send(answerTo(query, name, addresses), port, address));
    socket.bind(53, host);
    await once(socket, 'listening');
  }
  console.log('ready');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(...process.argv.slice(2));
