import { useState } from 'react';

import { useTranslate } from '../i18n/language';
import { askToNotify, mayAskToNotify } from '../sound/notice';
import { Icon } from './icon';

/** Browsers ask for this permission only after a click, so there must be something to click. */
export function NotifyOffer() {
  const t = useTranslate();
  const [offered, setOffered] = useState(mayAskToNotify);
  if (!offered) return null;
  return (
    <div className="offer" id="notify-offer">
      <p>{t('notifyText')}</p>
      <button className="link" id="notify" type="button" onClick={() => void askToNotify().then(() => setOffered(false))}>{t('notify')}</button>
      <button className="round small quiet" type="button" aria-label={t('dismiss')} onClick={() => setOffered(false)}><Icon name="close" /></button>
    </div>
  );
}
