import { ChevronDown, ChevronUp, CircleAlert, CircleCheck, Columns2, Split } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { contentAddress, type Project, sentence } from '../api/client';
import { Head } from '../app/Head';
import { Link } from '../app/router';
import { folderAddress, type PageProps } from '../app/routes';
import { Button } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { Row, Rows, Section } from '../design/Rows';
import { complain, say } from '../design/Toasts';
import { KindIcon } from '../files/kinds';
import { bytes, counted, millisOf, moment, shortMoment } from '../format';
import type { Side } from '../history/Compare';
import { usePages } from '../history/usePages';
import { onHead } from '../live/live';
import { WithProject } from '../projects/WithProject';
import styles from './ConflictsPage.module.css';
import { type Choice, type Conflict, listConflicts, settle } from './requests';

const Compare = lazy(() => import('../history/Compare').then(module => ({ default: module.Compare })));

/** Files that two devices changed at once: both sides, and a choice. */
export default function ConflictsPage({ variables }: PageProps) {
  return <WithProject id={variables.project ?? ''}>{project => <Conflicts project={project} />}</WithProject>;
}

const SAID: Record<Choice, string> = {
  theirs: 'Kept the version that has the name',
  ours: 'Kept the copy’s version',
  both: 'Kept both',
};

function Conflicts({ project }: { project: Project }) {
  const ask = useCallback((after: string | undefined) => listConflicts(project.id, after), [project.id]);
  const pages = usePages<Conflict, string>(ask);
  const [settled, setSettled] = useState<ReadonlySet<number>>(new Set());
  const [busy, setBusy] = useState<number>();
  const { again } = pages;
  useEffect(
    () =>
      onHead(head => {
        const news = head.news?.changes;
        if (head.project === project.id && news?.some(node => node.name.includes('(conflict'))) {
          again();
        }
      }),
    [project.id, again],
  );
  const choose = async (conflict: Conflict, choice: Choice) => {
    setBusy(conflict.copy.id);
    try {
      await settle(project.id, conflict, choice);
      setSettled(now => new Set([...now, conflict.copy.id]));
      say(SAID[choice]);
    } catch (failure) {
      complain(`“${conflict.name}” wasn’t settled: ${sentence(failure)}`);
      again();
    }
    setBusy(undefined);
  };
  const list = pages.list?.filter(one => !settled.has(one.copy.id));
  return (
    <>
      <Head title="Conflicts" note="Two devices changed one file; both versions are here" />
      {list === undefined ? (
        pages.fault === undefined ? (
          <Waiting />
        ) : (
          <Empty icon={<CircleAlert />} title="The conflicts can’t be read" text={sentence(pages.fault)} />
        )
      ) : list.length === 0 && !pages.more ? (
        <Empty
          icon={<CircleCheck />}
          title="No conflict"
          text="Where two devices change the same file at once, both versions are kept and shown here."
        />
      ) : (
        <Section
          title="To settle"
          note={`${counted(list.length, 'conflict')}${pages.more ? ' and more' : ''}. What you don’t keep stays in the history.`}
        >
          <Rows label="Conflicts">
            {list.map(conflict => (
              <ConflictRow
                key={conflict.copy.id}
                project={project}
                conflict={conflict}
                busy={busy === conflict.copy.id}
                onChoose={choice => choose(conflict, choice)}
              />
            ))}
          </Rows>
          {pages.more && (
            <Button look="quiet" onClick={pages.next} disabled={pages.busy}>
              Show more
            </Button>
          )}
        </Section>
      )}
    </>
  );
}

function ConflictRow({
  project,
  conflict,
  busy,
  onChoose,
}: {
  project: Project;
  conflict: Conflict;
  busy: boolean;
  onChoose(choice: Choice): void;
}) {
  const { copy, winner, device, name, folder } = conflict;
  const [open, setOpen] = useState(false);
  const mayChange = project.role !== 'viewer';
  const sides = useMemo(() => {
    const side = (label: string, node: typeof copy): Side => ({
      label,
      node: { ...node, name },
      address: contentAddress(project.id, node.id),
    });
    return winner && { left: side('has the name', winner), right: side(`of ${device}`, copy) };
  }, [project.id, winner, copy, device, name]);
  const files = copy.kind === 'file' && winner?.kind === 'file';
  return (
    <Row
      icon={<Split size={18} />}
      title={<Link href={`${folderAddress(project.id, copy.parent)}?select=${copy.id}`}>{name}</Link>}
      note={folder === '' ? undefined : `in ${folder}`}
      actions={
        files && (
          <Button look="quiet" small aria-expanded={open} onClick={() => setOpen(!open)}>
            <Columns2 size={16} />
            Compare
            {open ? <ChevronUp size={14} /> : <ChevronDown size={14} />}
          </Button>
        )
      }
    >
      <div className={styles.sides}>
        <Version
          title="Has the name"
          node={winner}
          {...(mayChange && { action: 'Keep theirs', busy, onKeep: () => onChoose('theirs') })}
        />
        <Version
          title={`Copy of ${device}`}
          node={copy}
          {...(mayChange && { action: 'Keep ours', busy, onKeep: () => onChoose('ours') })}
        />
        {mayChange && (
          <Button
            className={styles.both ?? ''}
            disabled={busy}
            onClick={() => onChoose('both')}
            aria-label={`Keep both versions of ${name}`}
          >
            Keep both
          </Button>
        )}
      </div>
      {open && files && sides !== undefined && (
        <Suspense fallback={<Waiting />}>
          <Compare left={sides.left} right={sides.right} />
        </Suspense>
      )}
    </Row>
  );
}

function Version({
  title,
  node,
  action,
  busy,
  onKeep,
}: {
  title: string;
  node: Conflict['winner'];
  action?: string;
  busy?: boolean;
  onKeep?(): void;
}) {
  const time = millisOf(node?.mtime);
  return (
    <div className={styles.side}>
      {node !== undefined && <KindIcon node={node} />}
      <div className={styles.text}>
        <p className={styles.title}>{title}</p>
        <p className={styles.soft}>
          {node === undefined ? (
            'deleted'
          ) : (
            <>
              {node.kind === 'file' ? bytes(node.size ?? 0) : node.kind}
              {time !== undefined && <span title={moment(time)}>, {shortMoment(time)}</span>}
            </>
          )}
        </p>
      </div>
      {action !== undefined && (
        <Button small disabled={busy} onClick={onKeep}>
          {action}
        </Button>
      )}
    </div>
  );
}
