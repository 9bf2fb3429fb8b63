// Firefox in a namespace, through puppeteer, with pages that take the calls of Playwright's that Person makes.
// Surprising: Firefox is steered over a WebSocket on its loopback, which is the namespace's and out of our reach; so a
// second process in there carries the messages (bidi_pipe.js).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import puppeteer from 'puppeteer-core';

import { WAIT_MAX_MS } from '../e2e/person.js';
import { within } from '../lib/within.js';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const PIPE = fileURLToPath(new URL('bidi_pipe.js', import.meta.url));

const PREFERENCES = {
  'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true, 'media.autoplay.default': 0,
  'intl.locale.requested': 'en-GB', 'intl.accept_languages': 'en-GB',
  // Nothing but the call: there is no Internet here.
  'app.update.enabled': false, 'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false, 'toolkit.telemetry.enabled': false,
};

export class Firefox {
  /** `secureHost`: the address whose plain pages may use the devices. */
  static async launch(network, namespace, { secureHost }) {
    if (!existsSync(FIREFOX)) throw new Error(`no browser at ${FIREFOX} (apt-get install firefox-esr, or set FIREFOX)`);
    const home = mkdtempSync(join(network.folder, 'firefox-'));
    const preferences = { ...PREFERENCES, 'dom.securecontext.allowlist': secureHost };
    const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
    writeFileSync(join(home, 'user.js'), lines.join('\n'));

    const inside = (command, options) => {
      const [program, ...args] = network.inside(namespace, command);
      return spawn(program, args, options);
    };
    const flags = ['--headless', '--no-remote', '--profile', home, '--remote-debugging-port', '9222'];
    const env = { ...process.env, HOME: home, LANG: 'en_GB.UTF-8' };
    const child = inside([FIREFOX, ...flags], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const firefox = new Firefox(child);
    try {
      const address = await within(WAIT_MAX_MS, firefox.#listening());
      const pipe = inside([process.execPath, PIPE, `${address}/session`], { stdio: ['pipe', 'pipe', 'inherit'] });
      firefox.browser = await within(WAIT_MAX_MS, puppeteer.connect({ transport: transportOver(pipe), protocol: 'webDriverBiDi' }));
      return firefox;
    } catch (error) {
      await firefox.close();
      throw error;
    }
  }

  constructor(child) {
    this.child = child;
    this.gone = once(child, 'close');
  }

  async #listening() {
    let said = '';
    for await (const chunk of this.child.stderr.setEncoding('utf8')) {
      const address = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec((said += chunk))?.[1];
      if (!address) continue;
      return address;
    }
    throw new Error(`Firefox has ended: ${said}`);
  }

  /** A page; `scripts` run in it before its own. */
  async page(...scripts) {
    const page = await this.browser.newPage();
    page.setDefaultTimeout(WAIT_MAX_MS);
    await page.setViewport({ width: 640, height: 480 });
    for (const script of scripts) await page.evaluateOnNewDocument(script);
    return new FirefoxPage(page);
  }

  async close() {
    this.child.kill('SIGKILL');
    await this.gone;
  }
}

function transportOver(pipe) {
  const transport = {
    send: (message) => pipe.stdin.write(`${message}\n`),
    close: () => pipe.stdin.end(),
  };
  pipe.stdin.on('error', () => {}); // It may end first; then onclose says so.
  createInterface({ input: pipe.stdout }).on('line', (line) => transport.onmessage?.(line));
  pipe.once('close', () => transport.onclose?.());
  return transport;
}

class FirefoxPage {
  constructor(page) {
    this.page = page;
  }

  on(event, handler) {
    if (event !== 'websocket') this.page.on(event, handler); // Puppeteer does not see those of Firefox.
  }

  goto(url) {
    return this.page.goto(url);
  }

  context() {
    return this.page; // Closing the page is closing all that the person has.
  }

  click(selector) {
    return this.page.click(selector);
  }

  fill(selector, text) {
    return this.page.$eval(selector, (element, value) => { element.value = value; }, text);
  }

  waitForSelector(selector, { state = 'visible' } = {}) {
    return this.page.waitForSelector(selector, { visible: state === 'visible' });
  }

  waitForFunction(condition, argument) {
    return this.page.waitForFunction(condition, {}, argument);
  }

  evaluate(script, argument) {
    return this.page.evaluate(script, argument);
  }

  async isVisible(selector) {
    const element = await this.page.$(selector);
    return (await element?.isVisible()) ?? false;
  }

  textContent(selector) {
    return this.page.$eval(selector, ({ textContent }) => textContent);
  }
}
