// Settings of the relay that cannot work: each is refused at the start, by name.
import { TEST_SECRET } from '../../lib/tokens.js';

const kManaged = { ZVONOK_TURN_MODE: 'managed', ZVONOK_TURN_HOST: '127.0.0.1' };
const kExternal = { ZVONOK_TURN_MODE: 'external', ZVONOK_TURN_URLS: 'turn:h', ZVONOK_TURN_SECRET: 's' };

export const settingsCases = [
  ['a mode that is none', { ZVONOK_TURN_MODE: 'on' }, /turn\.mode.*managed, external or off/],
  ['no host', { ZVONOK_TURN_MODE: 'managed' }, /public_url, or turn\.host/],
  ['a host with a port', { ...kManaged, ZVONOK_TURN_HOST: 'h:1' }, /turn\.host/],
  ['a host that is not ASCII', { ...kManaged, ZVONOK_TURN_HOST: 'звонок.example' }, /turn\.host.*xn--/],
  ['a host with a scheme', { ...kManaged, ZVONOK_TURN_HOST: 'turn:h' }, /turn\.host/],
  ['relay ports backwards', { ...kManaged, ZVONOK_TURN_RELAY_PORTS: '49160-49100' }, /turn\.relay_ports/],
  ['relay ports of nothing', { ...kManaged, ZVONOK_TURN_RELAY_PORTS: '0-0' }, /turn\.relay_ports/],
  ['relay ports that are no range', { ...kManaged, ZVONOK_TURN_RELAY_PORTS: '49160' }, /turn\.relay_ports/],
  ['relay ports over turn.port', { ...kManaged, ZVONOK_TURN_RELAY_PORTS: '3000-4000' }, /turn\.relay_ports 3000-4000 hold turn\.port/],
  ['relay ports over our own port', { ...kManaged, ZVONOK_TURN_RELAY_PORTS: '40000-50000', PORT: '45000' }, /hold port 45000/],
  ['turn.port that is our own', { ...kManaged, ZVONOK_TURN_PORT: '3001', PORT: '3001' }, /turn\.port and port are both 3001/],
  ['turn.port that is the port of metrics', { ...kManaged, ZVONOK_TURN_PORT: '9464' }, /turn\.port and the port of admin_listen are both 9464/],
  ['two external addresses of a family', { ...kManaged, ZVONOK_TURN_EXTERNAL_IP: '192.0.2.1,192.0.2.2' }, /more than one address of IPv4/],
  ['a machine without coturn', { ...kManaged, PATH: '/nowhere' }, /coturn is not installed \(apt install coturn\)/],
  ['an external address that is none', { ...kManaged, ZVONOK_TURN_EXTERNAL_IP: 'here' }, /turn\.external_ip/],
  ['auto beside an address', { ...kManaged, ZVONOK_TURN_EXTERNAL_IP: 'auto,192.0.2.1' }, /turn\.external_ip is auto or/],
  ['an external relay without URLs', { ...kExternal, ZVONOK_TURN_URLS: '' }, /turn\.urls/],
  ['an external relay without a secret', { ...kExternal, ZVONOK_TURN_SECRET: '' }, /turn\.secret/],
  ['five URLs', { ...kExternal, ZVONOK_TURN_URLS: 'turn:a,turn:b,turn:c,turn:d,turn:e' }, /one to four turn\.urls/],
  ...['turn:turn:host', 'stun:h?transport=udp', 'http://h', 'turn:2001:db8::1:3478', 'turn:h?transport=quic', 'h:3478'].map((url) => [
    `the URL ${url}`, { ...kExternal, ZVONOK_TURN_URLS: url }, /turn\.urls/,
  ]),
  ...[['quotes', '"quoted"'], ['a blank before it', ' lead'], ['a blank behind it', 'trail '], ['2,000 characters', 'x'.repeat(2_000)]].map(([what, secret]) => [
    `a secret with ${what}, of which coturn would read another (T01)`, { ...kExternal, ZVONOK_TURN_SECRET: secret }, /turn\.secret/,
  ]),
].map(([name, env, says]) => ({
  name: `check-config refuses ${name}`,
  async run(t) {
    await t.refuses(['check-config'], { env: { JWT_SECRET: TEST_SECRET, ...env } }, says);
  },
}));
