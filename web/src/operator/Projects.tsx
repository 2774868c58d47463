import { useCallback, useState } from 'react';
import { sentence } from '../api/client';
import { Fault } from '../design/Ask';
import { Button } from '../design/Button';
import { Waiting } from '../design/Empty';
import { Section, Select } from '../design/Rows';
import { say } from '../design/Toasts';
import { bytes, count } from '../format';
import styles from './Operator.module.css';
import { QuotaDialog } from './QuotaDialog';
import { QuotaUse } from './QuotaUse';
import { listServerProjects, type ProjectSort, putProjectQuota, type ServerProject } from './requests';
import { Scroll } from './Scroll';
import { useFresh } from './useFresh';
import { millis } from './words';

const SORTS: readonly [ProjectSort, string][] = [
  ['slowest', 'The slowest'],
  ['busiest', 'The busiest'],
  ['largest', 'The largest'],
];

/** A time of 0 is that of a project that wasn't asked. */
const asked = (value: number) => (value === 0 ? '–' : millis(value));

/** The projects that stand out, and their quotas. */
export function Projects() {
  const [sort, setSort] = useState<ProjectSort>('slowest');
  const [round, setRound] = useState(0);
  const [editing, setEditing] = useState<ServerProject>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is asked for by its number
  const ask = useCallback(() => listServerProjects(sort), [sort, round]);
  const { found, fault } = useFresh(ask);
  return (
    <Section
      title="Projects"
      note="Requests and times are of the last hour."
      actions={
        <Select
          label="Which projects"
          value={sort}
          onChange={event => setSort(event.target.value as ProjectSort)}
        >
          {SORTS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      }
    >
      {found === undefined ? (
        fault === undefined ? (
          <Waiting />
        ) : (
          <Fault text={sentence(fault)} />
        )
      ) : found.projects.length === 0 ? (
        <p className={styles.none}>
          {sort === 'largest'
            ? 'There is no project.'
            : 'No project was asked for anything within the last hour.'}
        </p>
      ) : (
        <Scroll label="Table of projects">
          <thead>
            <tr>
              <th scope="col">Project</th>
              <th scope="col" className={styles.right}>
                Requests
              </th>
              <th scope="col" className={styles.right}>
                Half within
              </th>
              <th scope="col" className={styles.right}>
                99 of 100 within
              </th>
              <th scope="col" className={styles.right}>
                Entries
              </th>
              <th scope="col" className={styles.right}>
                Stored
              </th>
              <th scope="col">Content</th>
              <th scope="col">
                <span className="visually-hidden">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.projects.map(project => (
              <tr key={project.id}>
                <th scope="row">{project.name}</th>
                <td className={`${styles.right} numbers`}>{count(project.requests)}</td>
                <td className={`${styles.right} numbers`}>{asked(project.p50Millis)}</td>
                <td className={`${styles.right} numbers`}>{asked(project.p99Millis)}</td>
                <td className={`${styles.right} numbers`}>{count(project.nodes)}</td>
                <td className={`${styles.right} numbers`}>{bytes(project.storedBytes)}</td>
                <td>
                  <QuotaUse
                    quota={{
                      bytes: project.contentBytes,
                      ...(project.bytesMax !== undefined && { bytesMax: project.bytesMax }),
                    }}
                  />
                </td>
                <td className={styles.right}>
                  <Button small look="quiet" onClick={() => setEditing(project)}>
                    Quota<span className="visually-hidden"> of {project.name}</span>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </Scroll>
      )}
      {editing !== undefined && (
        <QuotaDialog
          name={editing.name}
          of="project"
          quota={{ ...editing, bytes: editing.contentBytes }}
          onClose={() => setEditing(undefined)}
          save={async limits => {
            await putProjectQuota(editing.id, limits);
            say(`The quota of ${editing.name} is set`);
            setRound(n => n + 1);
          }}
        />
      )}
    </Section>
  );
}
