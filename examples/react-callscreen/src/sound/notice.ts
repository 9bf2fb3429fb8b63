// For those who look at another tab while it rings: the title of the page flashes, and the system tells of the call.

const FLASH_MS = 1_000;

let stopFlash = () => {};
let notification: Notification | null = null;

export function flashTitle(text: string): void {
  stopFlash();
  const before = document.title;
  const flip = () => { document.title = document.title === text ? before : text; };
  flip();
  const timer = setInterval(flip, FLASH_MS);
  stopFlash = () => {
    clearInterval(timer);
    document.title = before;
    stopFlash = () => {};
  };
}

/** Is it worth asking the person? Only while the browser has not been told yes or no. */
export const mayAskToNotify = (): boolean => 'Notification' in window && Notification.permission === 'default';

export async function askToNotify(): Promise<void> {
  await Notification.requestPermission().catch(() => {});
}

/** Shown only while nobody looks at the page, which shows the call itself. */
export function notify(title: string, body: string): void {
  if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
  try {
    const shown = new Notification(title, { body, tag: 'zvonok-call', requireInteraction: true });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    notification = shown;
  } catch {
    // Chrome on Android lets only service workers notify; the ring and the title have to do.
  }
}

export function stopNotices(): void {
  stopFlash();
  notification?.close();
  notification = null;
}
