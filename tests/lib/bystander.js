// The innocent bystander: an unrelated call of two users that must stay well whatever a case does to the server. One
// call:ice goes each way every 100 ms; all must arrive, in order. How fast is not judged, since a loaded machine delays
// this process as well.
import { Client } from './client.js';

const kPeriodMs = 100;
const kCheckMs = 30_000;

class Direction {
  constructor(from, to, secret) {
    Object.assign(this, { from, to, secret, sent: 0, received: 0, waiting: new Set() });
    to.ws.on('message', (data) => this.#take(data.toString()));
    to.ws.on('close', (code) => this.#fail(`${to.name} was closed ${code}`));
  }

  send() {
    if (this.fault) return;
    this.from.ice(`candidate:1 1 udp 2113937151 192.0.2.1 5000 typ host ${this.secret} ${++this.sent}`);
  }

  #take(text) {
    const { event, payload } = JSON.parse(text);
    if (event !== 'call:ice') return this.#fail(`${this.to.name} got ${event}`);
    const number = Number(payload.candidate.split(' ').at(-1));
    if (number !== this.received + 1)
      return this.#fail(`${this.to.name} got candidate ${number} after ${this.received}`);
    this.received = number;
    this.#wake();
  }

  #fail(why) {
    if (this.over) return;
    this.fault ??= why;
    this.#wake();
  }

  #wake() {
    for (const look of [...this.waiting]) look();
  }

  /// Resolves when a candidate sent now has arrived, and with it all before it.
  arrives() {
    this.send();
    const goal = this.sent;
    return new Promise((resolve, reject) => {
      const settle = (finish, value) => {
        clearTimeout(timer);
        this.waiting.delete(look);
        finish(value);
      };
      const timer = setTimeout(
        () =>
          settle(
            reject,
            new Error(`bystander: ${this.to.name} has ${this.received} of ${goal} candidates after ${kCheckMs} ms`),
          ),
        kCheckMs,
      );
      const look = () => {
        if (this.fault) settle(reject, new Error(`bystander: ${this.fault}`));
        else if (this.received >= goal) settle(resolve);
      };
      this.waiting.add(look);
      look();
    });
  }
}

export class Bystander {
  /// Calls, answers, and begins to send. `secret` is in every SDP and candidate, for a search of the log.
  static async start(server, secret, { caller = 'bystander-one', callee = 'bystander-two', options = {} } = {}) {
    const one = await Client.connect(server, caller, options);
    const two = await Client.connect(server, callee, options);
    one.offer(callee, { sdp: `v=0 ${secret}` });
    await two.next('call:offer');
    two.answer({ sdp: `v=0 ${secret}` });
    await one.next('call:answer');
    return new Bystander(one, two, secret);
  }

  constructor(one, two, secret) {
    this.clients = [one, two];
    this.directions = [new Direction(one, two, secret), new Direction(two, one, secret)];
    this.timer = setInterval(() => this.directions.forEach((direction) => direction.send()), kPeriodMs);
  }

  /// Fails if anything was lost, late by 30 s, out of order or said that is no candidate, from the start to now.
  async check() {
    await Promise.all(this.directions.map((direction) => direction.arrives()));
  }

  stop() {
    clearInterval(this.timer);
    for (const direction of this.directions) direction.over = true;
    return Promise.all(this.clients.map((client) => client.drop()));
  }
}
