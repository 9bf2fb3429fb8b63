// The shape of every lab: a server on a small Internet, and two homes behind routers of their own. All addresses that
// are public here are of the ranges for documentation (RFC 5737, RFC 3849).
//
//   left ── left-router ──┐
//                         internet ── (server-router ──) server
//   right ─ right-router ─┘
import { Network } from './net.js';

export const PUBLIC_RANGES = '198.51.100.0/24,203.0.113.0/24,2001:db8::/32';
/** Where everybody finds the server; behind 1:1 NAT it is its router's. */
export const SERVER = { v4: '198.51.100.10', v6: '2001:db8:5::10', private: '10.77.0.10' };

const HOMES = {
  left: { v4: { lan: '192.168.10', wan: '203.0.113.2', gateway: '203.0.113.1', bits: 26 }, v6: { lan: '2001:db8:a1', wan: '2001:db8:a' } },
  right: { v4: { lan: '192.168.20', wan: '203.0.113.66', gateway: '203.0.113.65', bits: 26 }, v6: { lan: '2001:db8:b1', wan: '2001:db8:b' } },
};

const FORWARDING = 'echo 1 > /proc/sys/net/ipv4/ip_forward\necho 1 > /proc/sys/net/ipv6/conf/all/forwarding';

// A port is kept where it is free, whoever is sent to; or every way out has a port of its own that nobody can guess.
const MASQUERADE = { cone: 'masquerade', symmetric: 'masquerade fully-random' };

const LET_OUT = {
  everything: ['accept'],
  tcp: ['meta l4proto tcp accept'],
  https: ['tcp dport 443 accept'],
  // Chromium takes whichever relay answers first, and stops looking once that works. Here, where nothing takes time,
  // that is a toss-up between UDP and TCP; over real distances UDP is there a round trip earlier.
  allButTurnTcp: ['tcp dport 3478 drop', 'accept'],
};

/**
 * @param {{left?: object, right?: object, server?: {behindNat?: boolean}, resolver?: string}} shape A home is
 *   {nat: 'cone' | 'symmetric', out: a name in LET_OUT, family: 4 | 6}; one with IPv6 has no NAT, only a router that lets
 *   nothing in that was not asked for.
 */
export function build({ left = {}, right = {}, server = {}, resolver } = {}) {
  const network = new Network();
  try {
    network.add('internet', FORWARDING);
    addServer(network, server, resolver);
    addHome(network, 'left', left, resolver);
    addHome(network, 'right', right, resolver);
    return network;
  } catch (error) {
    network.end();
    throw error;
  }
}

function addServer(network, { behindNat = false }, resolver) {
  network.add('server', '', { resolver });
  if (!behindNat) {
    network.join(['server', 'eth0', `${SERVER.v4}/24`, `${SERVER.v6}/64`], ['internet', 'server', '198.51.100.1/24', '2001:db8:5::1/64']);
    network.in('server', 'ip route add default via 198.51.100.1\nip route add default via 2001:db8:5::1');
    return;
  }
  network.add('server-router', FORWARDING);
  network.join(['server-router', 'wan', `${SERVER.v4}/24`], ['internet', 'server', '198.51.100.1/24']);
  network.join(['server', 'eth0', `${SERVER.private}/24`], ['server-router', 'lan', '10.77.0.1/24']);
  network.in('server-router', `ip route add default via 198.51.100.1\n${nft(oneToOne)}`);
  network.in('server', 'ip route add default via 10.77.0.1');
}

function addHome(network, name, { nat = 'cone', out = 'everything', family = 4 }, resolver) {
  const router = `${name}-router`;
  network.add(router, FORWARDING);
  network.add(name, '', { resolver });
  if (family === 4) {
    const { lan, wan, gateway, bits } = HOMES[name].v4;
    network.join([router, 'wan', `${wan}/${bits}`], ['internet', name, `${gateway}/${bits}`]);
    network.join([name, 'eth0', `${lan}.2/24`], [router, 'lan', `${lan}.1/24`]);
    network.in(router, `ip route add default via ${gateway}`);
    network.in(name, `ip route add default via ${lan}.1`);
  } else {
    const { lan, wan } = HOMES[name].v6;
    network.join([router, 'wan', `${wan}::2/64`], ['internet', name, `${wan}::1/64`]);
    network.join([name, 'eth0', `${lan}::2/64`], [router, 'lan', `${lan}::1/64`]);
    network.in('internet', `ip route add ${lan}::/64 via ${wan}::2`);
    network.in(router, `ip route add default via ${wan}::1`);
    network.in(name, `ip route add default via ${lan}::1`);
  }
  network.in(router, nft(homeRouter({ out, masquerade: MASQUERADE[nat] })));
}

const nft = (rules) => `nft -f - <<'END'\n${rules}\nEND`;

// What nobody inside has asked for goes no further, not even to the router: a packet that it took for itself would
// occupy the very port that the next one from inside wants to keep.
const homeRouter = ({ out, masquerade }) => `
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    iif lo accept
    ct state established,related accept
    meta l4proto { icmp, ipv6-icmp } accept
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ${LET_OUT[out].map((rule) => `iifname "lan" ${rule}`).join('\n    ')}
  }
}
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "wan" ${masquerade}
  }
}`;

// As clouds do it. What the server sends to its own public address is turned round ("hairpin"): its destination is
// changed on the way in like everybody's, and its source on the way out, so that the answer comes the same way.
const oneToOne = `
table ip nat {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr ${SERVER.v4} dnat to ${SERVER.private}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr ${SERVER.private} snat to ${SERVER.v4}
  }
}`;
