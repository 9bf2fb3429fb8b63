// Where the server is. The names are those of the original front end; with none set, the page's own server is meant.

const env: Record<string, unknown> = import.meta.env;

function setting(name: string): string | null {
  const value = env[`REACT_APP_${name}`] ?? env[`VITE_${name}`];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The address of the WebSocket, without a token. */
export function socketUrl(): URL {
  const url = new URL(setting('WS_URL') ?? 'ws', document.baseURI);
  url.protocol = url.protocol.replace('http', 'ws');
  url.hash = '';
  return url;
}

/** The address of a REST route, such as `api/me`. */
export function apiUrl(path: string): URL {
  return new URL(path, apiBase());
}

function apiBase(): string {
  const given = setting('API_URL');
  // While developing, Vite passes REST on (vite.config.ts).
  if (import.meta.env.DEV) return document.baseURI;
  if (given) return given.replace(/\/*$/, '/');
  const socket = setting('WS_URL');
  return socket ? new URL('./', socket.replace(/^ws/, 'http')).href : document.baseURI;
}
