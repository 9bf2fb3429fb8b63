import type { ReactNode } from 'react';

import { useTranslate } from '../i18n/language';
import { Icon } from './icon';

/** The way in: a bell and its rings on one side, what one is asked for on the other. */
export function Doorway({ children }: { children: ReactNode }) {
  const t = useTranslate();
  return (
    <div className="doorway">
      <div className="doorway-side" aria-hidden="true">
        <span className="bell"><Icon name="bell" /></span>
        <p>{t('loginMotto')}</p>
      </div>
      {children}
    </div>
  );
}
