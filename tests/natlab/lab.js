// One lab: a topology, our server in it, and people at browsers in the homes, each browser a process in its namespace.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { CHROMIUM, Stage, launch } from '../e2e/stage.js';
import { Person } from '../e2e/person.js';
import { record } from '../e2e/recorder.js';
import { defaultTarget, mustEndWell, startServer } from '../lib/server.js';
import { TEST_SECRET } from '../lib/tokens.js';
import { Firefox } from './firefox.js';
import { startResolver } from './resolver.js';
import { watchTimes } from './stopwatch.js';
import { PUBLIC_RANGES, SERVER, build } from './topology.js';

const HTTP_PORT = 3001;
const MANAGED = { ZVONOK_TURN_MODE: 'managed', ZVONOK_TURN_HOST: SERVER.v4, ZVONOK_TURN_ALLOWED_PEERS: PUBLIC_RANGES };

export class Lab extends Stage {
  /**
   * @param {{left?: object, right?: object, behindNat?: boolean, tls?: boolean, name?: string, env?: object}} shape `name`
   *   is a host name for the server that has both kinds of address; `tls` puts all on one port of HTTPS.
   */
  static async open({ left, right, behindNat, tls = false, name, env = {} } = {}) {
    const resolver = name && `nameserver ${SERVER.v4}\nnameserver ${SERVER.v6}\n`;
    const lab = new Lab(build({ left, right, server: { behindNat }, resolver }), tls);
    try {
      if (name) lab.atEnd(await startResolver(lab.network, 'server', name, SERVER));
      await lab.serve(env);
      return lab;
    } catch (error) {
      await lab.clear();
      throw error;
    }
  }

  constructor(network, tls) {
    super(null);
    this.network = network;
    this.tls = tls;
    this.atEnd(() => network.end());
  }

  async serve(env) {
    const settings = { PORT: this.tls ? 443 : HTTP_PORT, ZVONOK_HOST: null, ZVONOK_WEB_DEMO: 'true', ...MANAGED, ...env };
    if (this.tls) Object.assign(settings, certificate(this.network.folder));
    this.server = await startServer({ env: settings, target: this.network.inside('server', defaultTarget()) });
    this.atEnd(() => mustEndWell(this.server));
  }

  /** Where people with that kind of address find the page. */
  origin(family = 4) {
    const host = family === 4 ? SERVER.v4 : `[${SERVER.v6}]`;
    return this.tls ? `https://${host}` : `http://${host}:${HTTP_PORT}`;
  }

  /** As a backend would get it, with the secret that the server has. */
  token(userId) {
    const [program, ...args] = defaultTarget();
    const options = { cwd: this.network.folder, env: { PATH: process.env.PATH, JWT_SECRET: TEST_SECRET }, encoding: 'utf8' };
    return execFileSync(program, [...args, 'token', '--user', userId], options).trim();
  }

  /** Alice on the left and Bob on the right; `families`: the kind of address that each has. */
  pair({ prepare, families: [left, right] = [4, 4] } = {}) {
    return Promise.all([
      this.chromium('alice', 'left', { prepare, family: left }),
      this.chromium('bob', 'right', { prepare, family: right }),
    ]);
  }

  /** Somebody at home with Chromium, logged in at the page. */
  async chromium(name, home, { prepare, family } = {}) {
    const url = this.origin(family);
    const flags = this.tls ? [] : [`--unsafely-treat-insecure-origin-as-secure=${url}`];
    const browser = await launch({ executablePath: this.network.wrapper(home, CHROMIUM), flags });
    this.atEnd(() => browser.close());
    const prepareAll = async (page, context) => {
      await context.addInitScript(watchTimes);
      await prepare?.(page, context);
    };
    return this.person(name, { url, browser, prepare: prepareAll });
  }

  /** Somebody at home with Firefox. */
  async firefox(name, home) {
    const browser = await Firefox.launch(this.network, home, { secureHost: SERVER.v4 });
    this.atEnd(() => browser.close());
    const page = await browser.page(record, watchTimes);
    const person = new Person({ name, page });
    this.people.push(person);
    await page.goto(`${this.origin()}/`);
    await page.waitForSelector('#token-form');
    await person.useToken(this.token(name));
    await person.online();
    return person;
  }

  /** With the log of the server, where a fault of the relay shows. */
  async describe() {
    await super.describe();
    console.log(this.server?.log().replace(/^/gm, '      '));
  }
}

// For an address, as people would have to who have no name; nobody trusts it, so the browsers are told to ignore that.
function certificate(folder) {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=zvonok', '-addext', `subjectAltName=IP:${SERVER.v4}`];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  return { ZVONOK_TLS_CERT: cert, ZVONOK_TLS_KEY: key };
}
