// The peer to compare with: a Node.js server that does what the original backend does (docs/compatibility.md) with the
// original's libraries, ws and jsonwebtoken, as they are installed: no native add-ons, no compression, nothing tuned.
// It reads PORT and JWT_SECRET and prints the original's line once it listens.
import { createServer } from 'node:http';

import jwt from 'jsonwebtoken';
import { WebSocketServer } from 'ws';

const PORT = Number(process.env.PORT ?? 3001);
const SECRET = process.env.JWT_SECRET;

const users = new Map(); // userId -> {ws, peer: userId or null}

const http = createServer((request, response) => {
  response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"error":"not_found"}');
});
const wss = new WebSocketServer({ server: http, path: '/ws' });

wss.on('connection', (ws, request) => {
  const userId = userOf(request);
  if (!userId) return ws.close(4001, 'Unauthorized');
  users.set(userId, { ws, peer: null });
  ws.on('message', (data) => onMessage(userId, data));
  ws.on('close', () => {
    hangUp(userId);
    users.delete(userId);
  });
  ws.on('error', () => {}); // a reset is followed by `close`
});

function userOf(request) {
  try {
    const token = new URL(request.url, 'http://localhost').searchParams.get('token');
    return jwt.verify(token, SECRET).userId;
  } catch {
    return null;
  }
}

function onMessage(userId, data) {
  let message;
  try {
    message = JSON.parse(data.toString());
  } catch {
    return;
  }
  const { event, payload } = message;
  switch (event) {
    case 'call:offer':
      return offer(userId, payload);
    case 'call:answer':
    case 'call:ice':
      return send(users.get(userId)?.peer, { event, payload });
    case 'call:hangup':
      return hangUp(userId);
  }
}

function offer(userId, payload) {
  const target = payload.userId || payload.targetUserId;
  const callee = users.get(target);
  if (!callee) return;
  users.get(userId).peer = target;
  callee.peer = userId;
  send(target, { event: 'call:offer', payload: { ...payload, fromUserId: userId } });
}

function hangUp(userId) {
  const user = users.get(userId);
  if (!user?.peer) return;
  send(user.peer, { event: 'call:hangup' });
  const peer = users.get(user.peer);
  if (peer) peer.peer = null;
  user.peer = null;
}

function send(userId, message) {
  const ws = users.get(userId)?.ws;
  if (ws?.readyState === ws?.OPEN) ws?.send(JSON.stringify(message));
}

http.listen(PORT, '127.0.0.1', () => {
  console.log(`Backend running on port ${http.address().port} (HTTP + WebSocket /ws)`);
});
process.on('SIGTERM', () => process.exit(0));
