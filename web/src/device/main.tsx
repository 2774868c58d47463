import '@fontsource-variable/inter/wght.css';
import '../design/tokens.css';
import '../design/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Boundary } from '../app/Boundary';
import { Tips } from '../design/Tip';
import { Toasts } from '../design/Toasts';
import { applyTheme } from '../design/theme';
import { enter } from './control';
import { DevicePage } from './DevicePage';

applyTheme();
void enter();
const root = document.getElementById('root');
if (root === null) {
  throw new Error('the document has no place for the page');
}
createRoot(root).render(
  <StrictMode>
    <Boundary>
      <Tips>
        <DevicePage />
        <Toasts />
      </Tips>
    </Boundary>
  </StrictMode>,
);
