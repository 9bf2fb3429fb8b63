// What has come to a receiver, and waiting for what is still to come.
import { within } from './within.js';

/// Longer than both tries of a sender, of ten seconds each, take.
const kDeadlineMs = 30_000;

export class Receipts {
  #waiting = new Set();
  /// In the order in which they came.
  all = [];

  add(one) {
    this.all.push(one);
    for (const look of [...this.#waiting]) look();
  }

  /// Resolves with the last of them once there are `count` in all.
  reaches(count, deadline) {
    return this.reachesOf(() => true, count, deadline);
  }

  /// The same of those alone that `wanted` accepts.
  async reachesOf(wanted, count, deadline = kDeadlineMs) {
    let look;
    const enough = new Promise((done) => {
      look = () => {
        const found = this.all.filter(wanted);
        if (found.length >= count) done(found[count - 1]);
      };
      this.#waiting.add(look);
      look();
    });
    try {
      return await within(deadline, enough);
    } finally {
      this.#waiting.delete(look);
    }
  }
}
