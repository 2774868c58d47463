import { CircleAlert, RotateCcw, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { type Project, sentence } from '../api/client';
import { Head } from '../app/Head';
import { Link } from '../app/router';
import { type PageProps, versionsAddress } from '../app/routes';
import { Button } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { Row, Rows, Section } from '../design/Rows';
import { complain, say } from '../design/Toasts';
import { KindIcon } from '../files/kinds';
import { ago, bytes, counted, moment } from '../format';
import { WithProject } from '../projects/WithProject';
import styles from './History.module.css';
import { type Deletion, deleted, does, restoreVersions } from './requests';
import { Tabs } from './Tabs';
import { usePages } from './usePages';

/** What was deleted and may come back. */
export default function DeletedPage({ variables }: PageProps) {
  return <WithProject id={variables.project ?? ''}>{project => <Deletions project={project} />}</WithProject>;
}

function Deletions({ project }: { project: Project }) {
  const ask = useCallback(
    async (after: string | undefined) => {
      const page = await deleted(project.id, after);
      return { list: page.entries, next: page.after };
    },
    [project.id],
  );
  const pages = usePages<Deletion, string>(ask);
  const [back, setBack] = useState<ReadonlySet<number>>(new Set());
  const [busy, setBusy] = useState<ReadonlySet<number>>(new Set());
  const restore = async ({ entry, path }: Deletion) => {
    const id = entry.node.id;
    setBusy(now => new Set([...now, id]));
    try {
      const results = await restoreVersions(project.id, [{ node: id, sequence: entry.sequence }]);
      const result = results.find(does) ?? results[0];
      if (result !== undefined && (does(result) || result.outcome === 'same')) {
        setBack(now => new Set([...now, id]));
        say(`“${result.path === '' ? path : result.path}” is back`);
      } else {
        complain(
          result?.outcome === 'expired' ? 'It isn’t kept any more' : `“${path}” couldn’t be brought back`,
        );
      }
    } catch (failure) {
      complain(sentence(failure));
    }
    setBusy(now => new Set([...now].filter(one => one !== id)));
  };
  const list = pages.list?.filter(one => !back.has(one.entry.node.id));
  return (
    <>
      <Head title="History" note="What was deleted comes back to where it was" />
      <div className={styles.bar}>
        <Tabs project={project.id} />
      </div>
      {list === undefined ? (
        pages.fault === undefined ? (
          <Waiting />
        ) : (
          <Empty icon={<CircleAlert />} title="What was deleted can’t be read" text={sentence(pages.fault)} />
        )
      ) : list.length === 0 && !pages.more ? (
        <Empty
          icon={<Trash2 />}
          title="Nothing to bring back"
          text="What is deleted is remembered here for as long as the project keeps its history."
        />
      ) : (
        <Section
          title="Deleted"
          note={`${counted(list.length, 'entry', 'entries')}${pages.more ? ' and more' : ''}`}
        >
          <Rows label="Deleted entries">
            {list.map(one => {
              const { entry, path } = one;
              const time = Date.parse(entry.time);
              const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
              return (
                <Row
                  key={entry.sequence}
                  icon={<KindIcon node={entry.node} />}
                  title={
                    entry.node.kind === 'file' ? (
                      <Link href={versionsAddress(project.id, entry.node.id)}>{entry.node.name}</Link>
                    ) : (
                      entry.node.name
                    )
                  }
                  note={
                    <>
                      {folder !== '' && `in ${folder} · `}
                      {entry.node.size !== undefined && `${bytes(entry.node.size)} · `}
                      <span title={moment(time)}>
                        deleted by {entry.deviceName} {ago(time)}
                      </span>
                    </>
                  }
                  actions={
                    project.role !== 'viewer' && (
                      <Button
                        look="quiet"
                        small
                        disabled={busy.has(entry.node.id)}
                        onClick={() => restore(one)}
                        aria-label={`Restore ${entry.node.name}`}
                      >
                        <RotateCcw size={16} />
                        Restore
                      </Button>
                    )
                  }
                />
              );
            })}
          </Rows>
          {pages.more && (
            <Button className={styles.more ?? ''} look="quiet" onClick={pages.next} disabled={pages.busy}>
              Show more
            </Button>
          )}
        </Section>
      )}
    </>
  );
}
