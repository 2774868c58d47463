import { CircleAlert, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { type Project, sentence } from '../api/client';
import { Head } from '../app/Head';
import { Link } from '../app/router';
import { folderAddress, type PageProps } from '../app/routes';
import { Button, buttonClass, IconButton } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';
import { complain, say } from '../design/Toasts';
import { ago, bytes, counted, moment } from '../format';
import { onHead } from '../live/live';
import { WithProject } from '../projects/WithProject';
import type { Side } from './Compare';
import styles from './History.module.css';
import { folderPath, type LogEntry, restoreVersions, versionAddress, versions } from './requests';
import { usePages } from './usePages';
import { actionWord } from './words';

// What compares is needed only once two versions are there.
const Compare = lazy(() => import('./Compare').then(module => ({ default: module.Compare })));

/** The versions of one file, two of them side by side. */
export default function VersionsPage({ variables }: PageProps) {
  return (
    <WithProject id={variables.project ?? ''}>
      {project => <Versions key={variables.node} project={project} node={Number(variables.node)} />}
    </WithProject>
  );
}

function Versions({ project, node }: { project: Project; node: number }) {
  const ask = useCallback(
    async (before: number | undefined) => {
      const page = await versions(project.id, node, before);
      return { list: page.entries, next: page.before };
    },
    [project.id, node],
  );
  const pages = usePages<LogEntry, number>(ask);
  const { list, again } = pages;
  const [picked, setPicked] = useState<{ left?: number; right?: number }>({});
  useEffect(
    () =>
      onHead(head => {
        const news = head.news?.changes;
        if (head.project === project.id && (news === undefined || news.some(change => change.id === node))) {
          again();
        }
      }),
    [project.id, node, again],
  );
  if (pages.fault !== undefined && list === undefined) {
    return <Empty icon={<CircleAlert />} title="The versions can’t be read" text={sentence(pages.fault)} />;
  }
  const [newest] = list ?? [];
  if (list === undefined || newest === undefined) {
    return <Waiting />;
  }
  const contents = list.filter(entry => entry.action !== 'move' && entry.action !== 'delete');
  const right = list.find(entry => entry.sequence === picked.right) ?? contents[0];
  const left = list.find(entry => entry.sequence === picked.left) ?? contents[1] ?? right;
  const gone = newest.action === 'delete';
  const mayChange = project.role !== 'viewer';
  const restore = async (entry: LogEntry) => {
    try {
      const [result] = await restoreVersions(project.id, [{ node: entry.node.id, sequence: entry.sequence }]);
      switch (result?.outcome) {
        case 'restored':
        case 'recreated':
          say(`The version of ${ago(Date.parse(entry.time))} is back`);
          break;
        case 'same':
          say('It has this content already');
          break;
        default:
          complain(
            result?.outcome === 'expired'
              ? 'This version isn’t kept any more'
              : 'This version couldn’t be put back',
          );
      }
      again();
    } catch (failure) {
      complain(sentence(failure));
    }
  };
  return (
    <>
      <Head
        title={newest.node.name}
        note={
          <>
            {counted(list.length, 'version')}
            {pages.more && ' and more'}
            <Place project={project.id} folder={newest.node.parent} />
            {gone && ', deleted'}
          </>
        }
      >
        <Link
          href={
            gone
              ? folderAddress(project.id, 0)
              : `${folderAddress(project.id, newest.node.parent)}?select=${newest.node.id}`
          }
          className={buttonClass('plain')}
        >
          {gone ? 'To the files' : 'Show in its folder'}
        </Link>
      </Head>
      <div className={styles.versions}>
        <div>
          <ol className={styles.list} aria-label="Versions">
            {list.map((entry, i) => {
              const has = entry.action !== 'delete' && entry.node.kind === 'file';
              return (
                <li
                  key={entry.sequence}
                  className={styles.version}
                  data-chosen={entry === left || entry === right}
                >
                  <div className={styles.pick}>
                    {(['left', 'right'] as const).map(side => (
                      <label key={side} title={`Show on the ${side}`}>
                        <input
                          type="radio"
                          name={side}
                          disabled={!has}
                          checked={entry === (side === 'left' ? left : right)}
                          onChange={() =>
                            setPicked({
                              ...(left && { left: left.sequence }),
                              ...(right && { right: right.sequence }),
                              [side]: entry.sequence,
                            })
                          }
                          aria-label={`Version ${entry.sequence} on the ${side}`}
                        />
                        {side === 'left' ? 'L' : 'R'}
                      </label>
                    ))}
                  </div>
                  <div className={styles.text}>
                    <p title={moment(Date.parse(entry.time))}>
                      {ago(Date.parse(entry.time))}{' '}
                      {i === 0 && !gone && <span className={styles.now}>now</span>}
                    </p>
                    <p className={styles.soft}>
                      {actionWord(entry.action)} by {entry.deviceName}
                      {has && `, ${bytes(entry.node.size ?? 0)}`}
                    </p>
                  </div>
                  {mayChange && (i > 0 || gone) && (has || i === 0) && (
                    <IconButton
                      small
                      label={`Restore the version of ${moment(Date.parse(entry.time))}`}
                      icon={<RotateCcw size={16} />}
                      onClick={() => restore(entry)}
                    />
                  )}
                </li>
              );
            })}
          </ol>
          {pages.more && (
            <Button look="quiet" onClick={pages.next} disabled={pages.busy}>
              Show older versions
            </Button>
          )}
        </div>
        <Chosen project={project.id} left={left} right={right} />
      </div>
    </>
  );
}

function Chosen({
  project,
  left,
  right,
}: {
  project: string;
  left: LogEntry | undefined;
  right: LogEntry | undefined;
}) {
  const sides = useMemo(() => {
    const side = (entry: LogEntry): Side => ({
      label: `${ago(Date.parse(entry.time))}, ${entry.deviceName}`,
      node: entry.node,
      address: versionAddress(project, entry.node.id, entry.sequence),
    });
    return left && right && { left: side(left), right: side(right) };
  }, [project, left, right]);
  if (sides === undefined) {
    return <p className={styles.soft}>There is no content to show.</p>;
  }
  if (left === right) {
    return (
      <Empty
        icon={<RotateCcw />}
        title="One version so far"
        text="As soon as this file is changed, its versions are shown here side by side."
      />
    );
  }
  return (
    <section aria-label="Comparison">
      <Suspense fallback={<Waiting />}>
        <Compare left={sides.left} right={sides.right} />
      </Suspense>
    </section>
  );
}

function Place({ project, folder }: { project: string; folder: number }) {
  const [path, setPath] = useState('');
  useEffect(() => {
    let over = false;
    folderPath(project, folder).then(found => over || setPath(found));
    return () => {
      over = true;
    };
  }, [project, folder]);
  return path === '' ? null : <> · in {path}</>;
}
