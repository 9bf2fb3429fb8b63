// A reference server: the decided rules of docs/compatibility.md in the plainest Node, on top of `ws` and
// `jsonwebtoken`. It exists to test the suite, not to serve: the suite must pass it, and must find every fault that
// faults/list.js plants in it. Its text is edited by those faults, so a line here may be quoted there.
import { createServer } from 'node:http';
import jwt from 'jsonwebtoken';
import { WebSocketServer } from 'ws';

const setting = (name, usual) => Number(process.env[`ZVONOK_${name}`] ?? usual);
const PORT = setting('PORT', process.env.PORT ?? 3001);
const SECRET = process.env.JWT_SECRET;
const RING_MS = setting('CALL_RING_S', 45) * 1000;
const PING_MS = setting('WS_PING_S', 20) * 1000;
const DEAD_MS = setting('WS_DEAD_S', 45) * 1000;
const LEEWAY_S = setting('JWT_LEEWAY_S', 0);
const PAIR_BURST = setting('LIMITS_PAIR_BURST', 6);
const OFFERS_BURST = setting('LIMITS_OFFERS_BURST', 10);
const DEVICES_MAX = setting('LIMITS_DEVICES_PER_USER', 16);
const MESSAGE_BYTES_MAX = setting('LIMITS_MESSAGE_BYTES', 262144);
const CANDIDATES_MAX = 64;
const DEPTH_MAX = 128;
const KEYS_MAX = 256;
const REPEAT_MS = 1000;
const CLOSE_MAX_MS = 3000;
const EVENTS = ['call:offer', 'call:answer', 'call:ice', 'call:hangup'];
if (!SECRET) throw new Error('JWT_SECRET is missing');

const users = new Map(); // id -> Set of devices {socket, id, claim, call, expiresAt}
const spent = new Map(); // bucket -> tokens used; the reference never refills
const lastEnded = new Map(); // caller and callee -> {payload, at}: the last ring that the caller did not end itself

// ---------------------------------------------------------------------------------------------- messages

/** The members of a JSON object as [{key, value}], values as the text they came in; undefined if it is refused. */
function members(text) {
  let depth = 0, key, from = 0;
  const found = [];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (/^-?\d/.test(token) && !fitsNumber(token)) return undefined;
    if (token[0] === '"' && !JSON.parse(token).isWellFormed()) return undefined;
    if ('{['.includes(token) && ++depth > DEPTH_MAX) return undefined;
    if (depth === 1 && token[0] === '"' && key === undefined) key = JSON.parse(token);
    else if (depth === 1 && token === ':') from = index + 1;
    if (depth === 1 && ',}'.includes(token) && key !== undefined) {
      found.push({ key, value: text.slice(from, index).trim() });
      key = undefined;
    }
    if ('}]'.includes(token)) --depth;
  }
  return found;
}

function fitsNumber(token) {
  if (!/^-?\d+$/.test(token)) return Number.isFinite(Number(token));
  return BigInt(token) >= -(2n ** 63n) && BigInt(token) < 2n ** 64n;
}

