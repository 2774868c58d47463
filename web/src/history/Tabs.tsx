import { Link, usePlace } from '../app/router';
import styles from './History.module.css';

/** The two views of a project's past. */
export function Tabs({ project }: { project: string }) {
  const { path } = usePlace();
  const tabs = [
    [`/projects/${project}/history`, 'Timeline'],
    [`/projects/${project}/deleted`, 'Deleted'],
  ] as const;
  return (
    <nav className={styles.tabs} aria-label="Views of the history">
      {tabs.map(([address, label]) => (
        <Link
          key={address}
          href={address}
          className={styles.tab}
          aria-current={path === address ? 'page' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
