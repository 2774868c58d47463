import '@fontsource-variable/inter/wght.css';
import './design/tokens.css';
import './design/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { applyTheme } from './design/theme';

applyTheme();
const root = document.getElementById('root');
if (root === null) {
  throw new Error('the document has no place for the page');
}
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
