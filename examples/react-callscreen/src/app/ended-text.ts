import type { Ended } from '../call/call-state';
import type { Translate } from '../i18n/words';

/** How a call ended, in words, with what was wrong with the devices. */
export function endedText(t: Translate, { reason, problems }: Ended, name: string): string {
  const [first, second] = problems;
  const why = first?.reason === 'denied' && second?.reason === 'denied'
    ? [t('both.denied')]
    : problems.map(({ kind, reason: problem }) => t(`${kind}.${problem}`));
  return [t(`ended.${reason}`, { name }), ...why].join(' ');
}
