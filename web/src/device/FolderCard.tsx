import {
  ArrowDownToLine,
  ArrowUpFromLine,
  EyeOff,
  FolderOpen,
  Hand,
  Pause,
  Play,
  RefreshCw,
  TriangleAlert,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { sentence } from '../api/client';
import { Ask } from '../design/Ask';
import { Button, IconButton } from '../design/Button';
import { State } from '../design/Rows';
import { complain } from '../design/Toasts';
import { ago, bytes, counted, duration, moment } from '../format';
import { conflicts, type Folder, type Transfer, type Wish, wish } from './control';
import styles from './DevicePage.module.css';
import { IgnoreDialog } from './IgnoreDialog';
import { lastName, stateWords } from './words';

/** One folder: how it is, what it does, what is wrong and what to do about it. */
export function FolderCard({ folder, onTold }: { folder: Folder; onTold(): void }) {
  const [dialog, setDialog] = useState<'ignore' | 'confirm'>();
  const { tone, text } = stateWords(folder);
  const name = lastName(folder.folder);
  const tell = async (what: Wish) => {
    await wish(what, folder.folder);
    onTold();
  };
  const told = (what: Wish) => tell(what).catch(failure => complain(sentence(failure)));
  const close = () => setDialog(undefined);
  return (
    <li className={styles.card}>
      <div className={styles.line}>
        <div className={styles.icon}>
          <FolderOpen size={18} />
        </div>
        <div className={styles.words}>
          <h2 className={styles.name}>{name}</h2>
          <p className={styles.soft}>
            <code>{folder.folder}</code> · project {folder.projectName}
          </p>
        </div>
        <State tone={tone}>{text}</State>
        <div className={styles.actions}>
          {folder.state === 'paused' ? (
            <Button small onClick={() => told('resume')} aria-label={`Resume ${name}`}>
              <Play size={16} />
              Resume
            </Button>
          ) : (
            folder.state !== 'stopped' && (
              <Button small onClick={() => told('pause')} aria-label={`Pause ${name}`}>
                <Pause size={16} />
                Pause
              </Button>
            )
          )}
          <IconButton
            small
            label={`Look at everything in ${name} now`}
            icon={<RefreshCw size={16} />}
            onClick={() => told('sync')}
          />
          <IconButton
            small
            label={`What is ignored in ${name}`}
            icon={<EyeOff size={16} />}
            onClick={() => setDialog('ignore')}
          />
        </div>
      </div>
      {folder.state === 'stopped' && (
        <Standing folder={folder} onConfirm={() => setDialog('confirm')} onTold={told} />
      )}
      {folder.state === 'syncing' && folder.reason !== undefined && (
        <p className={styles.soft}>
          {sentence(new Error(folder.reason))}
          {folder.todo !== undefined && ` — ${folder.todo}`}
        </p>
      )}
      {folder.state === 'syncing' && folder.pending > 0 && (
        <p className={`${styles.soft} numbers`}>{counted(folder.pending, 'change')} to go</p>
      )}
      {folder.transfers.length > 0 && (
        <ul className={styles.list} aria-label={`Under way in ${name}`}>
          {folder.transfers.map(one => (
            <TransferRow key={`${one.direction} ${one.path}`} transfer={one} />
          ))}
        </ul>
      )}
      {folder.problems.length > 0 && (
        <ul className={styles.list} aria-label={`Problems in ${name}`}>
          {folder.problems.map(one => (
            <li key={`${one.path} ${one.text}`} className={styles.problem}>
              <TriangleAlert size={16} aria-hidden />
              <div className={styles.words}>
                <p>
                  {one.path !== '' && <code>{one.path}</code>} {one.text}
                </p>
                {one.todo !== undefined && <p className={styles.soft}>{one.todo}</p>}
              </div>
            </li>
          ))}
        </ul>
      )}
      {folder.conflicts > 0 && <Conflicts folder={folder} />}
      <div className={styles.foot}>
        <span className="numbers">
          sent {bytes(folder.sentBytes)}, received {bytes(folder.receivedBytes)} since Syncline started
        </span>
        {folder.notes.length > 0 && <Notes folder={folder} />}
      </div>
      {dialog === 'ignore' && <IgnoreDialog folder={folder.folder} name={name} onClose={close} />}
      {dialog === 'confirm' && (
        <Ask
          title={folder.answers.includes('reject') ? 'Delete them for good?' : 'Fetch the tree once more?'}
          text={
            folder.answers.includes('reject')
              ? `What was deleted from “${folder.projectName}” is deleted on every device. The server keeps deleted files for a while.`
              : `“${name}” compares everything with the server again.`
          }
          action={folder.answers.includes('reject') ? 'Delete everywhere' : 'Fetch again'}
          danger={folder.answers.includes('reject')}
          onClose={close}
          run={() => tell('confirm')}
        />
      )}
    </li>
  );
}

/** A folder that stands still: why, and the answers that it takes. */
function Standing({
  folder,
  onConfirm,
  onTold,
}: {
  folder: Folder;
  onConfirm(): void;
  onTold(what: Wish): void;
}) {
  const asks = folder.answers.includes('reject');
  const careful = folder.answers.includes('confirm');
  const ink = (careful ? styles.inCare : styles.inBad) ?? '';
  return (
    <div className={`${styles.stop} ${careful ? styles.care : styles.bad}`}>
      <Hand size={18} aria-hidden className={ink} />
      <div className={styles.words}>
        <p className={`${styles.why} ${ink}`}>{sentence(new Error(folder.reason ?? 'It stands still'))}</p>
        <p>
          {asks
            ? 'Nothing more is deleted until you answer: bring back what is gone, or delete it on both sides.'
            : folder.todo !== undefined && sentence(new Error(folder.todo))}
        </p>
        <div className={styles.answers}>
          {folder.answers.includes('reject') && (
            <Button look="main" onClick={() => onTold('reject')}>
              Bring back
            </Button>
          )}
          {careful && <Button onClick={onConfirm}>{asks ? 'Delete everywhere…' : 'Fetch again…'}</Button>}
          {folder.answers.includes('resume') && (
            <Button look="main" onClick={() => onTold('resume')}>
              Try again
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}

function TransferRow({ transfer }: { transfer: Transfer }) {
  const up = transfer.direction === 'upload';
  const left = transfer.total - transfer.done;
  return (
    <li className={styles.transfer}>
      {up ? (
        <ArrowUpFromLine size={16} aria-label="sends" role="img" />
      ) : (
        <ArrowDownToLine size={16} aria-label="fetches" role="img" />
      )}
      <div className={styles.words}>
        <p className={styles.what}>{transfer.path}</p>
        <progress
          className={styles.progress}
          max={Math.max(1, transfer.total)}
          value={transfer.done}
          aria-label={transfer.path}
        />
      </div>
      <span className={`${styles.soft} numbers`}>
        {bytes(transfer.done)} of {bytes(transfer.total)}
        {transfer.rate > 0 && `, ${duration(left / transfer.rate)} left`}
      </span>
    </li>
  );
}

function Conflicts({ folder }: { folder: Folder }) {
  const [list, setList] = useState<readonly string[]>();
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number means another list
  useEffect(() => {
    if (open) {
      conflicts(folder.folder)
        .then(setList)
        .catch(failure => complain(sentence(failure)));
    }
  }, [open, folder.folder, folder.conflicts]);
  return (
    <details className={styles.details} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{counted(folder.conflicts, 'conflict copy', 'conflict copies')}</summary>
      <p className={styles.soft}>
        Two devices changed these files at once; both versions are in the folder. Merge what you need, then
        delete the copy.
      </p>
      <ul className={styles.paths}>
        {list?.map(path => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Notes({ folder }: { folder: Folder }) {
  return (
    <details className={styles.details}>
      <summary>What happened lately</summary>
      <ul className={styles.list}>
        {folder.notes.toReversed().map(note => (
          <li key={note.text} className={styles.note}>
            <time dateTime={note.time} title={moment(Date.parse(note.time))}>
              {ago(Date.parse(note.time))}
            </time>
            <span>
              {note.text}
              {note.todo !== undefined && <span className={styles.soft}> — {note.todo}</span>}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
