// Each linter finds what is planted into the file that it passes.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compose, containerfile, dashboard, kubernetes } from './checks.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));

function composeText(text) {
  const place = mkdtempSync(join(tmpdir(), 'compose-'));
  try {
    writeFileSync(join(place, 'compose.yaml'), text);
    return compose(join(place, 'compose.yaml'));
  } finally {
    rmSync(place, { recursive: true });
  }
}

const files = [
  {
    file: 'Containerfile',
    lint: containerfile,
    planted: [
      ['an unknown instruction', 'STOPSIGNAL', 'STOPSIGNL'],
      ['a port that is none', 'EXPOSE 8420', 'EXPOSE http-8420'],
      ['an image without a version', 'debian:12-slim', 'debian'],
      ['a flag that there is not', 'ADD ', 'ADD --chwon=1 '],
    ],
  },
  {
    file: 'compose.yaml',
    lint: composeText,
    planted: [
      ['an unknown field', 'stop_grace_period:', 'stop_grace:'],
      ['a value of the wrong kind', 'read_only: true', 'read_only: [1]'],
      ['a port on all interfaces', '"127.0.0.1:8421:8420"', '"8421:8420"'],
      ['an image without a version', 'postgres:18', 'postgres'],
      ['a port twice', '127.0.0.1:8421:', '127.0.0.1:8420:'],
    ],
  },
  {
    file: 'kubernetes.yaml',
    lint: kubernetes,
    planted: [
      ['a value of the wrong kind', 'replicas: 3', 'replicas: three'],
      ['a value that there is not', 'ScheduleAnyway', 'Anyway'],
      ['a field that is missing', 'maxSkew: 1', '{}'],
      ['an unknown field at the top', 'spec:', 'specification:'],
      ['an unknown field far below', 'timeoutSeconds: 5', 'timeoutSecond: 5'],
      ['an unknown kind', 'kind: PodDisruptionBudget', 'kind: PodBudget'],
      ['an old version of a kind', 'policy/v1', 'policy/v2'],
      ['a field twice', 'replicas: 3', 'replicas: 3\n  replicas: 3'],
    ],
  },
  {
    file: 'grafana/syncline.json',
    lint: dashboard,
    planted: [
      ['a bracket that is not closed', '[$__rate_interval])))"', '[$__rate_interval]))"'],
      ['a function that there is not', 'topk(', 'topmost('],
      ['a variable that there is not', '{instance=~\\"$node\\"', '{instance=~\\"$nodes\\"'],
      ['two panels of one id', '"id": 2,', '"id": 1,'],
      ['panels one over another', '"x": 8', '"x": 0'],
      ['a panel beside the grid', '"x": 16', '"x": 20'],
      ['two queries of one name', '"refId": "B"', '"refId": "A"'],
    ],
  },
];

for (const { file, lint, planted } of files) {
  const text = readFileSync(join(folder, file), 'utf8');

  test(`${file} passes`, () => assert.deepEqual(lint(text), []));

  for (const [what, from, to] of planted) {
    test(`${file}: ${what} is found`, () => {
      assert.ok(text.includes(from), `nothing to plant into: ${from}`);
      assert.notDeepEqual(lint(text.replace(from, to)), []);
    });
  }
}
