// Reads the deployment files below a folder and says what their linters find; exit status 1 if anything.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compose, containerfile, dashboard, kubernetes } from './checks.mjs';

const root = process.argv[2] ?? '..';
const text = file => readFileSync(join(root, file), 'utf8');
const found = [
  ['Containerfile', containerfile(text('Containerfile'))],
  ['compose.yaml', compose(join(root, 'compose.yaml'))],
  ['kubernetes.yaml', kubernetes(text('kubernetes.yaml'))],
  ...readdirSync(join(root, 'grafana'))
    .filter(file => file.endsWith('.json'))
    .map(file => [`grafana/${file}`, dashboard(text(`grafana/${file}`))]),
];

for (const [file, messages] of found) {
  for (const message of messages) {
    console.error(`${file}: ${message}`);
  }
  console.log(`lint-deploy: ${file}: ${messages.length} found`);
}
process.exitCode = found.some(([, messages]) => messages.length > 0) ? 1 : 0;
