import { useSyncExternalStore } from 'react';

import type { Readable } from './store';

/** The present value of a store; the component is drawn again when it changes. */
export function useStore<T>(store: Readable<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
