// How a ring ends, what crosses on the wire, and the manners of the incoming call.
import assert from 'node:assert/strict';

// The page tells the server's quick "nobody there" from a person's answer by the time; so the time is moved.
const withClock = (page) => page.clock.install();

async function ringing(stage) {
  const alice = await stage.person('alice', { prepare: withClock });
  const bob = await stage.person('bob');
  await alice.dial('bob', 'video');
  await bob.rings();
  await alice.page.clock.fastForward(2_000);
  return [alice, bob];
}

const incomingClosed = (person) => person.page.waitForSelector('#incoming:not([open])', { state: 'attached' });

export const cases = [
  {
    name: 'decline: the caller reads that the call was not taken',
    async run(stage) {
      const [alice, bob] = await ringing(stage);
      await bob.decline();
      await alice.sees(/bob cannot be reached right now/);
      await bob.sees(/You declined/);
      assert.deepEqual(bob.sent, [{ event: 'call:hangup' }]);
    },
  },
  {
    name: 'cancel while it rings: the ring stops at the other side',
    async run(stage) {
      const [alice, bob] = await ringing(stage);
      await alice.page.keyboard.press('Escape');
      await incomingClosed(bob);
      await bob.sees(/ended before you answered/);
      await alice.sees(/You cancelled/);
    },
  },
  {
    name: 'offline: the caller reads at once that nobody is there, and can call again',
    async run(stage) {
      const alice = await stage.person('alice');
      await alice.dial('nobody', 'audio');
      await alice.sees(/nobody cannot be reached right now/);
      const nobody = await stage.person('nobody');
      await alice.page.click('#ended-again');
      await nobody.rings();
    },
  },
  {
    name: 'busy: a third person reads it, and the running call is not touched',
    async run(stage) {
      const [alice, bob, carol] = await stage.group('alice', 'bob', 'carol');
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.receives({ video: false });
      await carol.dial('bob', 'audio');
      await carol.sees(/bob cannot be reached right now/);
      await Promise.all([alice.phase('active'), bob.phase('active')]);
    },
  },
  {
    name: 'calling oneself is refused in words',
    async run(stage) {
      const alice = await stage.person('alice');
      await alice.dial('alice', 'audio');
      await alice.reads('#dial-note', /That is you/);
      assert.equal(alice.sentCount('call:offer'), 0);
    },
  },
  {
    name: 'two tabs of one person ring; the one that does not answer stops and says so',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      const other = await stage.person('bob');
      await alice.dial('bob', 'audio');
      await Promise.all([bob.rings(), other.rings()]);
      await bob.answer('audio');
      await other.sees(/answered on another device/);
      await alice.receives({ video: false });
    },
  },
  {
    name: 'candidates that come before the remote description are kept',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await bob.holdDevices();
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.until(() => window.test.peers[0].iceGatheringState === 'complete', 'all candidates to be sent');
      await bob.openDevices();
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: false })]);
      // The call may connect without them, by the address that the caller's packets come from ("prflx").
      await bob.until(async () => {
        const stats = [...(await window.test.peers[0].getStats()).values()];
        return stats.some(({ type, candidateType }) => type === 'remote-candidate' && candidateType === 'host');
      }, 'a candidate that the caller named');
    },
  },
  ...['the caller hangs up', 'the page of the caller dies'].map((how) => ({
    name: `while the callee's devices open, ${how}: the callee is told and idle, its devices are off`,
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await bob.holdDevices();
      await alice.dial('bob', 'video');
      await bob.answer('video');
      await bob.phase('answering');
      if (how === 'the caller hangs up') await alice.hangUp();
      else await alice.page.close();
      await bob.reads('#ended-text', /alice hung up/);
      await bob.openDevices();
      await bob.until(() => window.test.tracks.length > 0, 'the devices to open late');
      await bob.sees(/alice hung up/);
      assert.deepEqual(bob.sent, [], 'nothing is said in a call that is over');
    },
  })),
  {
    name: 'answering twice and hanging up then: one answer and one hangup leave',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'audio');
      await bob.rings();
      await bob.page.evaluate(() => {
        const button = document.getElementById('answer-audio');
        button.click();
        button.click();
      });
      await alice.receives({ video: false });
      await bob.page.evaluate(() => {
        const button = document.getElementById('hangup');
        button.click();
        button.click();
      });
      await alice.sees(/bob hung up/);
      assert.deepEqual([bob.sentCount('call:answer'), bob.sentCount('call:hangup')], [1, 1]);
    },
  },
  {
    name: 'the incoming call is an alert dialog with the focus inside; Esc silences and no more',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await bob.page.focus('#callee');
      await alice.dial('bob', 'video');
      await bob.rings();
      const dialog = await bob.page.evaluate(() => {
        const element = document.getElementById('incoming');
        const label = document.getElementById(element.getAttribute('aria-labelledby')).textContent;
        const { activeElement } = document;
        return { role: element.getAttribute('role'), label, inside: element.contains(activeElement), on: activeElement.id };
      });
      assert.deepEqual(dialog, { role: 'alertdialog', label: 'alice', inside: true, on: 'incoming' });
      for (let i = 0; i < 2; ++i) await bob.page.keyboard.press('Escape');
      await bob.page.keyboard.press('m');
      assert.equal(await bob.page.isVisible('#incoming[open]'), true);
      assert.deepEqual(bob.sent, []);
      await bob.page.keyboard.press('Tab');
      await bob.page.keyboard.press('Tab');
      assert.equal(await bob.page.evaluate(() => document.activeElement.id), 'answer-audio');
      await bob.page.keyboard.press('Enter');
      await alice.receives({ video: false });
    },
  },
  {
    name: 'keys: M mutes, V turns the camera off and on, in any keyboard layout',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'video');
      await bob.answer('video');
      await Promise.all([alice.receives({ video: true }), bob.picture(true)]);
      const pressed = (id) => alice.page.getAttribute(id, 'aria-pressed');
      await alice.page.keyboard.press('KeyM');
      assert.equal(await pressed('#mic'), 'false');
      assert.equal(await alice.page.evaluate(() => window.test.tracks.find(({ kind }) => kind === 'audio').enabled), false);
      await alice.reads('#spoken', /Microphone off/);
      await alice.page.keyboard.press('KeyM');
      assert.equal(await pressed('#mic'), 'true');
      await alice.page.keyboard.press('KeyV');
      await bob.picture(false);
      assert.equal(await pressed('#camera'), 'false');
      await alice.page.keyboard.press('KeyV');
      await bob.picture(true);
    },
  },
  {
    name: 'full screen: the button and F put the call there and take it back, and the call goes on',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'video');
      await bob.answer('video');
      await alice.receives({ video: true });
      const whole = (on) => alice.page.waitForFunction((wanted) => (document.fullscreenElement !== null) === wanted, on);
      for (const turn of [() => alice.page.click('#full-screen'), () => alice.page.keyboard.press('KeyF')]) {
        await turn();
        await whole(true);
        await alice.page.waitForSelector('#full-screen[aria-pressed="true"]');
        assert.ok(await alice.page.isVisible('#hangup'), 'the controls are there');
        await turn();
        await whole(false);
      }
      await alice.pictureMoves();
    },
  },
  {
    name: 'every button can be hit with a finger: 44 px at least, on a phone too',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      const small = (page) => page.evaluate(() => {
        const shown = [...document.querySelectorAll('button')].filter((button) => button.checkVisibility());
        const low = shown.filter((button) => {
          const { width, height } = button.getBoundingClientRect();
          return width < 44 || height < 44;
        });
        return { shown: shown.length, small: low.map(({ id, textContent }) => id || textContent) };
      });
      const fine = async (page, atLeast) => {
        const { shown, small: found } = await small(page);
        assert.deepEqual(found, []);
        assert.ok(shown >= atLeast, `only ${shown} buttons were looked at`);
      };
      await Promise.all([alice, bob].map(({ page }) => page.setViewportSize({ width: 360, height: 640 })));
      await fine(alice.page, 5);
      await alice.dial('bob', 'video');
      await bob.rings();
      await fine(bob.page, 8);
      await fine(alice.page, 3);
      await bob.decline();
      await alice.page.waitForSelector('#ended');
      await fine(alice.page, 8);
    },
  },
];
