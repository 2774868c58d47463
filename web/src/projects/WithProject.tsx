import { CircleAlert } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { type Project, sentence } from '../api/client';
import { Link } from '../app/router';
import { Empty, Waiting } from '../design/Empty';
import { useStore } from '../design/store';
import { loadProject, projects } from './projects';

/** A part of a project's pages: asks for the project, and says where it can't be had. */
export function WithProject({ id, children }: { id: string; children(project: Project): ReactNode }) {
  const project = useStore(projects)?.find(found => found.id === id);
  const [fault, setFault] = useState<unknown>();
  useEffect(() => {
    loadProject(id).catch(setFault);
  }, [id]);
  if (project !== undefined) {
    return children(project);
  }
  return fault === undefined ? (
    <Waiting />
  ) : (
    <Empty icon={<CircleAlert />} title="This project can’t be read" text={sentence(fault)}>
      <Link href="/">To the projects</Link>
    </Empty>
  );
}

/** What a question's answer was, asked when the page opens and again when told to. */
export interface Answered<T> {
  found: T | undefined;
  fault: unknown;
  again(): void;
}

/** Asks; `ask` is kept by `useCallback`, and asked anew when it is another. */
export function useAnswer<T>(ask: () => Promise<T>): Answered<T> {
  const [found, setFound] = useState<T>();
  const [fault, setFault] = useState<unknown>();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is asked for by its number
  useEffect(() => {
    let over = false;
    ask().then(
      answer => {
        if (!over) {
          setFound(answer);
          setFault(undefined);
        }
      },
      failure => over || setFault(failure),
    );
    return () => {
      over = true;
    };
  }, [ask, round]);
  const again = useCallback(() => setRound(n => n + 1), []);
  return { found, fault, again };
}
