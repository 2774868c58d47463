import {
  CircleUser,
  FolderOpen,
  Gauge,
  History,
  type LucideIcon,
  MonitorSmartphone,
  ScrollText,
  SlidersHorizontal,
  Split,
  Users,
} from 'lucide-react';
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
const Timeline = lazy(() => import('../history/HistoryPage'));
const Versions = lazy(() => import('../history/VersionsPage'));
const Deleted = lazy(() => import('../history/DeletedPage'));
const Devices = lazy(() => import('../devices/DevicesPage'));
const People = lazy(() => import('../people/PeoplePage'));
const Conflicts = lazy(() => import('../conflicts/ConflictsPage'));
const Overview = lazy(() => import('../operator/OverviewPage'));
const Accounts = lazy(() => import('../operator/AccountsPage'));
const Settings = lazy(() => import('../operator/SettingsPage'));
const Audit = lazy(() => import('../operator/AuditPage'));

/** Every address of the page. */
export const routes: readonly Route[] = [
  { path: '/', page: Projects },
  { path: '/projects/:project', page: Files },
  { path: '/projects/:project/folders/:folder', page: Files },
  { path: '/projects/:project/search', page: Search },
  { path: '/projects/:project/history', page: Timeline },
  { path: '/projects/:project/history/:node', page: Versions },
  { path: '/projects/:project/deleted', page: Deleted },
  { path: '/projects/:project/conflicts', page: Conflicts },
  { path: '/projects/:project/devices', page: Devices },
  { path: '/projects/:project/people', page: People },
  { path: '/server', page: Overview },
  { path: '/server/accounts', page: Accounts },
  { path: '/server/settings', page: Settings },
  { path: '/server/audit', page: Audit },
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
  {
    label: 'History',
    icon: History,
    address: project => `/projects/${project}/history`,
    holds: (path, project) =>
      path === `/projects/${project}/history` ||
      path.startsWith(`/projects/${project}/history/`) ||
      path === `/projects/${project}/deleted`,
  },
  {
    label: 'Conflicts',
    icon: Split,
    address: project => `/projects/${project}/conflicts`,
    holds: (path, project) => path === `/projects/${project}/conflicts`,
  },
  {
    label: 'Devices',
    icon: MonitorSmartphone,
    address: project => `/projects/${project}/devices`,
    holds: (path, project) => path === `/projects/${project}/devices`,
  },
  {
    label: 'People',
    icon: Users,
    address: project => `/projects/${project}/people`,
    holds: (path, project) => path === `/projects/${project}/people`,
  },
];

/** What the sidebar lists for operators. */
export const operatorPages: readonly { label: string; icon: LucideIcon; address: string }[] = [
  { label: 'Overview', icon: Gauge, address: '/server' },
  { label: 'Accounts', icon: CircleUser, address: '/server/accounts' },
  { label: 'Settings', icon: SlidersHorizontal, address: '/server/settings' },
  { label: 'Audit log', icon: ScrollText, address: '/server/audit' },
];

/** The address of a folder; the root's is the project's. */
export function folderAddress(project: string, folder: number): string {
  return folder === 0 ? `/projects/${project}` : `/projects/${project}/folders/${folder}`;
}

/** The address of a node's versions. */
export function versionsAddress(project: string, node: number): string {
  return `/projects/${project}/history/${node}`;
}
