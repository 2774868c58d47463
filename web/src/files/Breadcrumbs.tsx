import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { Node } from '../api/client';
import { Link } from '../app/router';
import { folderAddress } from '../app/routes';
import styles from './Breadcrumbs.module.css';
import { dragged, isFolderTarget } from './drag';

/** The way from the project to the folder; what is dragged can be dropped on each. */
export function Breadcrumbs({
  project,
  way,
  onDrop,
}: {
  project: string;
  /** The project itself first, as folder 0; the last one is where one is. */
  way: readonly { id: number; name: string }[];
  onDrop: ((nodes: readonly Node[], folder: number) => void) | undefined;
}) {
  const [target, setTarget] = useState<number>();
  return (
    <nav className={styles.nav} aria-label="Way to this folder">
      <ol className={styles.list}>
        {way.map((step, i) => {
          const here = i === way.length - 1;
          return (
            <li key={step.id} className={styles.item}>
              {i > 0 && <ChevronRight size={14} aria-hidden />}
              {here ? (
                <h1 className={`${styles.crumb} ${styles.here}`}>{step.name}</h1>
              ) : (
                <Link
                  href={folderAddress(project, step.id)}
                  className={styles.crumb}
                  data-target={target === step.id}
                  onDragOver={event => {
                    if (onDrop !== undefined && isFolderTarget(step.id)) {
                      event.preventDefault();
                      setTarget(step.id);
                    }
                  }}
                  onDragLeave={() => setTarget(undefined)}
                  onDrop={event => {
                    setTarget(undefined);
                    if (isFolderTarget(step.id)) {
                      event.preventDefault();
                      onDrop?.(dragged.end(), step.id);
                    }
                  }}
                >
                  {step.name}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
