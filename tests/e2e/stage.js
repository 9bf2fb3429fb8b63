// The browser, and what one case has: its server, and its people, each a browser context with a fake camera and microphone.
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { mustEndWell } from '../lib/server.js';
import { TEST_SECRET, mint } from '../lib/tokens.js';
import { Person, WAIT_MAX_MS } from './person.js';
import { record } from './recorder.js';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

// A name that leads here but is not localhost, so that the browser takes the page for an insecure one.
export const INSECURE_HOST = 'zvonok.test';

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--ignore-certificate-errors',
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
];

// A small, still page: without a GPU each animated pixel costs the cores that the calls need.
const LOOK = { viewport: { width: 640, height: 480 }, reducedMotion: 'reduce' };

export class Stage {
  constructor(browser) {
    this.browser = browser;
    this.url = null; // Of the server that the present case talks to.
    this.server = null; // That server, unless it was there before us.
    this.people = [];
    this.endings = [];
  }

  /** The present case talks to this server, which must be well in the end. */
  useServer(server) {
    this.server = server;
    this.url = server.url;
    this.atEnd(() => mustEndWell(server));
  }

  token(userId, claims = {}) {
    return mint({ userId, ...claims }, { key: process.env.JWT_SECRET ?? TEST_SECRET });
  }

  /**
   * Opens the page for a new person, who has a token of somebody else's backend. `loggedIn: false` stops at the login;
   * `prepare(page, context)` runs before the page loads; `browser` for one with other settings; `look`: options of the
   * browser's context; `path`: of the page.
   */
  async person(name, { loggedIn = true, prepare, url = this.url, browser = this.browser, locale = 'en-GB', look = LOOK, path = '/' } = {}) {
    const context = await browser.newContext({ locale, ignoreHTTPSErrors: true, ...look });
    context.setDefaultTimeout(WAIT_MAX_MS);
    await context.addInitScript(record);
    const page = await context.newPage();
    const person = new Person({ name, page });
    this.people.push(person);
    if (loggedIn) await context.addInitScript(seedToken, this.token(name));
    await prepare?.(page, context);
    await page.goto(url + path);
    if (loggedIn) await person.online();
    return person;
  }

  /** Somebody who has an account here: logged in by a code. */
  async member(name, options = {}) {
    const person = await this.person(name, { loggedIn: false, ...options });
    await person.logIn();
    return person;
  }

  /** One more tab in the browser of somebody who is logged in. */
  async tab(person) {
    const page = await person.page.context().newPage();
    const tab = new Person({ name: `${person.name}, second tab`, page });
    this.people.push(tab);
    await page.goto(person.page.url());
    await tab.online();
    return tab;
  }

  /** Several people at once, all logged in. */
  group(...names) {
    return Promise.all(names.map((name) => this.person(name)));
  }

  /** Something that must be closed when the case ends, however it ends. */
  atEnd(close) {
    this.endings.push(close);
  }

  /** A browser of its own, with the options of launch(). */
  async otherBrowser(options) {
    const browser = await launch(options);
    this.atEnd(() => browser.close());
    return browser;
  }

  checkNoComplaints() {
    const complaints = this.people.flatMap(({ name, complaints: own }) => own.map((text) => `${name}: ${text}`));
    if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`);
  }

  /** What each page shows, for the log of a failure. */
  async describe() {
    for (const person of this.people) console.log(`      ${await person.describe().catch((error) => error.message)}`);
  }

  async clear() {
    for (const { page } of this.people.splice(0)) await page.context().close().catch(() => {});
    for (const close of this.endings.splice(0).reverse()) await close();
  }
}

/** `without`: the switches of ours that are left out; `ignoreDefaultArgs`: those of the automation. */
export function launch({ executablePath = CHROMIUM, flags = [], without = [], ignoreDefaultArgs = [] } = {}) {
  if (!existsSync(CHROMIUM)) throw new Error(`no browser at ${CHROMIUM} (apt-get install chromium, or set CHROMIUM)`);
  const own = FLAGS.filter((flag) => !without.includes(flag));
  return chromium.launch({ executablePath, args: [...own, ...flags], ignoreDefaultArgs });
}

// Once per tab: after a logout in the page, a reload must not log in again.
function seedToken(token) {
  if (sessionStorage.getItem('test.seeded')) return;
  sessionStorage.setItem('test.seeded', 'yes');
  sessionStorage.setItem('zvonok.token', token);
}
