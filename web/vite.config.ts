import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { brotli, firstLoad } from './scripts/compression.ts';

// Where `npm run dev` finds a server; see README.md.
const server = process.env.SYNCLINE_SERVER ?? 'http://127.0.0.1:8420';

export default defineConfig({
  plugins: [react(), firstLoad(), brotli()],
  resolve: {
    alias: {
      // The original writes a style element at run time, which the page's policy forbids.
      'react-remove-scroll': fileURLToPath(new URL('src/design/remove-scroll.tsx', import.meta.url)),
    },
  },
  build: {
    outDir: process.env.SYNCLINE_PAGE ?? 'target/page',
    emptyOutDir: true,
    target: 'es2022',
    // Never as data: addresses, which the policy allows for images only.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        // The server's page, and the one that a device's daemon serves.
        index: fileURLToPath(new URL('index.html', import.meta.url)),
        device: fileURLToPath(new URL('device.html', import.meta.url)),
      },
    },
  },
  server: {
    port: 5173,
    // The server accepts a cookie only from pages of its own address.
    proxy: { '/v1': { target: server, ws: true, changeOrigin: true, headers: { origin: server } } },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
