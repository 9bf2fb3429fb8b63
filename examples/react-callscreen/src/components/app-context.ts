import { createContext, useContext } from 'react';

import type { App } from '../app/app';

const AppContext = createContext<App | null>(null);

export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('a component stands outside of <AppProvider>');
  return app;
}
