// Puts the page together: keeps its state, passes what people do to the call and the connection, and draws.

import { Calls } from './call.js';
import { setLanguage, t } from './i18n.js';
import { forgetIceServers } from './ice-servers.js';
import { show } from './media.js';
import { recentPeople, rememberPerson } from './recent.js';
import { hush, muteRing, ringBack, ringEnded, ringIncoming, unlockSound } from './ring.js';
import { cleanToken, devLogin, forgetToken, saveToken, savedToken, userIdOf } from './session.js';
import { Signalling } from './signalling.js';
import { draw, drawTimer, endedText, speak } from './view.js';

const el = (id) => document.getElementById(id);

const kToastMs = 8_000; // Long enough to read two lines.

const state = {
  screen: 'login', me: null, status: { kind: 'off' },
  login: { form: null, namesOffered: false, note: null, busy: false },
  call: null, ended: null, dialNote: null, recent: [], toast: null, soundBlocked: false,
};

const signalling = new Signalling({
  onStatus: (status) => {
    state.status = status;
    if (status.why === 'unauthorized') logOut('refused.unauthorized');
    redraw();
  },
  onMessage: (event, payload) => calls.handle(event, payload),
  onLost: () => {
    forgetIceServers();
    calls.socketLost();
  },
});

const calls = new Calls({
  send: (event, payload) => signalling.send(event, payload),
  onChange: callChanged,
  onEnded: (summary) => {
    state.ended = summary;
    state.recent = rememberPerson(state.me, summary.peerId);
    ringEnded();
    speak(endedText(summary));
    redraw();
    if (state.screen === 'home') el('ended').focus();
  },
  onNotice: (key) => toast(t(key)),
});

function redraw() {
  draw(state);
}

// ── Logging in ────────────────────────────────────────────────────────────────────────────────────────────────────

function logIn(token) {
  saveToken(token);
  state.me = userIdOf(token);
  state.recent = recentPeople(state.me);
  state.screen = 'home';
  Object.assign(state.login, { note: null, busy: false });
  Object.assign(state, { ended: null, dialNote: null });
  signalling.start(token);
  el('callee').focus();
}

function logOut(note = null) {
  calls.hangup();
  forgetToken();
  signalling.stop();
  Object.assign(state, { screen: 'login', me: null, ended: null });
  Object.assign(state.login, { note, busy: false });
  if (!state.login.form) askWhetherNamesAreOffered();
}

// Only a server in dev mode lets people pick a name; asking with an empty one tells which form to show.
async function askWhetherNamesAreOffered() {
  const { problem } = await devLogin('');
  const offered = problem === 'bad_name';
  Object.assign(state.login, { namesOffered: offered, form: offered ? 'name' : 'token' });
  if (problem === 'not_here') state.login.note ??= 'notHere';
  if (problem === 'unreachable') state.login.note ??= 'serverUnreachable';
  redraw();
  el(offered ? 'name' : 'token').focus();
}

const kLoginNotes = { not_here: 'notHere', not_offered: null, bad_name: 'badName', unreachable: 'serverUnreachable' };

el('name-form').onsubmit = async (event) => {
  event.preventDefault();
  state.login.busy = true;
  redraw();
  const { token, problem } = await devLogin(el('name').value.trim());
  state.login.busy = false;
  if (token) return logIn(token);
  state.login.note = kLoginNotes[problem];
  if (problem === 'not_here' || problem === 'not_offered') state.login.form = 'token';
  redraw();
};

el('token-form').onsubmit = (event) => {
  event.preventDefault();
  const token = cleanToken(el('token').value);
  if (userIdOf(token) !== null) {
    el('token').value = '';
    return logIn(token);
  }
  state.login.note = 'badToken';
  redraw();
};

el('login-switch').onclick = () => {
  state.login.form = state.login.form === 'name' ? 'token' : 'name';
  state.login.note = null;
  redraw();
  el(state.login.form).focus();
};

el('sign-out').onclick = () => { logOut(); redraw(); };
el('trouble-retry').onclick = () => signalling.start(savedToken());

for (const code of ['en', 'ru']) el(`lang-${code}`).onclick = () => { setLanguage(code); redraw(); };

// ── Calling ───────────────────────────────────────────────────────────────────────────────────────────────────────

function dial(name, { video }) {
  state.dialNote = name === state.me ? 'callSelf' : null;
  redraw();
  if (!state.dialNote && name !== '' && state.status.kind === 'online') calls.dial(name, { video });
}

