import { ApiError, api, data, type Node, type Project, type Schema } from '../api/client';
import { loadProject, projects } from '../projects/projects';

type Change = Schema['Change'];
type Result = Schema['ChangeResult'];

/** Most changes of one commit, and most versions of one restore (docs/protocol.md). */
const CHANGES_MAX = 500;
const VERSIONS_MAX = 200;

/** Longest name, in bytes of UTF-8. */
const NAME_BYTES_MAX = 255;

const REPLICA_KEY = 'syncline.replica';

/** What is wrong with a name, or undefined. The server judges again. */
export function nameFault(name: string): string | undefined {
  if (name === '') {
    return 'A name is needed';
  }
  if (name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
    return 'A name can’t hold a slash, and isn’t “.” or “..”';
  }
  return new TextEncoder().encode(name).length > NAME_BYTES_MAX ? 'The name is too long' : undefined;
}

/** 128 random bits, as ids of commits are. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

/** This browser's name for itself in commits; it has no replica of the tree. */
function replica(): string {
  let id = localStorage.getItem(REPLICA_KEY);
  if (id === null || !/^[0-9a-f]{32}$/.test(id)) {
    id = randomId();
    localStorage.setItem(REPLICA_KEY, id);
  }
  return id;
}

async function known(project: string): Promise<Project> {
  return projects.get()?.find(found => found.id === project) ?? (await loadProject(project));
}

/** Sends changes, at most 500. A commit that wasn't answered is sent again under its id, which is harmless. */
export async function commit(project: string, changes: Change[], atomic = false): Promise<Result[]> {
  const id = randomId();
  let base = (await known(project)).proof;
  for (let tries = 1; ; tries++) {
    try {
      const answer = await data(
        api.POST('/v1/projects/{p}/commits', {
          params: { path: { p: project } },
          body: { id, replica: replica(), base, atomic, changes },
        }),
      );
      return answer.results;
    } catch (failure) {
      const again =
        failure instanceof ApiError && (failure.mayPass || failure.code === 'EXPIRED') && tries < 3;
      if (!again) {
        throw failure;
      }
      if (failure.code === 'EXPIRED') {
        // The server was taken back to an older state: what is seen now is what counts.
        base = (await loadProject(project)).proof;
      }
    }
  }
}

const REASONS: Record<Schema['Refusal'], string> = {
  STALE: 'somebody changed it in the meantime',
  NAME_TAKEN: 'there is something of that name already',
  PARENT_GONE: 'the folder is gone',
  CYCLE: 'a folder can’t be moved into itself',
  NOT_EMPTY: 'something new is in it',
  MISSING_BLOCKS: 'its content isn’t stored any more',
  TOO_LARGE: 'a limit is reached',
  QUOTA: 'the quota is used up',
  INVALID: 'the name isn’t allowed',
  ABORTED: 'another change failed',
};

/** Why a change was refused, as the end of a sentence. */
export function reason(result: Schema['RefusedChange']): string {
  return REASONS[result.refused] ?? result.refused;
}

function isApplied(result: Result): result is Schema['AppliedChange'] {
  return 'applied' in result;
}

/** The node that the one change of a commit made. */
async function one(project: string, change: Change): Promise<Node> {
  const [result] = await commit(project, [change]);
  if (result === undefined) {
    throw new Error('the server answered without a result');
  }
  if (!isApplied(result)) {
    throw new Error(reason(result));
  }
  return result.applied;
}

/** Makes a folder. */
export function createFolder(project: string, parent: number, name: string): Promise<Node> {
  return one(project, { create: -1, parent, name, kind: 'directory' });
}

/** Gives a node another name where it is. */
export function rename(project: string, node: Node, name: string): Promise<Node> {
  return one(project, { update: node.id, expected: node.sequence, parent: node.parent, name });
}

/** What became of several nodes. */
export interface Outcome {
  /** As they are now. */
  done: Node[];
  /** Those that weren't touched, and why. */
  refused: { node: Node; why: string }[];
}

