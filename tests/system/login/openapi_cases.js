// The document at /openapi.json: a public linter accepts it, it has every route, and docs/api.md names them all.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createConfig, lintFromString } from '@redocly/openapi-core';

import { api } from './api.js';

const kApiPage = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'docs', 'api.md');

const kDev = { args: ['--dev'], env: { JWT_SECRET: null } };
const documentOf = async (server) => (await fetch(`${server.url}/openapi.json`)).text();

export const openapiCases = [
  {
    name: 'a public linter finds no error in the document',
    async run(t) {
      const source = await documentOf(await t.start(kDev));
      const config = await createConfig({ extends: ['recommended'] });
      const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
      assert.deepEqual(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), []);
      // It looked: a document with a fault is told so.
      const broken = source.replace('"operationId": "getMe"', '"operationId": "findUsers"');
      const found = await lintFromString({ source: broken, absoluteRef: 'openapi.json', config });
      assert.ok(found.some(({ severity }) => severity === 'error'));
    },
  },
  {
    name: 'the document has the routes that are there, and no others',
    async run(t) {
      const paths = async (options) => Object.keys(JSON.parse(await documentOf(await t.start(options))).paths).sort();
      const always = ['/api/ice-servers', '/api/me', '/api/users', '/api/users/{id}', '/healthz', '/openapi.json', '/readyz', '/ws'];
      const login = ['code', 'invite', 'logout', 'refresh', 'verify'].map((name) => `/api/auth/${name}`);
      assert.deepEqual(await paths({}), always);
      assert.deepEqual(await paths(kDev), [...always, ...login, '/api/dev/login'].sort());
    },
  },
  {
    name: 'what the routes beside logging in answer is what the document says',
    async run(t) {
      const relay = { ZVONOK_TURN_MODE: 'external', ZVONOK_TURN_URLS: 'turn:turn.example.com:3478?transport=udp', ZVONOK_TURN_SECRET: 's'.repeat(32) };
      const server = await t.start({ ...kDev, env: { ...kDev.env, ...relay } });
      const { get, post } = api(server); // which holds every answer against it
      const origin = { Origin: server.url.replace('127.0.0.1', 'localhost'), Host: `localhost:${server.port}` };
      const { status, body } = await post('/api/dev/login', { name: 'anna' }, { headers: origin });
      assert.equal(status, 200);
      const { token } = body;
      const servers = await get('/api/ice-servers', { token });
      assert.equal(servers.status, 200);
      assert.ok(servers.body.iceServers.length > 0);
      for (const path of ['/healthz', '/readyz', '/openapi.json']) assert.equal((await get(path)).status, 200, path);
      assert.equal((await get('/api/ice-servers')).status, 401);
      assert.equal((await post('/api/dev/login', { name: 'anna' }, { headers: { Host: 'evil.example' } })).status, 403);
    },
  },
  {
    name: 'docs/api.md names every route and every code of the API',
    async run(t) {
      const document = JSON.parse(await documentOf(await t.start(kDev)));
      const page = readFileSync(kApiPage, 'utf8');
      const routes = Object.keys(document.paths).filter((path) => path.startsWith('/api/') && !path.startsWith('/api/dev/'));
      assert.ok(routes.length >= 9);
      for (const path of routes) assert.ok(page.includes(path), `${path} is not in docs/api.md`);
      const answers = Object.values(document.paths).flatMap((methods) => Object.values(methods).flatMap(({ responses }) => Object.values(responses)));
      const codes = new Set(answers.flatMap(({ description }) => [...description.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code)));
      for (const code of codes) if (!kElsewhere.has(code)) assert.ok(page.includes(`\`${code}\``), `${code} is not in docs/api.md`);
    },
  },
];

/// What has nothing to do with the API: the WebSocket's, the probes', and the login of --dev.
const kElsewhere = new Set([
  ...['upgrade_required', 'missing_key', 'bad_key', 'upgrade_with_body', 'unsupported_websocket_version', 'token_without_protocol'],
  ...['forbidden_origin', 'forbidden'],
]);
