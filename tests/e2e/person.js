// One person at one page: what they click, what they see, and what really arrives, by getStats.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

export const WAIT_MAX_MS = 30_000; // For a loaded machine; a case that passes waits for none of it.
const POLL_MS = 100;               // Statistics raise no events, so they are asked for.

export class Person {
  constructor({ name, page }) {
    this.name = name;
    this.page = page;
    this.complaints = [];
    this.sent = []; // Every message that left on any socket of this page.
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A refused login or a lost server is the subject of a case, not a fault of the page.
      const network = /Failed to load resource|WebSocket connection to/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !network) this.complaints.push(message.text());
    });
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => this.sent.push(JSON.parse(payload))));
  }

  sentCount(event) {
    return this.sent.filter((message) => message.event === event).length;
  }

  // ── What they do ──

  /** By a code, which a server in dev mode shows; whoever is new gives a name. */
  async logIn(address = addressOf(this.name)) {
    await this.askForCode(address);
    await this.enterCode(await this.page.textContent('#dev-code'));
    await this.page.waitForSelector('#own-name-form, #home');
    if (await this.page.isVisible('#own-name-form')) await this.giveName(this.name);
    await this.page.waitForSelector('#home');
    await this.online();
  }

  async askForCode(address = addressOf(this.name)) {
    await this.page.fill('#address', address);
    await this.page.click('#address-form .go');
    await this.page.waitForSelector('#code-form');
  }

  async enterCode(code) {
    await this.page.fill('#code', code);
    await this.page.click('#code-form .go');
  }

  async giveName(name) {
    await this.page.fill('#own-name', name);
    await this.page.click('#own-name-form .go');
  }

  /** A server that lets people log in by a code asks for their address first, any other for a token. */
  async showTokenForm() {
    await this.page.waitForSelector('#token-form, #address-form');
    if (await this.page.isVisible('#address-form')) await this.page.click('#login-switch');
  }

  async useToken(token) {
    await this.page.fill('#token', token);
    await this.page.click('#token-form button');
  }

  /** Whoever has an account finds people; with a token, one calls whoever has the id that is typed. */
  async dial(name, kind = 'video') {
    await this.page.waitForSelector('#callee');
    if (await this.page.isVisible('#dial-form')) {
      await this.page.fill('#callee', name);
      await this.page.click(`#dial-${kind}`);
    } else {
      await this.find(name);
      await this.page.click(`#results [data-call="${kind}"]`);
    }
  }

  async find(text) {
    await this.page.fill('#callee', ''); // What was found before stays until there is something else.
    await this.page.waitForSelector('#results', { state: 'detached' });
    await this.page.fill('#callee', text);
    await this.page.waitForSelector('#results .person');
  }

  async answer(kind = 'video') {
    await this.rings();
    await this.page.click(`#answer-${kind}`);
  }

  async decline() {
    await this.rings();
    await this.page.click('#decline');
  }

  hangUp() {
    return this.page.click('#hangup');
  }

  /** From now on devices open only after openDevices(): somebody is looking at the permission question. */
  holdDevices() {
    return this.page.evaluate(() => {
      const held = new Promise((open) => { window.test.openDevices = open; });
      window.test.beforeDevices = () => held;
    });
  }

  openDevices() {
    return this.page.evaluate(() => window.test.openDevices());
  }

  // ── What they see ──

  online() {
    return this.page.waitForSelector('#status[data-kind="online"]', { state: 'attached' });
  }

  phase(phase) {
    return this.page.waitForSelector(`body[data-phase="${phase}"]`);
  }

  rings() {
    return this.page.waitForSelector('#incoming[open]');
  }

  /** Waits for the words about the end of a call, and for the devices to be off. */
  async sees(words) {
    await this.reads('#ended-text', words);
    await this.until(() => window.test.tracks.every((track) => track.readyState === 'ended'), 'all devices to be off');
  }

  async reads(selector, words) {
    const matches = ([where, source]) => {
      const element = document.querySelector(where);
      return element?.checkVisibility() && new RegExp(source).test(element.textContent);
    };
    await this.page.waitForFunction(matches, [selector, words.source]).catch(async () => {
      const text = await this.page.textContent(selector);
      assert.fail(`${this.name} should read ${words} in ${selector}, but reads "${text}"`);
    });
  }

  /** Waits until an event of this name has come, whatever the page makes of it. */
  hears(event) {
    return this.until((name) => window.test.received.includes(name), event, event);
  }

  picture(shown) {
    return this.page.waitForSelector(`body[data-picture="${shown ? 'remote' : 'none'}"]`);
  }

  // ── What really arrives ──

  /** Waits until the newest peer connection has received sound, and more than 30 decoded frames where expected. */
  async receives({ video }) {
    await this.until(async (wantsVideo) => {
      const peer = window.test.peers.at(-1);
      if (peer?.connectionState !== 'connected') return false;
      const inbound = [...(await peer.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
      const audio = inbound.some(({ kind, packetsReceived }) => kind === 'audio' && packetsReceived > 10);
      const frames = inbound.some(({ kind, framesDecoded }) => kind === 'video' && framesDecoded > 30);
      return audio && frames === wantsVideo;
    }, video ? 'sound and more than 30 frames' : 'sound and no picture', video);
  }

  /** Waits until the decoded frames grow by 10 from now: the picture moves. */
  async pictureMoves() {
    const before = await this.page.evaluate(framesDecoded);
    const deadline = performance.now() + WAIT_MAX_MS;
    while ((await this.page.evaluate(framesDecoded)) <= before + 10) {
      if (performance.now() > deadline) assert.fail(`${this.name} waited in vain for a moving picture`);
      await setTimeout(POLL_MS);
    }
  }

  /** Waits until `condition`, which runs in the page and may be asynchronous, holds. */
  async until(condition, what, argument) {
    const deadline = performance.now() + WAIT_MAX_MS;
    while (!(await this.page.evaluate(condition, argument))) {
      if (performance.now() > deadline) assert.fail(`${this.name} waited in vain for ${what}`);
      await setTimeout(POLL_MS);
    }
  }

  async describe() {
    const seen = await this.page.evaluate(() => ({ ...document.body.dataset, text: document.body.innerText.slice(0, 400) }));
    return `${this.name}: ${JSON.stringify(seen)} sent ${this.sent.map(({ event }) => event).join(' ')}`;
  }
}

/** An e-mail address of whoever has this name, in any script. */
function addressOf(name) {
  return `${Buffer.from(name).toString('hex')}@example.com`;
}

async function framesDecoded() {
  const stats = await window.test.peers.at(-1).getStats();
  return [...stats.values()].reduce((sum, { framesDecoded: frames = 0 }) => sum + frames, 0);
}
