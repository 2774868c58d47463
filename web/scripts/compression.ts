import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Most bytes of compressed script and style that the first load of a page may need. */
const FIRST_LOAD_BYTES_MAX = 150_000;

/** Says how large the first load of each page is, and fails the build where one is too large. */
export function firstLoad(): Plugin {
  return {
    name: 'syncline-first-load',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter(file => file.type === 'chunk');
      const entries = chunks.filter(chunk => chunk.isEntry);
      if (entries.length === 0) {
        throw new Error('there is no entry');
      }
      for (const entry of entries) {
        const names = new Set<string>();
        const open = [entry.fileName];
        for (let name = open.pop(); name !== undefined; name = open.pop()) {
          const chunk = chunks.find(found => found.fileName === name);
          if (chunk !== undefined && !names.has(name)) {
            names.add(name);
            open.push(...chunk.imports);
            for (const style of chunk.viteMetadata?.importedCss ?? []) {
              names.add(style);
            }
          }
        }
        let bytes = 0;
        for (const name of names) {
          const file = bundle[name];
          bytes += gzipSync(file?.type === 'asset' ? file.source : (file?.code ?? '')).length;
        }
        const said = `first load of ${entry.name}: ${bytes} bytes of script and style in ${names.size} files, by gzip`;
        if (bytes > FIRST_LOAD_BYTES_MAX) {
          this.error(`${said}; at most ${FIRST_LOAD_BYTES_MAX} are allowed`);
        }
        this.info(said);
      }
    },
  };
}

/** Puts each text that is worth it beside itself in Brotli, for the server to send as it is. */
export function brotli(): Plugin {
  let folder = '';
  return {
    name: 'syncline-brotli',
    apply: 'build',
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (/\.(js|css|html|svg)$/.test(name)) {
          const plain = readFileSync(path.join(folder, name));
          const coded = brotliCompressSync(plain, {
            params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
          });
          if (coded.length < plain.length) {
            writeFileSync(path.join(folder, `${name}.br`), coded);
          }
        }
      }
    },
  };
}
