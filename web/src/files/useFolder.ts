import { useCallback, useEffect, useState } from 'react';
import { api, data, isAbort, type Node, type Schema } from '../api/client';

type Directory = Schema['SearchDirectory'];

/** A folder and what is above it; `node` is undefined for the root. */
export interface Folder {
  node: Node | undefined;
  above: readonly Directory[];
}

/** Asks for a folder's place; `again` asks once more, as after a hint. */
export function useFolder(
  project: string,
  folder: number,
): { found: Folder | undefined; fault: unknown; again(): void } {
  const [found, setFound] = useState<Folder>();
  const [fault, setFault] = useState<unknown>();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is asked for by its number
  useEffect(() => {
    const control = new AbortController();
    const path = { p: project, id: folder };
    const ask = async () => {
      if (folder === 0) {
        return { node: undefined, above: [] };
      }
      const [node, { directories }] = await Promise.all([
        data(api.GET('/v1/projects/{p}/nodes/{id}', { params: { path }, signal: control.signal })),
        data(api.GET('/v1/projects/{p}/nodes/{id}/ancestors', { params: { path }, signal: control.signal })),
      ]);
      return { node, above: directories };
    };
    ask().then(
      answer => {
        setFound(answer);
        setFault(undefined);
      },
      failure => isAbort(failure) || setFault(failure),
    );
    return () => control.abort();
  }, [project, folder, round]);
  return { found, fault, again: useCallback(() => setRound(n => n + 1), []) };
}
