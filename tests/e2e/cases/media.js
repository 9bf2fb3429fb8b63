// Devices that fail, and browsers that will not play: the call goes on with what works and says what does not.
import assert from 'node:assert/strict';

/** Makes getUserMedia fail as browsers do: as a whole, if one of the wanted devices is in `failing`. */
function breakDevices({ page }, failing) {
  return page.evaluate((errors) => {
    window.test.beforeDevices = async (constraints) => {
      for (const kind of ['audio', 'video']) {
        if (constraints[kind] && errors[kind]) throw new DOMException('made by the test', errors[kind]);
      }
    };
  }, failing);
}

/** The next calls of play() reject with these errors, one each, and then it works again. */
function breakPlaying({ page }, ...names) {
  return page.evaluate((errors) => {
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      const name = this.id === 'remote' ? errors.shift() : undefined;
      return name ? Promise.reject(new DOMException('made by the test', name)) : play.call(this);
    };
  }, names);
}

const kCameraTroubles = {
  NotFoundError: /No camera was found/,
  NotReadableError: /camera is in use by another program/,
  AbortError: /camera is in use by another program/,
  NotAllowedError: /not allowed to use the camera/,
  OverconstrainedError: /No camera was found/,
  TypeError: /camera could not be opened/,
};

export const cases = [
  {
    name: 'a camera that fails costs the picture only, whatever the browser calls it',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      // As many rings as a server lets one person make to another at once; the last one is answered.
      const [last, ...others] = Object.entries(kCameraTroubles).reverse();
      const ring = async ([error, words]) => {
        await breakDevices(alice, { video: error });
        await alice.dial('bob', 'video');
        await alice.reads('#toast', words);
        await bob.rings();
      };
      for (const trouble of others) {
        await ring(trouble);
        await alice.hangUp();
        await bob.sees(/ended before you answered/);
      }
      await ring(last);
      await bob.answer('video');
      await Promise.all([alice.receives({ video: true }), bob.receives({ video: false })]);
    },
  },
  {
    name: 'a camera that the browser itself denies costs the picture only',
    async run(stage) {
      // Without the switch that says yes to everything, and with leave for the microphone alone.
      const browser = await stage.otherBrowser({ without: ['--use-fake-ui-for-media-stream'] });
      const prepare = (_, context) => context.grantPermissions(['microphone']);
      const alice = await stage.person('alice', { browser, prepare });
      const bob = await stage.person('bob');
      await alice.dial('bob', 'video');
      await alice.reads('#toast', /not allowed to use the camera/);
      await bob.answer('video');
      await Promise.all([alice.receives({ video: true }), bob.receives({ video: false })]);
    },
  },
  {
    name: 'a microphone that fails leaves the picture; the button tries again',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await breakDevices(alice, { audio: 'NotFoundError' });
      await alice.dial('bob', 'video');
      await alice.reads('#toast', /No microphone was found/);
      await bob.answer('audio');
      await bob.picture(true);
      assert.equal(await alice.page.getAttribute('#mic', 'aria-pressed'), 'false');
      await breakDevices(alice, {});
      await alice.page.click('#mic');
      await alice.page.waitForSelector('#mic[aria-pressed="true"]');
      await bob.receives({ video: true });
    },
  },
  {
    name: 'neither microphone nor camera: the caller rings nobody, the callee says no',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await breakDevices(alice, { audio: 'NotAllowedError', video: 'NotAllowedError' });
      await alice.dial('bob', 'video');
      await alice.reads('#ended-text', /needs a microphone.*not allowed to use the microphone and the camera/);
      assert.deepEqual(alice.sent, []);
      await bob.dial('alice', 'audio');
      await alice.answer('audio');
      await alice.reads('#ended-text', /needs a microphone/);
      await bob.sees(/alice/);
      assert.deepEqual(alice.sent, [{ event: 'call:hangup' }]);
    },
  },
  {
    name: 'a camera unplugged in the call is said, and the button takes another',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'video');
      await bob.answer('video');
      await bob.picture(true);
      await alice.page.evaluate(() => {
        const track = window.test.tracks.find(({ kind }) => kind === 'video');
        track.stop();
        track.dispatchEvent(new Event('ended'));
      });
      await alice.reads('#toast', /camera was unplugged/);
      await bob.picture(false);
      await alice.page.click('#camera');
      await bob.picture(true);
      await bob.pictureMoves();
    },
  },
  {
    name: 'play() that is interrupted plays on; play() that is forbidden shows a button that works',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await breakPlaying(alice, 'AbortError');
      // More often than the page tries by itself; the clicks below use up the rest.
      await breakPlaying(bob, ...Array(12).fill('NotAllowedError'));
      await bob.page.evaluate(() => { document.getElementById('remote').autoplay = false; });
      await alice.dial('bob', 'video');
      await bob.answer('video');
      await alice.receives({ video: true });
      await alice.until(() => !document.getElementById('remote').paused, 'the picture to play');
      assert.equal(await alice.page.isVisible('#unlock'), false);
      await bob.page.waitForSelector('#unlock');
      assert.equal(await bob.page.evaluate(() => document.getElementById('remote').paused), true);
      await bob.until(() => {
        document.getElementById('unlock').click();
        return !document.getElementById('remote').paused;
      }, 'the button to start the sound');
      await bob.page.waitForSelector('#unlock', { state: 'hidden' });
    },
  },
  {
    name: 'the pictures play inline by themselves, the own one without sound, and are set once',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      const elements = await alice.page.evaluate(() => {
        const all = [...document.querySelectorAll('video')];
        return all.map(({ id, autoplay, playsInline, muted }) => ({ id, autoplay, playsInline, muted }));
      });
      assert.deepEqual(elements, [
        { id: 'remote', autoplay: true, playsInline: true, muted: false },
        { id: 'self', autoplay: true, playsInline: true, muted: true },
      ]);
      await alice.page.evaluate(() => {
        const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
        window.test.shown = [];
        Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
          get,
          set(stream) {
            if (stream) window.test.shown.push(this.id);
            set.call(this, stream);
          },
        });
      });
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.receives({ video: false });
      await bob.page.click('#camera');
      await alice.receives({ video: true });
      assert.deepEqual(await alice.page.evaluate(() => window.test.shown), ['remote']);
    },
  },
];
