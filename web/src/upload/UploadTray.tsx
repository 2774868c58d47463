import {
  ChevronDown,
  ChevronUp,
  CircleAlert,
  CircleCheck,
  CloudUpload,
  FolderOpen,
  Pause,
  Play,
  X,
} from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from '../app/router';
import { folderAddress } from '../app/routes';
import { Button, IconButton } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { useStore } from '../design/store';
import { bytes, count, counted, duration } from '../format';
import { ofList } from './collect';
import styles from './Upload.module.css';
import {
  decideUpload,
  dropUpload,
  goOn,
  pauseUpload,
  resumeUpload,
  type UploadState,
  uploads,
} from './uploads';

/** What this window uploads, at the page's foot whatever page is shown. */
export function UploadTray() {
  const list = useStore(uploads);
  const [open, setOpen] = useState(true);
  if (list.length === 0) {
    return null;
  }
  const asking = list.find(one => one.status === 'asking');
  const busy = list.filter(one => one.status === 'looking' || one.status === 'sending');
  const rate = list.reduce((sum, one) => sum + one.rate, 0);
  return (
    <section className={styles.tray} aria-label="Uploads">
      <button type="button" className={styles.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <CloudUpload size={16} />
        <span>
          {busy.length > 0
            ? counted(busy.length, 'upload')
            : list.every(one => one.status === 'done')
              ? 'Everything is uploaded'
              : counted(list.length, 'upload')}
        </span>
        <span className={styles.gap} />
        {rate > 0 && <span className={`${styles.rate} numbers`}>{bytes(rate)}/s</span>}
        <span className={styles.chevron}>{open ? <ChevronDown size={16} /> : <ChevronUp size={16} />}</span>
      </button>
      {open && (
        <ul className={styles.list}>
          {list.map(one => (
            <UploadRow key={one.id} upload={one} />
          ))}
        </ul>
      )}
      {asking !== undefined && <TakenDialog upload={asking} />}
    </section>
  );
}

function UploadRow({ upload }: { upload: UploadState }) {
  const { id, status, title } = upload;
  const [listed, setListed] = useState(false);
  const again = useRef<HTMLInputElement>(null);
  const over = status === 'done' || status === 'failed';
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <div className={styles.text}>
          <p className={styles.title}>
            {status === 'done' && (
              <CircleCheck size={16} className={`${styles.mark} ${styles.good}`} aria-hidden />
            )}
            {status === 'failed' && (
              <CircleAlert size={16} className={`${styles.mark} ${styles.bad}`} aria-hidden />
            )}
            <strong>{title}</strong>
            <span className={styles.soft}>
              {' '}
              into{' '}
              <Link href={folderAddress(upload.project, upload.folder)} className={styles.link}>
                {upload.folderName}
              </Link>
            </span>
          </p>
          {!over && (
            <progress
              className={styles.bar}
              max={Math.max(1, upload.bytesTotal)}
              {...(status !== 'looking' && { value: upload.bytesDone })}
              aria-label={`Upload of ${title}`}
            />
          )}
          <p className={`${styles.soft} numbers`} role={over ? 'status' : undefined}>
            {said(upload)}
          </p>
        </div>
        <div className={styles.actions}>
          {(status === 'sending' || status === 'looking') && (
            <IconButton
              small
              label={`Pause ${title}`}
              icon={<Pause size={16} />}
              onClick={() => pauseUpload(id)}
            />
          )}
          {status === 'paused' && (
            <IconButton
              small
              label={`Go on with ${title}`}
              icon={<Play size={16} />}
              onClick={() => resumeUpload(id)}
            />
          )}
          {(status === 'unfinished' || status === 'failed') &&
            (upload.atHand ? (
              <Button small onClick={() => goOn(id)}>
                <Play size={16} />
                Go on
              </Button>
            ) : (
              <>
                <Button small onClick={() => again.current?.click()}>
                  <FolderOpen size={16} />
                  Choose again
                </Button>
                <input
                  ref={again}
                  type="file"
                  multiple
                  hidden
                  aria-label={`The files of ${title} again`}
                  {...(upload.directory && { webkitdirectory: '' })}
                  onChange={event => {
                    if (event.target.files !== null && event.target.files.length > 0) {
                      goOn(id, ofList(event.target.files));
                    }
                  }}
                />
              </>
            ))}
          {upload.failed > 0 && (
            <Button look="quiet" small aria-expanded={listed} onClick={() => setListed(!listed)}>
              {counted(upload.failed, 'failure')}
            </Button>
          )}
          <IconButton
            small
            label={status === 'done' ? `Dismiss ${title}` : `Cancel ${title}`}
            icon={<X size={16} />}
            onClick={() => dropUpload(id)}
          />
        </div>
      </div>
      {listed && (
        <ul className={styles.failures}>
          {upload.failures.map(({ path, why }) => (
            <li key={path}>
              <strong>{path}</strong>: {why}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** One line about where an upload is. */
function said(upload: UploadState): string {
  const { status, filesDone, filesTotal, bytesDone, bytesTotal, rate } = upload;
  const files = `${count(Math.min(filesDone, filesTotal))} of ${counted(filesTotal, 'file')}`;
  switch (status) {
    case 'looking':
      return upload.waiting ? 'Waiting for the server…' : 'Looking at names and folders…';
    case 'asking':
      return 'Waiting for your answer';
    case 'unfinished':
      return upload.atHand
        ? 'Unfinished. Nothing that arrived is sent again.'
        : 'Unfinished. Choose the same files again; nothing that arrived is sent again.';
    case 'failed':
      return upload.fault;
    case 'done': {
      const words = [counted(filesDone - upload.skipped - upload.failed, 'file')];
      if (upload.skipped > 0) {
        words.push(`${count(upload.skipped)} skipped`);
      }
      words.push(`${bytes(upload.bytesSent)} had to travel of ${bytes(bytesTotal)}`);
      return words.join(' · ');
    }
    default: {
      const words = [files, `${bytes(bytesDone)} of ${bytes(bytesTotal)}`];
      if (status === 'paused') {
        words.push('paused');
      } else if (upload.waiting) {
        words.push('waiting for the server');
      } else if (rate > 0) {
        words.push(`${bytes(rate)}/s`, `${duration((bytesTotal - bytesDone) / rate)} left`);
      }
      return words.join(' · ');
    }
  }
}

/** Asks once what to do about all names that are taken. */
function TakenDialog({ upload }: { upload: UploadState }) {
  const { id, taken, takenName } = upload;
  const one = taken === 1;
  return (
    <Dialog
      title={one ? `There is a “${takenName}” already` : `${counted(taken, 'name')} are taken`}
      description={
        one
          ? 'What is replaced stays in the history.'
          : `“${takenName}” and others are there already. Your answer holds for all; what is replaced stays in the history.`
      }
      onClose={() => dropUpload(id)}
    >
      <DialogActions>
        <Button onClick={() => dropUpload(id)}>Cancel the upload</Button>
        <Button onClick={() => decideUpload(id, 'skip')}>Skip {one ? 'it' : 'these'}</Button>
        <Button onClick={() => decideUpload(id, 'both')}>Keep both</Button>
        <Button look="main" onClick={() => decideUpload(id, 'replace')}>
          Replace
        </Button>
      </DialogActions>
    </Dialog>
  );
}
