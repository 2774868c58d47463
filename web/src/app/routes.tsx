import { FolderOpen, type LucideIcon } from 'lucide-react';
import { type ComponentType, lazy } from 'react';

/** What a page is given: the variables of its address. */
export interface PageProps {
  variables: Record<string, string>;
}

interface Route {
  /** A template as `match` reads it. */
  path: string;
  /** Loaded when it is visited first: each page is a file of its own. */
  page: ComponentType<PageProps>;
}

const Projects = lazy(() => import('../projects/ProjectsPage'));
const Files = lazy(() => import('../files/FilesPage'));
const Search = lazy(() => import('../search/SearchPage'));

/** Every address of the page. */
export const routes: readonly Route[] = [
  { path: '/', page: Projects },
  { path: '/projects/:project', page: Files },
  { path: '/projects/:project/folders/:folder', page: Files },
  { path: '/projects/:project/search', page: Search },
];

/** A part of a project, as the sidebar lists it. */
export interface Section {
  label: string;
  icon: LucideIcon;
  /** Its address. */
  address(project: string): string;
  /** Whether a path lies in it. */
  holds(path: string, project: string): boolean;
}

export const sections: readonly Section[] = [
  {
    label: 'Files',
    icon: FolderOpen,
    address: project => `/projects/${project}`,
    holds: (path, project) =>
      path === `/projects/${project}` ||
      path.startsWith(`/projects/${project}/folders/`) ||
      path === `/projects/${project}/search`,
  },
];

/** The address of a folder; the root's is the project's. */
export function folderAddress(project: string, folder: number): string {
  return folder === 0 ? `/projects/${project}` : `/projects/${project}/folders/${folder}`;
}
