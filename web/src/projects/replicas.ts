import { useEffect, useState } from 'react';
import { api, data, type Schema } from '../api/client';
import { onHead } from '../live/live';

export type Replica = Schema['Replica'];

/** Checkpoints follow a head within about a minute, or soon after a replica falls quiet. */
const AGAIN_MILLIS = [1_500, 5_000, 15_000, 60_000];

/** The folders of a project, asked for again as the project moves; undefined until they are known. */
export function useReplicas(project: string): readonly Replica[] | undefined {
  const [replicas, setReplicas] = useState<readonly Replica[]>();
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let round = 0;
    const ask = async () => {
      try {
        const { replicas: found } = await data(
          api.GET('/v1/projects/{p}/replicas', { params: { path: { p: project } } }),
        );
        if (!over) {
          setReplicas(found);
        }
      } catch {
        // What was known stays; asked again below.
      }
      if (!over) {
        timer = setTimeout(ask, AGAIN_MILLIS[Math.min(round++, AGAIN_MILLIS.length - 1)]);
      }
    };
    ask();
    const unfollow = onHead(head => {
      if (head.project === project) {
        clearTimeout(timer);
        round = 0;
        timer = setTimeout(ask, AGAIN_MILLIS[0]);
      }
    });
    return () => {
      over = true;
      clearTimeout(timer);
      unfollow();
    };
  }, [project]);
  return replicas;
}
