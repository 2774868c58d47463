import { File, Folder as FolderIcon } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { ApiError, sentence } from '../api/client';
import { Fault } from '../design/Ask';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Waiting } from '../design/Empty';
import { say } from '../design/Toasts';
import { count } from '../format';
import { type Preview, preview, type Rules, rules, saveRules } from './control';
import styles from './DevicePage.module.css';
import { previewWords } from './words';

/** After the last key until what the rules match is looked for. */
const REST_MILLIS = 250;

/** The rules of what isn't synced, with what they match on this disk while they are written. */
export function IgnoreDialog({ folder, name, onClose }: { folder: string; name: string; onClose(): void }) {
  const [read, setRead] = useState<Rules>();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  useEffect(() => {
    rules(folder)
      .then(found => {
        setRead(found);
        setText(found.text);
      })
      .catch(failure => setFault(sentence(failure)));
  }, [folder]);
  const save = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      await saveRules(folder, text, read?.version ?? '');
      say(`Saved what is ignored in ${name}`);
      onClose();
    } catch (failure) {
      setFault(
        failure instanceof ApiError && failure.code === 'STALE'
          ? `${sentence(failure)}. Copy what you wrote, and open this again.`
          : sentence(failure),
      );
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={`Ignored in ${name}`}
      description="What these rules match stays on this disk and isn’t sent. They are kept in the file .synclineignore, which is synced."
      wide
      onClose={onClose}
    >
      {read === undefined && fault === undefined && <Waiting />}
      {read !== undefined && (
        <>
          <label className={styles.label} htmlFor={id}>
            Rules, one a line, as in .gitignore
          </label>
          <textarea
            id={id}
            className={styles.rules}
            rows={8}
            value={text}
            spellCheck={false}
            autoCapitalize="off"
            placeholder={'*.tmp\n/build/'}
            onChange={event => setText(event.target.value)}
          />
          <Matches folder={folder} text={text} />
        </>
      )}
      <Fault text={fault} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" onClick={save} disabled={busy || read === undefined || text === read.text}>
          Save
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** What the text matches now. One preview at a time: the newest text is asked about when the last is answered. */
function useMatches(folder: string, text: string): { found?: Preview; fault?: string } {
  const [shown, setShown] = useState<{ found?: Preview; fault?: string }>({});
  const last = useRef<Promise<unknown>>(Promise.resolve());
  useEffect(() => {
    let ended = false;
    const timer = setTimeout(() => {
      last.current = last.current.then(async () => {
        if (ended) {
          return;
        }
        try {
          const found = await preview(folder, text);
          if (!ended) {
            setShown({ found });
          }
        } catch (failure) {
          if (!ended) {
            setShown({ fault: sentence(failure) });
          }
        }
      });
    }, REST_MILLIS);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [folder, text]);
  return shown;
}

function Matches({ folder, text }: { folder: string; text: string }) {
  const { found, fault } = useMatches(folder, text);
  const more = found === undefined ? 0 : found.files + found.directories - found.matches.length;
  return (
    <section aria-label="What the rules match" className={styles.matches}>
      <p role="status" className={styles.found}>
        {fault ??
          (found === undefined
            ? 'Looking…'
            : `${previewWords(found.files, found.directories)}, of ${count(found.looked)} looked at${found.complete ? '' : '; there is more that wasn’t looked at'}`)}
      </p>
      {found !== undefined && found.matches.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by the keyboard
        <ul className={styles.matched} aria-label="Ignored" tabIndex={0}>
          {found.matches.map(one => (
            <li key={one.path}>
              {one.directory ? (
                <FolderIcon size={14} aria-label="folder" role="img" />
              ) : (
                <File size={14} aria-label="file" role="img" />
              )}
              <span>{one.path}</span>
            </li>
          ))}
          {more > 0 && <li className={styles.soft}>and {count(more)} more</li>}
        </ul>
      )}
    </section>
  );
}
