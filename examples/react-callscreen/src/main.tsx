import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app/app';
import { watchCalls } from './app/attention';
import { watchPage } from './app/page-life';
import { AppProvider } from './components/app-context';
import { Root } from './components/root';
import './styles/base.css';
import './styles/forms.css';
import './styles/people.css';
import './styles/screens.css';
import './styles/call.css';

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');

// Sockets, calls and timers live outside of React: StrictMode draws everything twice, and none of them may begin twice.
const app = new App();
if (isSecureContext) {
  watchCalls(app);
  watchPage(app);
  app.start();
}

createRoot(place).render(
  <StrictMode>
    <AppProvider value={app}>
      <Root />
    </AppProvider>
  </StrictMode>,
);
