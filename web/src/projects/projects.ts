import { api, data, type Project } from '../api/client';
import { createStore } from '../design/store';
import { onHead, watch } from '../live/live';

/** The caller's projects, by name; undefined until they are known. */
export const projects = createStore<readonly Project[] | undefined>(undefined);

/** Counts of a project that changes all the time are asked for so often at most. */
const REFRESH_MILLIS = 1_000;

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

function byName(a: Project, b: Project): number {
  return a.name.localeCompare(b.name, undefined, { numeric: true, sensitivity: 'base' });
}

/** Asks for all projects. */
export async function loadProjects(): Promise<void> {
  const { projects: found } = await data(api.GET('/v1/projects'));
  projects.set([...found].sort(byName));
  watch(found.map(project => project.id));
}

/** Asks for one project, and keeps what it answered. */
export async function loadProject(id: string): Promise<Project> {
  const found = await data(api.GET('/v1/projects/{p}', { params: { path: { p: id } } }));
  keep(found);
  return found;
}

function keep(project: Project): void {
  projects.set(now => [...(now ?? []).filter(other => other.id !== project.id), project].sort(byName));
}

export async function createProject(name: string, portableNames: boolean): Promise<Project> {
  const made = await data(api.POST('/v1/projects', { body: { name, portableNames } }));
  keep(made);
  watch((projects.get() ?? []).map(project => project.id));
  return made;
}

/** Forgets everything, as somebody else may log in next. */
export function forgetProjects(): void {
  projects.set(undefined);
  watch([]);
}

/** Keeps counts and heads as the events say; call once. */
export function followProjects(): () => void {
  return onHead(head => {
    const known = projects.get()?.find(project => project.id === head.project);
    if (known === undefined || known.head >= head.sequence || waiting.has(head.project)) {
      return;
    }
    waiting.set(
      head.project,
      setTimeout(() => {
        waiting.delete(head.project);
        // Where that fails the next event or visit asks again.
        loadProject(head.project).catch(() => undefined);
      }, REFRESH_MILLIS),
    );
  });
}
