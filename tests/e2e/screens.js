// A walk through every screen of the page, as one person sees it: for whoever looks at each of them, be it a checker of
// accessibility (cases/accessible.js) or a camera (screenshots.js).
import { mint } from '../lib/tokens.js';
import { INSECURE_HOST } from './stage.js';

const ENGLISH = { locale: 'en-GB', names: ['Anna Novak', 'Robert Lindqvist', 'Roberta Marsh'], found: 'rob' };
const RUSSIAN = { locale: 'ru-RU', names: ['Анна Новак', 'Роман Орлов', 'Романова Ольга'], found: 'ром' };

const DESK = { viewport: { width: 1024, height: 664 }, reducedMotion: 'reduce' };
const PHONE = { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce', isMobile: true, hasTouch: true };

export const LOOKS = {
  light: { ...ENGLISH, look: { ...DESK, colorScheme: 'light' } },
  dark: { ...ENGLISH, look: { ...DESK, colorScheme: 'dark' } },
  phone: { ...RUSSIAN, look: { ...PHONE, colorScheme: 'light' } },
};

// Whom the cameras see.
const ANNA = { wall: '#dcb98f', hair: '#2b1d17', skin: '#dba37d', shade: '#c98d68', clothes: '#1f4d45', isLongHaired: true };
const ROBERT = { wall: '#b9c4bb', hair: '#5a3a22', skin: '#e6b48f', shade: '#d09a74', clothes: '#37507a', isLongHaired: false };

/** Calls `visit(page, name)` on every screen, one after another. */
export async function walk(stage, { locale, names: [own, theirs, third], found, look }, visit) {
  const drawn = (colours) => (_, context) => context.addInitScript(portraits, colours);
  const as = { loggedIn: false, locale, look, prepare: drawn(ANNA) };
  const peer = await stage.member(theirs, { locale, prepare: drawn(ROBERT) });
  await register(stage, third);

  const insecure = await stage.person(own, { ...as, url: stage.url.replace(/\/\/[^:/]+/, `//${INSECURE_HOST}`) });
  await insecure.page.waitForSelector('#insecure');
  await visit(insecure.page, 'insecure');
  await insecure.page.close();

  const me = await stage.person(own, as);
  const { page } = me;
  await page.waitForSelector('#address-form');
  await visit(page, 'login');
  await me.askForCode('anna.novak@example.com');
  await page.waitForSelector('#dev-code');
  await visit(page, 'code');
  await me.enterCode(await page.textContent('#dev-code'));
  await page.waitForSelector('#own-name-form');
  await visit(page, 'name');
  await me.giveName(own);
  await me.online();
  await visit(page, 'home');
  await page.click('#edit-profile');
  await page.waitForSelector('#profile[open]');
  await visit(page, 'profile');
  await page.click('#profile-cancel');

  await me.find(found);
  await visit(page, 'found');
  await page.click(`#results .person:has-text("${theirs}") [data-call="audio"]`);
  await peer.rings();
  await me.phase('dialling');
  await visit(page, 'calling');
  await peer.answer('audio');
  await me.receives({ video: false });
  await visit(page, 'call-audio');
  await peer.page.click('#camera');
  await page.click('#camera');
  await me.receives({ video: true });
  await visit(page, 'call-video');
  await peer.hangUp();
  await page.waitForSelector('#ended');
  await visit(page, 'ended');

  await peer.dial(own, 'video');
  await me.rings();
  await visit(page, 'incoming');
  await page.evaluate(breakCameraAndPlaying);
  await me.answer('video');
  await page.waitForSelector('#unlock');
  await page.waitForSelector('#toast');
  await visit(page, 'call-trouble');
  await me.hangUp();
  await page.waitForSelector('#ended');
  await page.evaluate(() => { window.portraits.refused = ['audio', 'video']; });
  await page.click('#results [data-call="video"]');
  await page.waitForSelector('#ended-text:has-text(".")');
  await me.phase('none');
  await visit(page, 'denied');
  await page.click('#ended-close');
  await page.fill('#callee', '');
  await page.waitForSelector('#recent-list');

  await page.context().setOffline(true);
  await page.evaluate(() => window.test.sockets.at(-1).close());
  await page.waitForSelector('#trouble');
  await visit(page, 'offline');
  await page.context().setOffline(false);
  await me.online();

  const { token } = await page.evaluate(() => JSON.parse(localStorage.getItem('zvonok.session')));
  await fetch(`${stage.url}/api/auth/logout`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
  await page.waitForSelector('#login-note');
  await page.waitForSelector('#address-form');
  await visit(page, 'session-ended');
  await page.click('#login-switch');
  await page.waitForSelector('#token-form');
  await visit(page, 'token');
  await me.useToken(mint({ userId: own }, { key: process.env.JWT_SECRET }));
  await me.online();
  await me.dial(own, 'audio');
  await page.waitForSelector('#dial-note .note');
  await visit(page, 'home-by-token');
}

/** Somebody more, without a page. */
async function register({ url }, name) {
  const post = async (path, body) => {
    const answer = await fetch(url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    return answer.json();
  };
  const address = { email: 'third@example.com' };
  const { devCode } = await post('/api/auth/code', address);
  await post('/api/auth/verify', { ...address, code: devCode, name });
}

/** From now on the camera is refused, and nothing plays by itself. */
function breakCameraAndPlaying() {
  window.portraits.refused = ['video'];
  HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('made by the test', 'NotAllowedError'));
}

// Runs in the page before its own scripts: a drawn person in the place of the browser's own test picture.
function portraits({ wall, hair, skin, shade, clothes, isLongHaired }) {
  window.portraits = { refused: [] };
  if (!navigator.mediaDevices) return;
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
    const { refused } = window.portraits;
    if ((audio && refused.includes('audio')) || (video && refused.includes('video'))) throw new DOMException('made by the test', 'NotAllowedError');
    const stream = audio ? await open({ audio }) : new MediaStream();
    if (video) stream.addTrack(portrait());
    return stream;
  };

  function portrait() {
    const canvas = Object.assign(document.createElement('canvas'), { width: 960, height: 600 });
    const brush = canvas.getContext('2d');
    const shape = (colour, ...commands) => {
      brush.fillStyle = colour;
      brush.fill(new Path2D(commands.join(' ')));
    };
    const draw = () => {
      shape(wall, 'M0 0 H960 V600 H0 Z');
      shape('#f7ead2', 'M90 70 H330 V400 H90 Z');
      shape('#a9cbd6', 'M104 84 H203 V386 H104 Z M217 84 H316 V386 H217 Z');
      shape('#6f8f5f', 'M104 386 V330 Q150 280 203 330 V386 Z M217 386 V310 Q270 270 316 340 V386 Z');
      shape('#7b4b35', 'M700 210 H930 V226 H700 Z M700 340 H930 V356 H700 Z');
      shape('#c0533b', 'M716 130 h26 v80 h-26 z M780 116 h30 v94 h-30 z');
      shape('#2f5d50', 'M746 142 h30 v68 h-30 z M850 250 h28 v90 h-28 z');
      shape('#d9a441', 'M815 138 h22 v72 h-22 z M884 262 h24 v78 h-24 z');
      if (isLongHaired) shape(hair, 'M330 330 Q330 120 490 120 Q650 120 650 330 Q650 430 610 470 H370 Q330 430 330 330 Z');
      shape(clothes, 'M200 600 Q220 470 400 450 H580 Q760 470 780 600 Z');
      shape(shade, 'M430 400 H550 V462 Q490 520 430 462 Z');
      shape(skin, 'M372 290 Q372 180 490 180 Q608 180 608 290 Q608 430 490 440 Q372 430 372 290 Z');
      if (isLongHaired) shape(hair, 'M360 290 Q360 160 490 150 Q620 160 620 290 Q590 230 520 220 Q430 260 360 290 Z');
      else shape(hair, 'M366 270 Q352 150 470 140 Q600 122 618 262 Q606 216 560 204 Q470 222 400 202 Q376 226 366 270 Z');
      shape('#3a2720', 'M440 300 a11 12 0 1 0 1 0 Z M541 300 a11 12 0 1 0 1 0 Z');
      shape('#a5523f', 'M448 372 Q490 410 534 372 Q490 392 448 372 Z');
    };
    draw();
    setInterval(draw, 200); // A stream of a canvas has frames only while that is drawn on.
    return canvas.captureStream(5).getVideoTracks()[0];
  }
}
