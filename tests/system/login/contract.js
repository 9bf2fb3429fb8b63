// What the login API may answer: for each route the shape of its success and the codes of its errors. Every response of
// this suite is held against it (api.js), so that a member too many, such as somebody's phone number, fails whichever
// case comes across it.
import { strict as assert } from 'node:assert';

const kCodeBytesMax = 64;

const isText = (value) => typeof value === 'string';
const isTime = (value) => Number.isSafeInteger(value) && value > 1e12; // epoch milliseconds, not seconds
const isSeconds = (value) => Number.isSafeInteger(value) && value >= 1;
const isToken = (value) => isText(value) && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value);
const isAvatar = (value) => value === '' || (isText(value) && value.startsWith('https://'));
const isCode = (value) => isText(value) && /^[0-9]{6}$/.test(value);

const kOther = { id: isText, name: isText, avatar: isAvatar };
const kSelf = { ...kOther, 'phone?': isText, 'email?': isText };
const isUser = (shape) => (value) => fits(shape, value) === undefined;
/// Among the people who are found may be the one who asks.
const isUsers = (value) => Array.isArray(value) && value.length <= 20 && value.every(isUser(kSelf));

const kTokens = { token: isToken, expiresAt: isTime, refreshToken: isToken };

const kAddress = ['bad_phone', 'bad_email', 'no_delivery'];
const kInvite = ['invite_unknown', 'invite_used', 'invite_expired'];

/// Method and path → the status and shape of a success, and the errors beside those of any route.
const kRoutes = {
  'POST /api/auth/code': {
    success: [202, { retryAfterS: isSeconds, 'devCode?': isCode }],
    errors: { 400: ['not_json', ...kAddress] },
  },
  'POST /api/auth/verify': {
    success: [200, { ...kTokens, user: isUser(kSelf) }],
    errors: {
      400: ['not_json', 'bad_code', 'bad_name', 'bad_device', ...kAddress],
      401: ['invalid_code'],
      403: kInvite,
      429: ['too_many_tries'],
    },
  },
  'POST /api/auth/invite': {
    success: [200, { expiresAt: isTime }],
    errors: { 400: ['not_json'], 403: kInvite },
  },
  'POST /api/auth/refresh': {
    success: [200, kTokens],
    errors: { 400: ['not_json', 'bad_device'], 401: ['invalid_refresh_token'] },
  },
  'POST /api/auth/logout': { success: [204], bearer: true },
  'POST /api/dev/login': { success: [200, { token: isToken }], errors: { 400: ['not_json'], 403: ['forbidden'] } },
  'GET /api/me': { success: [200, kSelf], bearer: true, errors: { 429: ['rate_limited'] } },
  'PATCH /api/me': {
    success: [200, kSelf],
    bearer: true,
    errors: { 400: ['not_json', 'bad_name', 'bad_avatar'], 429: ['rate_limited'] },
  },
  'GET /api/users': { success: [200, { users: isUsers }], bearer: true, errors: { 429: ['rate_limited'] } },
  'GET /api/ice-servers': {
    success: [200, { iceServers: Array.isArray, ttl: isSeconds }],
    bearer: true,
    errors: { 429: ['rate_limited'] },
  },
  'GET /api/users/{id}': { success: [200, kSelf], bearer: true, errors: { 404: ['not_found'], 429: ['rate_limited'] } },
};

/// What a request with a body may be answered besides.
const kOfBodies = { 415: ['unsupported_media_type'] };
/// What any request may be answered, whatever its route.
const kGeneral = {
  400: ['bad_request'],
  404: ['not_found'],
  405: ['method_not_allowed'],
  413: ['body_too_large'],
  503: ['unavailable'],
};
const kOfBearers = { 401: ['unauthorized'], 429: ['too_many_bad_tokens'] };

const routeOf = (method, path) => {
  const [bare] = path.split('?');
  const pattern = bare.replace(/^\/api\/users\/[^/]+$/, '/api/users/{id}');
  return kRoutes[`${method} ${pattern}`];
};

/// Why a value does not have that shape; undefined: it has. A name that ends in ? may be missing.
function fits(shape, value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return `${JSON.stringify(value)} is no object`;
  const names = Object.keys(shape).map((name) => name.replace('?', ''));
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) return `it has a member ${unknown}`;
  for (const [name, isGood] of Object.entries(shape)) {
    const member = name.replace('?', '');
    if (member in value ? !isGood(value[member]) : member === name)
      return `its member ${member} is ${JSON.stringify(value[member])}`;
  }
  return undefined;
}

/// Problem details (RFC 9457): whoever writes a front end looks at `code` alone.
function checkProblem(what, allowed, { status, headers, body }) {
  assert.equal(headers['content-type'], 'application/problem+json', what);
  const isProblem = { type: isText, title: isText, status: (value) => value === status, code: isText, 'detail?': isText };
  assert.equal(fits(isProblem, body), undefined, what);
  assert.ok(body.title.length > 0 && body.code.length <= kCodeBytesMax, what);
  assert.ok(allowed.includes(body.code), `${what}: ${status} ${body.code} is none of ${allowed.join(', ')}`);
  if (status === 429 || status === 503) assert.match(headers['retry-after'] ?? '', /^[1-9][0-9]*$/, `${what}: Retry-After`);
  if (status === 401 && body.code === 'unauthorized') assert.equal(headers['www-authenticate'], 'Bearer', what);
  if (status === 405) assert.ok(headers.allow, what);
}

/// Fails if that is no answer of the contract to a request.
export function checkAnswer(method, path, answer) {
  const what = `${method} ${path.split('?')[0]} → ${answer.status} ${answer.text.slice(0, 300)}`;
  if (answer.text) assert.equal(answer.headers['x-content-type-options'], 'nosniff', what);
  if (answer.status >= 400) {
    const route = routeOf(method, path) ?? {};
    const tables = [kGeneral, method === 'GET' ? {} : kOfBodies, route.bearer ? kOfBearers : {}, route.errors ?? {}];
    return checkProblem(what, tables.flatMap((table) => table[answer.status] ?? []), answer);
  }
  const route = routeOf(method, path);
  if (!route) return undefined;
  const [status, shape] = route.success;
  assert.equal(answer.status, status, what);
  if (!shape) {
    assert.equal(answer.text, '', what);
    return undefined;
  }
  assert.match(answer.headers['content-type'] ?? '', /^application\/json(;|$)/, what);
  assert.equal(answer.headers['cache-control'], 'no-store', `${what}: what it says is nobody else's`);
  assert.equal(fits(shape, answer.body), undefined, what);
  return undefined;
}
