import { ApiError, api, data, type Node, type Schema } from '../api/client';
import { commit, reason } from '../files/operations';
import { CONFLICT_WORDS, keptName, parseConflict } from './names';

/** A conflict copy, and what holds the name that it lost. */
export interface Conflict {
  copy: Node;
  /** The device whose version the copy is, as its name says. */
  device: string;
  /** The name in conflict, and the path of its folder. */
  name: string;
  folder: string;
  /** What has that name now; undefined where nothing has. */
  winner?: Node;
}

/** Hits asked for at once; few enough that each may be looked up. */
const HITS = 50;

/** A page of the project's conflict copies, the newest first; it may be short, even empty, and go on. */
export async function listConflicts(
  project: string,
  after: string | undefined,
): Promise<{ list: readonly Conflict[]; next: string | undefined }> {
  const page = await data(
    api.GET('/v1/projects/{p}/search', {
      params: {
        path: { p: project },
        query: { q: CONFLICT_WORDS, limit: HITS, ...(after !== undefined && { after }) },
      },
    }),
  );
  const folders = new Map(page.directories.map(one => [one.id, one]));
  const path = (id: number): string[] => {
    const folder = folders.get(id);
    return folder === undefined ? [] : [...path(folder.parent), folder.name];
  };
  const list = await Promise.all(
    page.nodes.flatMap(copy => {
      const parsed = parseConflict(copy.name);
      if (parsed === undefined) {
        return [];
      }
      const way = path(copy.parent);
      const found = async (): Promise<Conflict> => {
        const winner = await resolve(project, [...way, parsed.original].join('/'));
        return {
          copy,
          device: parsed.device,
          name: parsed.original,
          folder: way.join('/'),
          ...(winner && { winner }),
        };
      };
      return [found()];
    }),
  );
  return { list, next: page.after };
}

async function resolve(project: string, path: string): Promise<Node | undefined> {
  try {
    const found = await data(
      api.GET('/v1/projects/{p}/resolve', { params: { path: { p: project }, query: { path } } }),
    );
    return 'sequence' in found ? (found as Node) : undefined;
  } catch (failure) {
    if (failure instanceof ApiError && failure.code === 'NOT_FOUND') {
      return undefined;
    }
    throw failure;
  }
}

/** What a person may choose: the version that has the name, the copy, or both. */
export type Choice = 'theirs' | 'ours' | 'both';

/** Names tried for a copy that is kept beside the other. */
const NAMES_MAX = 20;

/**
 * Settles a conflict by one commit, all or nothing: each side must still be what was seen. What goes is in the
 * history.
 */
export async function settle(project: string, conflict: Conflict, choice: Choice): Promise<void> {
  const { copy, winner, name } = conflict;
  const gone: Schema['Change'] = { delete: copy.id, expected: copy.sequence };
  const place = (to: string): Schema['Change'] => ({
    update: copy.id,
    expected: copy.sequence,
    parent: copy.parent,
    name: to,
  });
  if (choice === 'both') {
    for (let number = 1; number <= NAMES_MAX; number++) {
      const [result] = await commit(project, [place(keptName(copy.name, number))]);
      if (result !== undefined && !('refused' in result)) {
        return;
      }
      if (result === undefined || result.refused !== 'NAME_TAKEN') {
        throw new Error(result === undefined ? 'the server answered without a result' : reason(result));
      }
    }
    throw new Error('all names for a copy are taken');
  }
  const changes =
    choice === 'theirs'
      ? [...(winner === undefined ? [] : [{ check: winner.id, expected: winner.sequence }]), gone]
      : winner === undefined
        ? [place(name)]
        : [{ update: winner.id, expected: winner.sequence, ...item(copy) }, gone];
  const results = await commit(project, changes, true);
  // Of those refused, the one that isn't only refused because another was.
  const refused = results.filter(result => 'refused' in result);
  const why = refused.find(result => result.refused !== 'ABORTED') ?? refused[0];
  if (why !== undefined) {
    throw new Error(reason(why));
  }
}

/** What a node is, without where it is. */
function item(node: Node): Omit<Schema['UpdateChange'], 'update' | 'expected'> {
  return {
    kind: node.kind,
    ...(node.executable && { executable: node.executable }),
    ...(node.mtime !== undefined && { mtime: node.mtime }),
    ...(node.size !== undefined && { size: node.size }),
    ...(node.level !== undefined && { level: node.level }),
    ...(node.hash !== undefined && { hash: node.hash }),
  };
}
