// The page's modules that need no browser.
import assert from 'node:assert/strict';

import { cleanToken, userIdOf } from '../../../web/assets/session.js';
import { delayMs } from '../../../web/assets/signalling.js';
import { offersVideo, readCandidate, readDescription } from '../../../web/assets/wire.js';
import { words } from '../../../web/assets/words.js';
import { mint } from '../../lib/tokens.js';

const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map(([found]) => found).sort();

export const cases = [
  {
    name: 'words: both languages say everything, and say it in words of their own',
    async run() {
      assert.deepEqual(Object.keys(words.ru).sort(), Object.keys(words.en).sort());
      for (const [key, text] of Object.entries(words.ru)) {
        const names = placeholders(words.en[key]);
        assert.ok(placeholders(text).every((name) => names.includes(name)), `${key} names something that English does not`);
        assert.ok(text === '' || /[а-яё]/i.test(text), `${key} is not Russian: ${text}`);
      }
    },
  },
  {
    name: 'wire: descriptions and candidates are read as objects and as strings',
    async run() {
      const description = { type: 'offer', sdp: 'v=0\r\n' };
      assert.deepEqual(readDescription('offer', { sdp: { type: 'offer', sdp: 'v=0\r\n' } }), description);
      assert.deepEqual(readDescription('offer', { sdp: 'v=0\r\n' }), description);
      for (const payload of [undefined, null, {}, { sdp: '' }, { sdp: 7 }, { sdp: { sdp: [] } }, []]) {
        assert.equal(readDescription('offer', payload), null);
      }
      const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' };
      assert.deepEqual(readCandidate({ candidate }), candidate);
      assert.equal(readCandidate({ candidate: 'candidate:1', sdpMid: '1' }).sdpMid, '1');
      assert.equal(readCandidate({ candidate: 'candidate:1' }).sdpMLineIndex, 0);
      for (const end of [undefined, null, '', {}, { candidate: '' }, { candidate: null }, 7]) {
        assert.equal(readCandidate({ candidate: end }), null);
      }
      assert.equal(readCandidate(undefined), null);
    },
  },
  {
    name: 'wire: an offer is a video call only if its sender shows itself',
    async run() {
      const offer = (media) => ({ type: 'offer', sdp: `v=0\r\nm=audio 9 X 0\r\na=sendrecv\r\n${media}` });
      assert.equal(offersVideo(offer('')), false);
      assert.equal(offersVideo(offer('m=video 9 X 96\r\na=sendrecv\r\n')), true);
      assert.equal(offersVideo(offer('m=video 9 X 96\r\na=sendonly\r\n')), true);
      assert.equal(offersVideo(offer('m=video 9 X 96\r\na=recvonly\r\n')), false);
      assert.equal(offersVideo(offer('m=video 0 X 96\r\na=sendrecv\r\n')), false);
    },
  },
  {
    name: 'delays: grow, are spread over more than a second, and have an end',
    async run() {
      assert.deepEqual([delayMs(0, 0), delayMs(0, 1)], [500, 2_000]);
      for (let attempt = 0; attempt < 4; ++attempt) assert.equal(delayMs(attempt + 1, 0.5), 2 * delayMs(attempt, 0.5));
      assert.equal(delayMs(1_000, 1), 32_000);
    },
  },
  {
    name: 'tokens: what people paste is cleaned, and names are read from it',
    async run() {
      const token = mint({ userId: 'Марина' });
      for (const pasted of [token, ` ${token}\n`, `Bearer ${token}`, `"${token}"`]) assert.equal(cleanToken(pasted), token);
      assert.equal(userIdOf(token), 'Марина');
      assert.equal(userIdOf(mint({ userId: 42 })), '42');
      for (const junk of ['', 'null', 'undefined', '[object Object]', 'a.b.c', mint({ sub: 'x' })]) assert.equal(userIdOf(junk), null);
    },
  },
];
