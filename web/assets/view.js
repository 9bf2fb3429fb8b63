// Draws the whole state of the page; it decides nothing. Drawing the same state twice changes nothing, so whoever
// changes the state simply draws again.

import { currentLanguage, t, translatePage } from './i18n.js';
import { show } from './media.js';

const el = (id) => document.getElementById(id);

/**
 * @param {{screen: string, me: string?, status: object, login: object, call: object?, ended: object?, dialNote: string?,
 *          recent: string[], toast: string?, soundBlocked: boolean}} state
 */
export function draw(state) {
  const { call } = state;
  translatePage();
  document.body.dataset.screen = call && call.phase !== 'incoming' ? 'call' : state.screen;
  document.body.dataset.phase = call?.phase ?? 'none';
  for (const code of ['en', 'ru']) el(`lang-${code}`).ariaPressed = String(currentLanguage() === code);
  drawStatus(state);
  drawLogin(state);
  drawHome(state);
  drawIncoming(call?.phase === 'incoming' ? call : null);
  drawCall(state);
}

/** Called each second of a call: the clock alone changes then. */
export function drawTimer(call) {
  el('call-timer').hidden = !call?.activeAt;
  if (call?.activeAt) el('call-timer').textContent = clock(Date.now() - call.activeAt);
}

/** For those who hear the page instead of seeing it. */
export function speak(text) {
  el('spoken').textContent = text;
}

export function endedText({ reason, peerId, problems }) {
  const why = problems.map(({ kind, reason: problem }) => t(`${kind}.${problem}`));
  return [t(`ended.${reason}`, { name: peerId }), ...why].join(' ');
}

function drawStatus({ screen, status }) {
  el('status').hidden = screen !== 'home';
  el('status').dataset.kind = status.kind;
  el('status-text').textContent = t(`status.${status.kind}`);

  const trouble = ['waiting', 'refused'].includes(status.kind) ? t(`${status.kind}.${status.why}`) : '';
  setNote('trouble', 'trouble-text', trouble);
  el('trouble-retry').hidden = status.kind !== 'refused';
}

function drawLogin({ login }) {
  const byName = login.form === 'name';
  el('login-lead').textContent = login.form ? t(byName ? 'leadName' : 'leadToken') : '';
  el('name-form').hidden = !byName;
  el('token-form').hidden = login.form !== 'token';
  el('login-switch').hidden = !login.namesOffered;
  el('login-switch').textContent = t(byName ? 'useToken' : 'useName');
  setNote('login-note', 'login-note', login.note ? t(login.note) : '');
  for (const button of document.querySelectorAll('#login form button')) button.disabled = login.busy;
}

function drawHome({ me, status, ended, dialNote, recent }) {
  drawAvatar('me-avatar', me ?? '');
  el('me-text').textContent = t('meText', { name: me ?? '' });
  for (const id of ['dial-audio', 'dial-video']) el(id).disabled = status.kind !== 'online';
  setNote('dial-note', 'dial-note', dialNote ? t(dialNote) : '');

  el('ended').hidden = !ended;
  if (ended) {
    drawAvatar('ended-avatar', ended.peerId);
    const talk = ended.talkMs === null ? '' : ` · ${clock(ended.talkMs)}`;
    el('ended-title').textContent = ended.peerId + talk;
    el('ended-text').textContent = endedText(ended);
    el('ended-again').ariaLabel = t('callAgain', { name: ended.peerId });
    el('ended-again').disabled = status.kind !== 'online';
  }

  drawRecent(recent);
  for (const button of document.querySelectorAll('.person')) {
    button.disabled = status.kind !== 'online';
    button.ariaLabel = t('callAudio', { name: button.dataset.name });
  }
}

let drawnRecent = null;

// Built anew only when the list has changed, else each drawing would take the focus out of it.
function drawRecent(recent) {
  el('recent').hidden = recent.length === 0;
  if (recent === drawnRecent) return;
  drawnRecent = recent;
  el('recent-list').replaceChildren(...recent.map(personItem));
}

function personItem(name) {
  const avatar = document.createElement('span');
  avatar.className = 'avatar small';
  avatar.ariaHidden = 'true';
  paintAvatar(avatar, name);
  const button = document.createElement('button');
  button.className = 'person';
  button.dataset.name = name;
  const label = document.createElement('span');
  label.textContent = name;
  button.append(avatar, label);
  const item = document.createElement('li');
  item.append(button);
  return item;
}

function drawIncoming(call) {
  const dialog = el('incoming');
  if (!call) return dialog.close();
  drawAvatar('incoming-avatar', call.peerId);
  el('incoming-name').textContent = call.peerId;
  el('incoming-kind').textContent = t(call.video ? 'incomingVideo' : 'incomingAudio');
  if (dialog.open) return;
  dialog.showModal();
  // On the dialog itself: a key meant for the text somebody was typing must neither answer nor decline.
  dialog.focus();
}

function drawCall({ call, toast, soundBlocked }) {
  const present = call && call.phase !== 'incoming' ? call : null;
  const name = present?.peerId ?? '';
  const camera = present?.tracks.video ?? null;
  const mic = present?.tracks.audio ?? null;
  drawAvatar('call-avatar', name);
  el('call-avatar').classList.toggle('ringing', present?.phase === 'dialling');
  el('call-name').textContent = name;
  el('call-state').textContent = stateText(present);
  el('call-path').textContent = pathText(present);
  el('mic').ariaPressed = String(Boolean(mic?.enabled));
  el('camera').ariaPressed = String(Boolean(camera));
  const stop = t(present && !present.activeAt && present.phase !== 'connecting' ? 'cancel' : 'hangup');
  el('hangup').ariaLabel = stop;
  el('hangup').title = stop;
  drawTimer(present);
  setNote('toast', 'toast', toast ?? '');
  el('unlock').hidden = !(present && soundBlocked);

  document.body.dataset.picture = present?.remoteVideo ? 'remote' : 'none';
  el('self').hidden = !camera;
  show(el('self'), selfView(camera));
}

function stateText(call) {
  if (!call) return '';
  if (call.troubled) return t('troubled');
  return call.phase === 'active' ? '' : t(`phase.${call.phase}`);
}

function pathText(call) {
  if (!call?.path || call.phase !== 'active') return '';
  return `${t(call.path.relayed ? 'path.relayed' : 'path.direct')} · ${call.path.protocol.toUpperCase()}`;
}

let selfStream = null;

// One stream per camera track: a new stream at each draw would restart the picture.
function selfView(track) {
  if (!track) selfStream = null;
  else if (selfStream?.getVideoTracks()[0] !== track) selfStream = new MediaStream([track]);
  return selfStream;
}

function setNote(boxId, textId, text) {
  // Untouched while the words stay: a live region that is written again is read out again.
  if (el(textId).textContent !== text) el(textId).textContent = text;
  el(boxId).hidden = text === '';
}

function drawAvatar(id, name) {
  paintAvatar(el(id), name);
}

function paintAvatar(element, name) {
  const [first = ''] = name.trim();
  element.textContent = first.toUpperCase();
  const hue = [...name].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % 360, 7);
  element.style.setProperty('--hue', String(hue));
}

function clock(ms) {
  const seconds = Math.floor(ms / 1_000);
  const two = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
