// A call in a lab: two people, sound and pictures both ways, and what path it took, by the browsers and by the page.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

import { eventually } from '../lib/watch.js';
import { selectedPair } from './stopwatch.js';

const SETTLES_MAX_MS = 10_000;

/** The kind of path as the page words it. */
export const path = (how, protocol) => `${how === 'direct' ? 'Direct' : 'Through a relay'} · ${protocol.toUpperCase()}`;

/** Calls, answers, and waits for more than 30 frames and sound on both sides. */
export async function call(alice, bob) {
  await alice.dial('bob', 'video');
  await bob.answer('video');
  await Promise.all([alice, bob].map((person) => person.receives({ video: true })));
}

/**
 * Waits until each side's path is the expected one, by its statistics and by the words in its page.
 * @returns {Promise<object>} a row of the table.
 */
export async function row(alice, bob, [alicePath, bobPath]) {
  const [caller, callee] = [await takes(alice, alicePath), await takes(bob, bobPath)];
  const [calling, answering] = [await timesOf(alice), await timesOf(bob)];
  return {
    caller, callee,
    callMs: calling.sinceClick, answerMs: answering.sinceClick, searchMs: Math.max(calling.searching, answering.searching),
  };
}

async function takes(person, expected) {
  let pair;
  let seen;
  const wanted = { page: expected, statistics: expected };
  const looks = async () => {
    pair = await person.page.evaluate(selectedPair);
    seen = { page: await person.page.textContent('#call-path'), statistics: wordsFor(pair) };
    return isDeepStrictEqual(seen, wanted);
  };
  // A first path may give way to a better one.
  await eventually('the expected path', looks, SETTLES_MAX_MS).catch(() => {});
  assert.deepEqual(seen, wanted, `${person.name}: ${JSON.stringify(pair)}`);
  return pair;
}

function wordsFor(pair) {
  if (!pair) return '';
  return path(pair.local.type === 'relay' || pair.remote.type === 'relay' ? 'relayed' : 'direct', pair.local.protocol);
}

/** Until this person's peer connection was connected: since the click on Call or Answer, and since it began to connect. */
const timesOf = (person) =>
  person.page.evaluate(() => {
    const { clickedAt, searchingAt, connectedAt } = window.lab.times;
    return { sinceClick: Math.round(connectedAt - clickedAt), searching: Math.round(connectedAt - searchingAt) };
  });
