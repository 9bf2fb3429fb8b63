import react from '@vitejs/plugin-react';
import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';

// REACT_APP_ is what the original front end's settings begin with; VITE_ is what Vite users expect. Either will do.
const PREFIXES = ['REACT_APP_', 'VITE_'];

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, '.', PREFIXES);
  const setting = (name: string) => env[`REACT_APP_${name}`] || env[`VITE_${name}`];
  const server = setting('API_URL') ?? setting('WS_URL')?.replace(/^ws/, 'http').replace(/\/ws\/?$/, '') ?? 'http://localhost:3001';
  return {
    base: './', // The page works under any path.
    envPrefix: PREFIXES,
    plugins: [react()],
    build: {
      target: 'es2022',
      assetsInlineLimit: 0, // A strict Content-Security-Policy knows files only.
      modulePreload: false,
    },
    // While developing, this page's own origin passes REST on, so the server need not know of it (CORS).
    server: { proxy: { '/api': { target: server, changeOrigin: true }, '/ws': { target: server, ws: true, changeOrigin: true } } },
    test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
  };
});