const twice = (list, name) => list.filter(({ key }) => key === name).length > 1;
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** {event, payload (text or undefined), fields (of an offer's payload)}, or undefined for what is ignored. */
function parse(data) {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(data);
  const message = JSON.parse(text);
  const outer = isObject(message) && members(text);
  if (!outer || !EVENTS.includes(message.event) || twice(outer, 'event') || twice(outer, 'payload')) return undefined;
  const payload = outer.find(({ key }) => key === 'payload')?.value;
  if (message.event !== 'call:offer') return { event: message.event, payload };
  if (!isObject(message.payload)) return undefined;
  const fields = members(payload);
  if (fields.length > KEYS_MAX || ['userId', 'targetUserId', 'fromUserId'].some((key) => twice(fields, key))) return undefined;
  return { event: message.event, payload, fields, target: message.payload.userId || message.payload.targetUserId };
}

const frame = (event, payload) => `{"event":"${event}"${payload === undefined ? '' : `,"payload":${payload}`}}`;

function offerFrame(device, fields) {
  const kept = fields.filter(({ key }) => key !== 'fromUserId');
  kept.push({ key: 'fromUserId', value: JSON.stringify(device.claim) });
  return frame('call:offer', `{${kept.map(({ key, value }) => `${JSON.stringify(key)}:${value}`).join(',')}}`);
}

const HANGUP = frame('call:hangup');
const say = (device, text) => device.socket.send(text);

// ---------------------------------------------------------------------------------------------- calls

const devicesOf = (id) => [...(users.get(id) ?? [])];
const callOf = (id) => devicesOf(id).map((device) => device.call).find(Boolean);
const ringFor = (id) => devicesOf(id).map((device) => device.ring).find(Boolean);
const peerOf = (call, device) => (device === call.caller ? call.callee : call.caller);

function spend(bucket, burst) {
  const used = spent.get(bucket) ?? 0;
  if (used >= burst) return false;
  spent.set(bucket, used + 1);
  return true;
}

/** Ends the call; everybody in it but `by` gets call:hangup. */
function end(call, by) {
  clearTimeout(call.timer);
  const { caller, callee, rung } = call;
  for (const device of [caller, callee, ...rung.keys()]) if (device && device !== by) say(device, HANGUP);
  for (const device of rung.keys()) device.ring = undefined;
  for (const device of [caller, callee]) if (device) device.call = undefined;
  if (by !== caller && !callee) lastEnded.set(`${caller.id} ${call.target}`, { payload: call.payload, at: Date.now() });
  for (const device of [caller, callee, ...rung.keys()]) if (device) closeExpired(device);
}

function onOffer(device, { target, payload, fields }) {
  if (!target) return;
  const id = typeof target === 'string' || Number.isInteger(target) ? String(target) : undefined;
  const { call, ring } = device;
  if (call?.callee && peerOf(call, device).id === id) {
    call.owed = peerOf(call, device);
    return say(peerOf(call, device), offerFrame(device, fields));
  }
  if (call && !call.callee && call.target === id) return repeat(call, payload, fields);
  const refuse = () => call || say(device, HANGUP);
  if (id === device.id || (!call && callOf(device.id)) || device.expiresAt <= Date.now()) return refuse();
  if (ring && ring.caller.id === id) {
    say(device, HANGUP);
    ring.rung.set(device, { kept: [], mute: true });
    return [ring.offer, ...ring.kept].forEach((text) => say(device, text));
  }
  const last = lastEnded.get(`${device.id} ${id}`);
  if (last?.payload === payload && Date.now() - last.at < REPEAT_MS) return refuse();
  if (!spend(`${device.id} ${id}`, PAIR_BURST) || !spend(device.id, OFFERS_BURST)) return refuse();
  if (devicesOf(id).length === 0 || callOf(id) || ringFor(id)) return refuse();
  if (call) end(call, device);
  if (ring) leaveRing(device);
  const made = { caller: device, target: id, payload, offer: offerFrame(device, fields), kept: [], rung: new Map() };
  device.call = made;
  made.timer = setTimeout(() => end(made), RING_MS);
  for (const other of devicesOf(id)) joinRing(made, other);
}

function repeat(call, payload, fields) {
  if (!spend(`${call.caller.id} ${call.target}`, PAIR_BURST)) return;
  call.offer = offerFrame(call.caller, fields);
  call.payload = payload;
  for (const device of call.rung.keys()) say(device, call.offer);
}

function joinRing(call, device) {
  device.ring = call;
  call.rung.set(device, { kept: [], mute: false });
  for (const text of [call.offer, ...call.kept]) say(device, text);
}

function leaveRing(device) {
  const call = device.ring;
  device.ring = undefined;
  call.rung.delete(device);
  if (call.rung.size === 0) end(call);
}

function onAnswer(device, { payload }) {
  const { call, ring } = device;
  const text = frame('call:answer', payload);
  if (call?.callee) {
    if (call.owed !== device) return;
    call.owed = undefined;
    return say(peerOf(call, device), text);
  }
  if (!ring) return;
  const other = callOf(device.id);
  if (other) end(other);
  const { kept } = ring.rung.get(device);
  clearTimeout(ring.timer);
  Object.assign(ring, { callee: device });
  for (const loser of ring.rung.keys()) {
    loser.ring = undefined;
    if (loser !== device) say(loser, HANGUP);
  }
  ring.rung.clear();
  device.call = ring;
  for (const line of [text, ...kept]) say(ring.caller, line);
}

const keep = (list, text) => list.push(text) > CANDIDATES_MAX && list.shift();

function onIce(device, { payload }) {
  const { call, ring } = device;
  const text = frame('call:ice', payload);
  if (call?.callee) return say(peerOf(call, device), text);
  if (call) {
    keep(call.kept, text);
    for (const rung of call.rung.keys()) say(rung, text);
  } else if (ring) {
    const { kept, mute } = ring.rung.get(device);
    if (mute) return;
    if (ring.rung.size > 1 || kept.length > 0) keep(kept, text);
    else say(ring.caller, text);
  }
}

function onHangup(device) {
  if (device.call) end(device.call, device);
  else if (device.ring) end(device.ring, device);
}

const HANDLERS = { 'call:offer': onOffer, 'call:answer': onAnswer, 'call:ice': onIce, 'call:hangup': onHangup };

// ---------------------------------------------------------------------------------------------- connections

/** The payload of a good token, or undefined. */
function claimsOf(token) {
  try {
    const [head, body] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    const header = JSON.parse(head);
    if (token.length > 8192 || 'crit' in header || 'b64' in header) return undefined;
    const now = { clockTimestamp: Date.now() / 1000, clockTolerance: LEEWAY_S };
    const claims = jwt.verify(token, SECRET, { algorithms: ['HS256', 'HS384', 'HS512'], ...now });
    const id = claims.userId;
    const bytes = Buffer.byteLength(typeof id === 'string' ? id : '');
    if (typeof id === 'string') return bytes > 0 && bytes <= 512 && !id.includes('\0') ? claims : undefined;
    // The claim's text decides: 42.0 and 4.2e1 are refused although JavaScript cannot tell them from 42.
    const plain = /"userId"\s*:\s*-?\d+\s*[,}]/.test(body);
    return Number.isSafeInteger(id) && id !== 0 && plain ? claims : undefined;
  } catch {
    return undefined;
  }
}

function tokenOf(request, query) {
  const given = query.get('token') || /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return given ?? '';
}

function connected(socket, claims) {
  const device = { socket, id: String(claims.userId), claim: claims.userId, heard: Date.now(), said: Date.now() };
  device.expiresAt = claims.exp === undefined ? Infinity : (claims.exp + LEEWAY_S) * 1000;
  const siblings = devicesOf(device.id);
  if (siblings.length >= DEVICES_MAX) {
    const idle = siblings.filter(({ call, ring }) => !call && !ring).sort((a, b) => a.said - b.said);
    if (idle.length === 0) return socket.close(4029, 'too many');
    idle[0].socket.close(4029, 'too many');
    users.get(device.id).delete(idle[0]);
  }
  if (!users.has(device.id)) users.set(device.id, new Set());
  users.get(device.id).add(device);
  watch(device);
  const ring = ringFor(device.id);
  if (ring) joinRing(ring, device);
  socket.on('message', (data) => {
    device.said = Date.now();
    try {
      const message = parse(data);
      if (message) HANDLERS[message.event](device, message);
    } catch {
      // Not JSON: ignored, as all that is malformed.
    }
  });
  socket.on('close', () => left(device));
}

function left(device) {
  clearInterval(device.pinger);
  clearTimeout(device.expiry);
  users.get(device.id)?.delete(device);
  if (device.call) end(device.call, device);
  if (device.ring) leaveRing(device);
}

/** Pings the silent, drops the dead, and closes the idle whose token has expired. */
function watch(device) {
  const { socket } = device;
  for (const sign of ['message', 'ping', 'pong']) socket.on(sign, () => (device.heard = Date.now()));
  device.pinger = setInterval(() => {
    if (Date.now() - device.heard > DEAD_MS) socket.terminate();
    else socket.ping();
  }, PING_MS);
  const rest = device.expiresAt - Date.now();
  if (rest < 2 ** 31) device.expiry = setTimeout(() => device.call || device.ring || expire(device), rest);
}

const expire = (device) => device.socket.close(4001, 'token expired');

function closeExpired(device) {
  if (device.expiresAt > Date.now()) return;
  device.expiry = setTimeout(() => device.call || device.ring || expire(device), 5000);
}

// ---------------------------------------------------------------------------------------------- HTTP

const reply = (status, body) => ({ status, text: JSON.stringify(body) });

function route({ method, url }) {
  const path = url.replace(/^http:\/\/[^/]+/, '').split('?')[0];
  if (path === '/healthz' || path === '/readyz') return reply(200, { status: 'ok' });
  if (path === '/ws') return reply(426, { error: 'upgrade_required' });
  return method === 'GET' ? reply(404, { error: 'not_found' }) : reply(405, { error: 'method_not_allowed' });
}

const http = createServer((request, response) => {
  const { status, text } = route(request);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length });
  response.end(request.method === 'HEAD' ? undefined : text);
});

const known = (protocols) => [...protocols].find((name) => !name.startsWith('zvonok.')) ?? false;
const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, handleProtocols: known });

http.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url, 'http://host');
  if (url.pathname !== '/ws' || !/^(http:\/\/[^/]+)?\/ws(\?|$)/.test(request.url)) {
    return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  }
  const claims = claimsOf(tokenOf(request, url.searchParams));
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on('error', () => {}); // ws closes by itself, with the code of the fault.
    if (claims) return connected(ws, claims);
    ws.close(4001, 'Unauthorized');
    setTimeout(() => ws.terminate(), CLOSE_MAX_MS);
  });
});

process.on('SIGTERM', () => {
  for (const device of [...users.values()].flatMap((set) => [...set])) {
    if (device.call) end(device.call);
    device.socket.close(1012, 'restarting');
  }
  http.close();
  setTimeout(() => process.exit(0), 300);
});

http.listen(PORT, '127.0.0.1', () => console.log(`Backend running on port ${PORT} (HTTP + WebSocket /ws)`));
