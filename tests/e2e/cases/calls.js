// Two people, one call: sound and picture are proved by getStats, the end by what the other side reads.
import assert from 'node:assert/strict';

async function logInByToken(stage, name) {
  const person = await stage.person(name, { loggedIn: false });
  await person.showTokenForm();
  await person.useToken(stage.token(name));
  await person.online();
  return person;
}

async function videoCall(alice, bob) {
  await alice.dial(bob.name, 'video');
  await bob.reads('#incoming-kind', /with video/);
  await bob.answer('video');
  await Promise.all([alice.receives({ video: true }), bob.receives({ video: true })]);
  await Promise.all([alice.picture(true), bob.picture(true)]);
  await alice.reads('#call-timer', /^\d:\d\d$/);
  await alice.hangUp();
  await bob.sees(/^alice hung up/);
  await alice.sees(/You ended the call/);
}

export const cases = [
  {
    name: 'from an empty data folder: two people log in by a code, find each other, hold a video call, and redial',
    core: true,
    async run(stage) {
      const alice = await stage.person('alice', { loggedIn: false });
      const bob = await stage.person('bob', { loggedIn: false });
      await alice.logIn('alice@example.com');
      await bob.logIn('+44 7700 900123');
      await bob.find('alice@example.com'); // By name is how the call below finds people.
      await videoCall(alice, bob);
      await bob.page.click('#ended-again');
      await alice.reads('#incoming-name', /^bob$/);
      await alice.answer('video');
      await Promise.all([alice.receives({ video: true }), bob.receives({ video: true })]);
    },
  },
  {
    name: 'video call with tokens: both see and hear each other, and the hangup is seen',
    anywhere: true,
    async run(stage) {
      await videoCall(await logInByToken(stage, 'alice'), await logInByToken(stage, 'bob'));
    },
  },
  {
    name: 'audio call: sound both ways, no picture; a camera switched on and off in the call is seen',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'audio');
      await bob.reads('#incoming-kind', /^is calling you$/);
      await bob.answer('audio');
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: false })]);
      await bob.page.click('#camera');
      await alice.picture(true);
      await alice.receives({ video: true });
      assert.equal(bob.sentCount('call:offer'), 1, 'a new camera is offered to the peer once');
      await bob.page.click('#camera');
      await alice.picture(false);
      await bob.page.click('#camera');
      await alice.picture(true);
      await alice.pictureMoves();
      await bob.hangUp();
      await alice.sees(/bob hung up/);
    },
  },
  {
    name: 'a video call answered with sound alone: the caller is seen, the callee is heard',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'video');
      await bob.answer('audio');
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: true })]);
      await alice.picture(false);
      assert.equal(await bob.page.getAttribute('#camera', 'aria-pressed'), 'false');
    },
  },
  {
    name: 'an audio call answered with video: the callee is seen',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'audio');
      await bob.answer('video');
      await alice.receives({ video: true });
      await bob.receives({ video: false });
    },
  },
  {
    name: 'both switch the camera at the same moment: both are seen',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: false })]);
      await Promise.all([alice.page.click('#camera'), bob.page.click('#camera')]);
      await Promise.all([alice.receives({ video: true }), bob.receives({ video: true })]);
    },
  },
  {
    name: 'two offers cross on the wire: both wanted the call, so it begins without a further click',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      // Bob's offer has left his page but not his machine when Alice's arrives.
      await bob.page.evaluate(() => {
        const [socket] = window.test.sockets;
        const held = [];
        socket.send = (text) => held.push(text);
        window.test.release = () => {
          delete socket.send;
          held.splice(0).forEach((text) => socket.send(text));
        };
      });
      await bob.dial('alice', 'audio');
      await bob.phase('dialling');
      await alice.dial('bob', 'audio');
      await bob.hears('call:offer');
      await bob.page.evaluate(() => window.test.release());
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: false })]);
      assert.deepEqual([bob.sentCount('call:offer'), bob.sentCount('call:answer')], [1, 1]);
      await alice.hangUp();
      await bob.sees(/alice hung up/);
    },
  },
  {
    name: 'a call from the person one is about to call is answered with the devices that are opening',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await bob.holdDevices();
      await bob.dial('alice', 'video');
      await bob.phase('preparing');
      await alice.dial('bob', 'video');
      await bob.hears('call:offer');
      await bob.openDevices();
      await Promise.all([alice.receives({ video: true }), bob.receives({ video: true })]);
      assert.equal(bob.sentCount('call:offer'), 0);
    },
  },
  {
    name: 'after a call the next one works, in the other direction',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      for (const [caller, callee] of [[alice, bob], [bob, alice]]) {
        await caller.dial(callee.name, 'audio');
        await callee.answer('audio');
        await Promise.all([caller.receives({ video: false }), callee.receives({ video: false })]);
        await callee.hangUp();
        await caller.sees(/hung up/);
      }
      await bob.page.click('#ended-again');
      await alice.rings();
    },
  },
];
