import { api, data, type Node, type Schema } from '../api/client';
import { randomId } from '../files/operations';

export type LogEntry = Schema['LogEntry'];
export type Deletion = Schema['Deletion'];
export type Restored = Schema['Restored'];

/** Rows asked for at once. */
export const PAGE_ENTRIES = 100;

/** Which changes of a project are asked for. */
export interface LogQuestion {
  device?: string;
  /** Times of RFC 3339: from this one on, and before that one. */
  since?: string;
  until?: string;
}

/** A page of the project's log, the newest first; `before` goes on. */
export function log(project: string, question: LogQuestion, before?: number): Promise<Schema['LogPage']> {
  return data(
    api.GET('/v1/projects/{p}/log', {
      params: {
        path: { p: project },
        query: { limit: PAGE_ENTRIES, ...question, ...(before !== undefined && { before }) },
      },
    }),
  );
}

/** A page of one node's versions, the newest first. */
export function versions(project: string, node: number, before?: number): Promise<Schema['LogPage']> {
  return data(
    api.GET('/v1/projects/{p}/nodes/{id}/history', {
      params: {
        path: { p: project, id: node },
        query: { limit: PAGE_ENTRIES, ...(before !== undefined && { before }) },
      },
    }),
  );
}

/** A page of what was deleted and isn't back, the newest first. */
export function deleted(project: string, after?: string): Promise<Schema['DeletedPage']> {
  return data(
    api.GET('/v1/projects/{p}/deleted', {
      params: {
        path: { p: project },
        query: { limit: PAGE_ENTRIES, ...(after !== undefined && { after }) },
      },
    }),
  );
}

/** Where a version's bytes are. */
export function versionAddress(project: string, node: number, sequence: number): string {
  return `/v1/projects/${project}/nodes/${node}/versions/${sequence}/content`;
}

/** Puts versions back; those deleted come back with the folders that held them. */
export async function restoreVersions(
  project: string,
  wanted: readonly { node: number; sequence: number }[],
): Promise<readonly Restored[]> {
  const answer = await data(
    api.POST('/v1/projects/{p}/restore', {
      params: { path: { p: project } },
      body: { id: randomId(), dryRun: false, versions: [...wanted] },
    }),
  );
  return answer.results;
}

/** What a walk over a device's changes would do, or has done. */
export interface Rewound {
  results: Restored[];
  /** Whether there is more than was asked for. */
  more: boolean;
}

/** Most results of a dry run that are listed, so that the page stays quick. */
const LISTED_MAX = 5_000;

/** Most walks until nothing more is done. */
const WALKS_MAX = 20;

interface Rewind {
  device: string;
  since: string;
}

/** Goes over all that a device did since a time, page by page; `tell` hears how much was looked at. */
async function walk(
  project: string,
  rewind: Rewind,
  dryRun: boolean,
  until: number | undefined,
  tell: (results: readonly Restored[]) => void,
  signal: AbortSignal,
  mostResults = Number.POSITIVE_INFINITY,
): Promise<{ until: number | undefined; whole: boolean }> {
  let before: number | undefined;
  let bound = until;
  let seen = 0;
  do {
    const answer: Schema['RestoreAnswer'] = await data(
      api.POST('/v1/projects/{p}/restore', {
        params: { path: { p: project } },
        body: {
          id: randomId(),
          dryRun,
          ...rewind,
          ...(bound !== undefined && { until: bound }),
          ...(before !== undefined && { before }),
        },
        signal,
      }),
    );
    tell(answer.results);
    seen += answer.results.length;
    bound = answer.until ?? bound;
    before = answer.before;
    if (before !== undefined && seen >= mostResults) {
      return { until: bound, whole: false };
    }
  } while (before !== undefined);
  return { until: bound, whole: true };
}

/** Says what undoing would do, and touches nothing. */
export async function planUndo(project: string, rewind: Rewind, signal: AbortSignal): Promise<Rewound> {
  const results: Restored[] = [];
  const { whole } = await walk(
    project,
    rewind,
    true,
    undefined,
    some => results.push(...some),
    signal,
    LISTED_MAX,
  );
  return { results, more: !whole };
}

const DOES: ReadonlySet<string> = new Set(['restored', 'moved', 'recreated', 'deleted']);

/** Whether something is done to a node, rather than left as it is. */
export function does(result: Restored): boolean {
  return DOES.has(result.outcome);
}

/**
 * Takes back what the device did: walks until nothing more is done, as what was in the way in one walk may be
 * gone in the next. The newest word about each node stands.
 */
export async function undo(
  project: string,
  rewind: Rewind,
  tell: (done: number) => void,
  signal: AbortSignal,
): Promise<{ done: number; refused: Restored[] }> {
  let done = 0;
  let until: number | undefined;
  let refused: Restored[] = [];
  for (let round = 0; round < WALKS_MAX; round++) {
    let now = 0;
    refused = [];
    const walked: { until: number | undefined } = await walk(
      project,
      rewind,
      false,
      until,
      results => {
        now += results.filter(does).length;
        refused.push(...results.filter(one => one.outcome === 'refused'));
        tell(done + now);
      },
      signal,
    );
    until = walked.until;
    done += now;
    if (now === 0 || refused.length === 0) {
      break;
    }
  }
  return { done, refused };
}

const kept = new Map<string, Promise<string>>();

/** Most paths of folders that are remembered. */
const PATHS_MAX = 5_000;

/** The path of a folder, `a/b`; the root's is empty. One that is gone for good has none: `…`. */
export function folderPath(project: string, folder: number): Promise<string> {
  if (folder === 0) {
    return Promise.resolve('');
  }
  const key = `${project} ${folder}`;
  let path = kept.get(key);
  if (path === undefined) {
    path = findPath(project, folder).catch(() => '…');
    if (kept.size >= PATHS_MAX) {
      kept.clear();
    }
    kept.set(key, path);
  }
  return path;
}

async function findPath(project: string, folder: number): Promise<string> {
  const at = { params: { path: { p: project, id: folder } } };
  const [node, above] = await Promise.all([
    data(api.GET('/v1/projects/{p}/nodes/{id}', at)),
    data(api.GET('/v1/projects/{p}/nodes/{id}/ancestors', at)),
  ]);
  return [...above.directories.map(one => one.name), (node as Node).name].join('/');
}
