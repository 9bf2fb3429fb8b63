// What is heard: a bell for whoever is called, the tone of a line for whoever calls, and silence afterwards. Browsers
// cannot be listened to, so the parts of WebAudio are watched: a context that runs and oscillators that play in it.
import assert from 'node:assert/strict';

const SILENT_MS = 20_000; // A ring that was not stopped is heard again by then.

async function listen(page, context) {
  await page.clock.install();
  await context.grantPermissions(['notifications']);
  await context.addInitScript(() => {
    const sound = { contexts: [], playing: new Set(), started: 0, notices: [] };
    window.sound = sound;
    const Context = window.AudioContext;
    window.AudioContext = class extends Context {
      constructor(...args) {
        super(...args);
        sound.contexts.push(this);
      }
    };
    const Oscillator = window.OscillatorNode;
    window.OscillatorNode = class extends Oscillator {
      start(...args) {
        super.start(...args);
        ++sound.started;
        sound.playing.add(this);
        this.addEventListener('ended', () => sound.playing.delete(this));
      }
    };
    window.Notification = class extends EventTarget {
      static permission = 'granted';

      constructor(title, { body }) {
        super();
        sound.notices.push(`${title}: ${body}`);
      }

      close() {
        sound.notices.pop();
      }
    };
  });
}

const isHeard = () => window.sound.contexts.length === 1 && window.sound.contexts[0].state === 'running' && window.sound.playing.size > 0;

const hears = (person) => person.until(isHeard, 'a sound');

/** What sounds has been stopped, and nothing more begins. */
async function hearsNothing(person) {
  await person.until(() => window.sound.playing.size === 0, 'silence');
  const started = await person.page.evaluate(() => window.sound.started);
  await person.page.clock.runFor(SILENT_MS);
  assert.equal(await person.page.evaluate(() => window.sound.started), started, `${person.name} hears it ring again`);
}

async function ringing(stage) {
  const bob = await stage.member('bob', { prepare: listen });
  const alice = await stage.member('alice', { prepare: listen });
  await bob.dial('alice', 'audio');
  await alice.rings();
  await Promise.all([hears(alice), hears(bob)]);
  return [alice, bob];
}

export const cases = [
  {
    name: 'the ring is heard on both sides, and stops when it is answered',
    async run(stage) {
      const [alice, bob] = await ringing(stage);
      await alice.answer('audio');
      await Promise.all([alice.phase('active'), bob.phase('active')]);
      await Promise.all([hearsNothing(alice), hearsNothing(bob)]);
    },
  },
  {
    name: 'Esc silences the ring and answers nothing; the title of the page flashes until the call is over',
    async run(stage) {
      const [alice, bob] = await ringing(stage);
      await alice.until(() => document.title.includes('bob is calling'), 'the title to say who calls');
      await alice.page.keyboard.press('Escape');
      await hearsNothing(alice);
      await alice.rings();
      assert.deepEqual(alice.sent, []);
      await bob.hangUp();
      await alice.reads('#ended-text', /ended before you answered/);
      await hearsNothing(alice);
      assert.equal(await alice.page.title(), 'zvonok · звонок');
    },
  },
  {
    name: 'the system tells of a call while another page is looked at, and takes it back when it is over',
    async run(stage) {
      const bob = await stage.member('bob');
      const alice = await stage.member('alice', { prepare: listen });
      const notices = () => alice.page.evaluate(() => window.sound.notices);
      await alice.page.evaluate(() => Object.defineProperty(document, 'hidden', { get: () => true }));
      await bob.dial('alice', 'video');
      await alice.until(() => window.sound.notices.length > 0, 'a notice');
      assert.deepEqual(await notices(), ['bob is calling: is calling you with video']);
      await bob.hangUp();
      await alice.reads('#ended-text', /ended before you answered/);
      assert.deepEqual(await notices(), []);
    },
  },
];