/** Moves nodes into a folder, under their names. */
export async function move(project: string, nodes: readonly Node[], folder: number): Promise<Outcome> {
  const outcome: Outcome = { done: [], refused: [] };
  for (let i = 0; i < nodes.length; i += CHANGES_MAX) {
    const some = nodes.slice(i, i + CHANGES_MAX);
    const results = await commit(
      project,
      some.map(node => ({ update: node.id, expected: node.sequence, parent: folder, name: node.name })),
    );
    sort(some, results, outcome);
  }
  return outcome;
}

/** Puts moved nodes back where they were. */
export async function moveBack(
  project: string,
  before: readonly Node[],
  now: readonly Node[],
): Promise<void> {
  const old = new Map(before.map(node => [node.id, node]));
  for (let i = 0; i < now.length; i += CHANGES_MAX) {
    const changes: Change[] = [];
    for (const node of now.slice(i, i + CHANGES_MAX)) {
      const place = old.get(node.id);
      if (place !== undefined) {
        changes.push({ update: node.id, expected: node.sequence, parent: place.parent, name: place.name });
      }
    }
    await commit(project, changes);
  }
}

function sort(nodes: readonly Node[], results: readonly Result[], outcome: Outcome): void {
  results.forEach((result, i) => {
    const node = nodes[i];
    if (isApplied(result)) {
      outcome.done.push(result.applied);
    } else if (node !== undefined) {
      outcome.refused.push({ node, why: reason(result) });
    }
  });
}

/** Nodes that were deleted, as they were, in the order in which they went: what a folder held before it. */
export interface Deleted extends Outcome {
  removed: Node[];
}

/**
 * Deletes nodes with all beneath them: what was seen, children first, so that nothing goes that came in the
 * meantime. `tell` is told how many are gone.
 */
export async function remove(
  project: string,
  nodes: readonly Node[],
  tell: (removed: number) => void,
): Promise<Deleted> {
  const outcome: Deleted = { done: [], refused: [], removed: [] };
  let batch: Node[] = [];
  const send = async () => {
    const some = batch;
    batch = [];
    const results = await commit(
      project,
      some.map(node => ({ delete: node.id, expected: node.sequence })),
    );
    sort(some, results, outcome);
    results.forEach((result, i) => {
      const node = some[i];
      if (isApplied(result) && node !== undefined) {
        outcome.removed.push(node);
      }
    });
    tell(outcome.removed.length);
  };
  for (const node of nodes) {
    for await (const each of childrenFirst(project, node)) {
      batch.push(each);
      if (batch.length === CHANGES_MAX) {
        await send();
      }
    }
  }
  if (batch.length > 0) {
    await send();
  }
  return outcome;
}

async function* childrenFirst(project: string, node: Node): AsyncGenerator<Node> {
  if (node.kind === 'directory') {
    let after: string | undefined;
    do {
      const page = await data(
        api.GET('/v1/projects/{p}/nodes/{id}/children', {
          params: {
            path: { p: project, id: node.id },
            query: { limit: 1000, ...(after !== undefined && { after }) },
          },
        }),
      );
      for (const child of page.nodes) {
        yield* childrenFirst(project, child);
      }
      after = page.after;
    } while (after !== undefined);
  }
  yield node;
}

/** Brings deleted nodes back where they were, folders before what they held. How many came back. */
export async function restore(project: string, removed: readonly Node[]): Promise<number> {
  const versions = [...removed].reverse();
  let back = 0;
  for (let i = 0; i < versions.length; i += VERSIONS_MAX) {
    const answer = await data(
      api.POST('/v1/projects/{p}/restore', {
        params: { path: { p: project } },
        body: {
          id: randomId(),
          dryRun: false,
          versions: versions
            .slice(i, i + VERSIONS_MAX)
            .map(node => ({ node: node.id, sequence: node.sequence })),
        },
      }),
    );
    back += answer.results.filter(result =>
      ['recreated', 'restored', 'same'].includes(result.outcome),
    ).length;
  }
  return back;
}
