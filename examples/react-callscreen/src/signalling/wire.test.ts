import { expect, test } from 'vitest';

import { offersVideo, readCaller, readCandidate, readDescription, readMessage } from './wire';

test.each([undefined, null, 7, '', '{', 'null', '[]', '"text"', '{"payload":{}}', '{"event":7}', new ArrayBuffer(2)])('takes %j for no message', (data) => {
  expect(readMessage(data)).toBeNull();
});

test('a message may have no payload', () => {
  expect(readMessage('{"event":"call:hangup"}')).toEqual({ event: 'call:hangup', payload: undefined });
});

test.each([undefined, null, {}, { sdp: '' }, { sdp: 7 }, { sdp: null }, { sdp: { sdp: [] } }, []])('takes %j for no description', (payload) => {
  expect(readDescription('offer', payload)).toBeNull();
});

test('descriptions are read as objects and as strings', () => {
  const description = { type: 'offer', sdp: 'v=0\r\n' };
  expect(readDescription('offer', { sdp: { type: 'offer', sdp: 'v=0\r\n' } })).toEqual(description);
  expect(readDescription('offer', { sdp: 'v=0\r\n' })).toEqual(description);
});

test.each([undefined, null, 7, {}, { candidate: undefined }, { candidate: null }, { candidate: '' }, { candidate: {} }, { candidate: { candidate: '' } }, { candidate: { candidate: null } }, { candidate: 7 }])('takes %j for the end of the candidates', (payload) => {
  expect(readCandidate(payload)).toBeNull();
});

test('candidates are read as objects and as strings, and always say which section they are for', () => {
  const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' };
  expect(readCandidate({ candidate })).toEqual(candidate);
  expect(readCandidate({ candidate: 'candidate:1', sdpMid: '1' })).toMatchObject({ sdpMid: '1', sdpMLineIndex: null });
  expect(readCandidate({ candidate: 'candidate:1' })).toMatchObject({ sdpMid: null, sdpMLineIndex: 0 });
});

test('a caller is a text or a number, as the token of that person says', () => {
  expect(readCaller({ fromUserId: 42 })).toBe('42');
  expect(readCaller({ fromUserId: 'bob' })).toBe('bob');
  for (const payload of [undefined, null, {}, { fromUserId: null }, { fromUserId: {} }]) expect(readCaller(payload)).toBeNull();
});

test('an offer is a video call only if its sender shows itself', () => {
  const offers = (media: string) => offersVideo({ type: 'offer', sdp: `v=0\r\nm=audio 9 X 0\r\na=sendrecv\r\n${media}` });
  expect(offers('')).toBe(false);
  expect(offers('m=video 9 X 96\r\na=recvonly\r\n')).toBe(false);
  expect(offers('m=video 0 X 96\r\na=sendrecv\r\n')).toBe(false);
  expect(offers('m=video 9 X 96\r\na=sendrecv\r\n')).toBe(true);
  expect(offers('m=video 9 X 96\r\na=sendonly\r\n')).toBe(true);
});
