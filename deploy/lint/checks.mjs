// What is wrong with each kind of deployment file: functions from a file's text, or its path where a linter wants
// one, to messages. No message: nothing was found.
import { DCLinter } from 'dclint';
import { validate as containerfileSyntax } from 'dockerfile-utils';
import containerfileUse from 'dockerfilelint';
import { createRequire } from 'node:module';
import { parser as promql } from '@prometheus-io/lezer-promql';
import { parseAllDocuments } from 'yaml';

const require = createRequire(import.meta.url);

/** Instructions that there aren't, or that can't be so; then habits that end badly. */
export function containerfile(text) {
  return [
    ...containerfileSyntax(text).map(found => `${found.range.start.line + 1}: ${found.message}`),
    ...Object.entries(containerfileUse.run('.', text)).flatMap(([line, all]) =>
      [all].flat().map(found => `${line}: ${found.title}: ${found.description}`),
    ),
  ];
}

// Keys are in the order in which they are explained, not in the linter's.
const composeRules = {
  'no-unbound-port-interfaces': 2,
  'require-quotes-in-ports': [2, { quoteType: 'double' }],
  'service-keys-order': 0,
  'services-alphabetical-order': 0,
  'top-level-properties-order': 0,
};

/** What the Compose specification's schema refuses, and what the linter advises against. */
export function compose(path) {
  const linter = new DCLinter({ rules: composeRules, quiet: false, debug: false, exclude: [] });
  return linter
    .lintFiles([path], false)
    .flatMap(file => file.messages.map(found => `${found.line}: ${found.rule}: ${found.message}`));
}

/** A view of a value that notes which fields of its objects were looked at. */
function watched(value, path, looked) {
  if (value === null || typeof value !== 'object') {
    return value;
  }
  return new Proxy(value, {
    get: (target, key) => {
      looked.add(`${path}/${String(key)}`);
      return watched(target[key], `${path}/${String(key)}`, looked);
    },
  });
}

function paths(value, path) {
  if (value === null || typeof value !== 'object') {
    return [];
  }
  return Object.entries(value).flatMap(([key, child]) => [`${path}/${key}`, ...paths(child, `${path}/${key}`)]);
}

function model(document) {
  try {
    return require(`kubernetes-models/${document?.apiVersion}/${document?.kind}`)[document.kind];
  } catch {
    return undefined;
  }
}

/**
 * What Kubernetes' own schemas refuse, and fields that they don't have, which a cluster would drop in silence: those
 * that the schemas' validators never look at.
 */
export function kubernetes(text) {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((parsed, index) => {
    if (parsed.errors.length > 0) {
      return parsed.errors.map(error => `document ${index}: ${error.message}`);
    }
    const document = parsed.toJS();
    const known = model(document);
    if (known === undefined) {
      return [`document ${index}: no schema of ${document?.apiVersion} ${document?.kind}`];
    }
    const name = `${document.kind} ${document.metadata?.name}`;
    const looked = new Set(['/apiVersion', '/kind']);
    const watchedModel = Object.setPrototypeOf(watched(document, '', looked), known.prototype);
    try {
      watchedModel.validate();
    } catch (error) {
      return [`${name}: ${error.message}`];
    }
    const unknown = paths(document, '').filter(path => !looked.has(path));
    return unknown.map(path => `${name}: there is no field ${path}`);
  });
}

/** Where a query isn't one, by Prometheus' own grammar. */
function queryFault(query) {
  const text = query.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, 'x');
  let fault;
  promql.parse(text).iterate({
    enter: node => {
      if (node.type.isError && fault === undefined) {
        fault = `not a query from character ${node.from} on: ${text}`;
      }
    },
  });
  return fault;
}

function overlap(a, b) {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** Queries that aren't PromQL, variables that there aren't, and panels that would replace or cover each other. */
export function dashboard(text) {
  const { panels, templating } = JSON.parse(text);
  const variables = new Set(['__rate_interval', ...templating.list.map(variable => variable.name)]);
  const found = [];
  panels.forEach((panel, index) => {
    const say = message => found.push(`${panel.title}: ${message}`);
    for (const [, name] of JSON.stringify(panel).matchAll(/\$\{?(\w+)/g)) {
      if (!variables.has(name)) {
        say(`there is no variable ${name}`);
      }
    }
    const references = new Set();
    for (const target of panel.targets ?? []) {
      const fault = queryFault(target.expr);
      if (fault !== undefined) {
        say(fault);
      }
      if (references.has(target.refId)) {
        say(`two queries ${target.refId}`);
      }
      references.add(target.refId);
    }
    if (panel.gridPos.x + panel.gridPos.w > 24) {
      say('wider than the grid of 24');
    }
    for (const earlier of panels.slice(0, index)) {
      if (earlier.id === panel.id) {
        say(`has the id of ${earlier.title}`);
      }
      if (overlap(earlier.gridPos, panel.gridPos)) {
        say(`covers ${earlier.title}`);
      }
    }
  });
  return found;
}