el('dial-form').onsubmit = (event) => {
  event.preventDefault();
  dial(el('callee').value.trim(), { video: event.submitter?.value === 'video' });
};
el('recent-list').onclick = (event) => {
  const person = event.target.closest('.person');
  if (person) dial(person.dataset.name, { video: false });
};
el('ended-again').onclick = () => dial(state.ended.peerId, { video: state.ended.video });
el('ended-close').onclick = () => { state.ended = null; redraw(); el('callee').focus(); };

el('answer-audio').onclick = () => calls.accept({ video: false });
el('answer-video').onclick = () => calls.accept({ video: true });
el('decline').onclick = () => calls.hangup();
el('hangup').onclick = () => calls.hangup();
el('mic').onclick = toggleMicrophone;
el('camera').onclick = toggleCamera;
el('unlock').onclick = playRemote;

async function toggleMicrophone() {
  await calls.toggleMicrophone();
  if (state.call) speak(t(state.call.tracks.audio?.enabled ? 'micOn' : 'micOff'));
}

async function toggleCamera() {
  await calls.toggleCamera();
  if (state.call) speak(t(state.call.tracks.video ? 'cameraOn' : 'cameraOff'));
}

let shownPhase = 'none';
let second = null;

function callChanged(call) {
  state.call = call;
  const phase = call?.phase ?? 'none';
  if (phase !== shownPhase) enterPhase(phase, call);
  redraw();
  if (phase !== shownPhase && document.body.dataset.screen === 'call' && shownPhase !== 'connecting') el('call-name').focus();
  shownPhase = phase;
  if (call?.remote.getTracks().length > 0) playRemote();
}

// What begins or stops with a phase: sounds, the clock, the lock that keeps the screen lit.
function enterPhase(phase, call) {
  hush();
  clearInterval(second);
  if (phase === 'incoming') ringIncoming(`● ${t('incomingTitle', { name: call.peerId })}`);
  if (phase === 'dialling') ringBack();
  if (phase === 'active') second = setInterval(() => drawTimer(state.call), 1_000);
  if (phase !== 'none' && phase !== 'incoming') speak(t(`phase.${phase}`, { name: call.peerId }));
  if (phase === 'none') {
    Object.assign(state, { toast: null, soundBlocked: false });
    show(el('remote'), null);
  } else {
    Object.assign(state, { ended: null });
  }
  keepScreenLit(phase === 'active');
}

async function playRemote() {
  const blocked = (await show(el('remote'), state.call?.remote ?? null)) === 'blocked';
  if (blocked === state.soundBlocked) return;
  state.soundBlocked = blocked;
  redraw();
}

let toastTimer = null;

function toast(text) {
  clearTimeout(toastTimer);
  state.toast = state.toast ? `${state.toast} ${text}` : text;
  toastTimer = setTimeout(() => { state.toast = null; redraw(); }, kToastMs);
  redraw();
}

let wakeLock = null;

async function keepScreenLit(on) {
  if (!on) return wakeLock?.release().catch(() => {});
  // Refused on low battery or in a hidden page; the call goes on in the dark.
  wakeLock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
}

// ── Keys, gestures, and the life of the page ──────────────────────────────────────────────────────────────────────

addEventListener('keydown', (event) => {
  unlockSound();
  if (!state.call || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  // By place, not by letter: on a Russian keyboard M and V are where ь and м are.
  if (event.code === 'KeyM' && state.call.phase !== 'incoming') toggleMicrophone();
  if (event.code === 'KeyV' && state.call.phase !== 'incoming') toggleCamera();
  if (event.code === 'Escape') {
    event.preventDefault(); // Else the browser closes the dialog.
    if (state.call.phase === 'incoming') muteRing();
    if (state.call.phase === 'dialling' || state.call.phase === 'preparing') calls.hangup();
  }
});
addEventListener('pointerdown', unlockSound);
el('incoming').addEventListener('cancel', (event) => event.preventDefault());

// A page that is left may be frozen in the back/forward cache with its socket open: it would seem reachable and never
// ring. So it leaves the server by itself. A page in a call is not cached; its socket ends with it, if it ends.
addEventListener('pagehide', () => {
  if (state.call && state.call.phase !== 'incoming') return;
  signalling.pause();
  calls.socketLost();
});
addEventListener('online', () => { if (!state.call) signalling.renew(); });
addEventListener('pageshow', (event) => { if (event.persisted) signalling.resume(); });

if (!isSecureContext) {
  state.screen = 'insecure';
} else if (savedToken()) {
  logIn(savedToken());
} else {
  askWhetherNamesAreOffered();
}
redraw();
