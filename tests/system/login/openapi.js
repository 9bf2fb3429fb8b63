// Holds answers against the document that the server itself gives at /openapi.json: what it describes is what it does.
import { strict as assert } from 'node:assert';

import Ajv from 'ajv/dist/2020.js';

const documents = new WeakMap();

/// The validator of a server's own document; it is asked for once.
export function describedBy(server) {
  if (!documents.has(server)) documents.set(server, fetchDocument(server));
  return documents.get(server);
}

async function fetchDocument(server) {
  const response = await fetch(`${server.url}/openapi.json`);
  assert.equal(response.status, 200);
  return new Described(await response.json());
}

class Described {
  #ajv = new Ajv({ strict: false, allErrors: true });

  constructor(document) {
    this.document = document;
    this.#ajv.addSchema(document, 'openapi');
  }

  /// Fails if the document does not let that request be answered so. A path that it does not have is none of ours.
  check(method, path, { status, headers, body, text }) {
    const [bare] = path.split('?');
    const pattern = Object.keys(this.document.paths).find((name) => matches(name, bare));
    const operation = this.document.paths[pattern]?.[method.toLowerCase()];
    if (!operation || kOfAnyRequest.has(status)) return;
    const what = `${method} ${bare} → ${status}`;
    const response = operation.responses[status];
    assert.ok(response, `${what} is not described`);
    if (status >= 400) assert.ok(response.description.includes(`\`${body.code}\``), `${what} ${body.code} is not described`);
    if (!response.content) return assert.equal(text, '', `${what}: described without a body`);
    const [type] = headers['content-type'].split(';');
    assert.ok(response.content[type], `${what}: ${type} is not described`);
    const place = ['paths', pattern, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
    const validate = this.#ajv.getSchema(`openapi#/${place.map(pointer).join('/')}`);
    assert.ok(validate(body), `${what}: ${JSON.stringify(validate.errors)} in ${text.slice(0, 300)}`);
  }
}

/// Of a method that a path does not take, which is no operation of the document.
const kOfAnyRequest = new Set([405]);

const matches = (pattern, path) => new RegExp(`^${pattern.replace(/\{[^}]*\}/g, '[^/]+')}$`).test(path);
const pointer = (name) => encodeURIComponent(name.replace(/~/g, '~0').replace(/\//g, '~1'));
