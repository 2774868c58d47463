import { useEffect, useRef, useState } from 'react';
import { isAbort, type Project, sentence } from '../api/client';
import { Fault } from '../design/Ask';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Waiting } from '../design/Empty';
import { Select, State } from '../design/Rows';
import { complain, say } from '../design/Toasts';
import { count, counted, moment as momentWords } from '../format';
import styles from './History.module.css';
import type { Author } from './HistoryPage';
import { does, planUndo, type Rewound, undo } from './requests';
import { plannedWord, summary } from './words';

/** Rows of a plan that are drawn. */
const PLAN_ROWS_MAX = 300;

/** A moment as a field of the browser for date and time takes it, in its own time zone. */
export function localMoment(millis: number): string {
  return new Date(millis - new Date(millis).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Takes back what one device did since a moment: first what would be done, then, if a person says so, that. */
export function UndoDialog({
  project,
  authors,
  device: first,
  onClose,
}: {
  project: Project;
  authors: readonly Author[];
  device: string;
  onClose(): void;
}) {
  const [device, setDevice] = useState(first === '' ? (authors[0]?.id ?? '') : first);
  const [since, setSince] = useState(() => localMoment(Date.now() - 3_600_000));
  const [plan, setPlan] = useState<Rewound>();
  const [busy, setBusy] = useState<'no' | 'planning' | number>('no');
  const [fault, setFault] = useState<string>();
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);
  const name = authors.find(author => author.id === device)?.name ?? '';
  const moment = new Date(since);
  const rewind = { device, since: Number.isNaN(moment.getTime()) ? '' : moment.toISOString() };

  const begin = (): AbortSignal => {
    control.current = new AbortController();
    setFault(undefined);
    return control.current.signal;
  };
  const look = async () => {
    const signal = begin();
    setBusy('planning');
    try {
      setPlan(await planUndo(project.id, rewind, signal));
    } catch (failure) {
      if (!isAbort(failure)) {
        setFault(sentence(failure));
      }
    }
    setBusy('no');
  };
  const act = async () => {
    const signal = begin();
    setBusy(0);
    try {
      const { done, refused } = await undo(project.id, rewind, setBusy, signal);
      say(`${counted(done, 'entry', 'entries')} of ${name} put back`);
      if (refused.length > 0) {
        complain(
          `${counted(refused.length, 'entry', 'entries')} couldn’t be put back: something is in the way`,
        );
      }
      onClose();
    } catch (failure) {
      if (!isAbort(failure)) {
        setFault(sentence(failure));
      }
      setBusy('no');
    }
  };

  if (plan === undefined) {
    return (
      <Dialog
        title="Undo a device’s changes"
        description="What somebody else changed later stays. You see what would be done before anything is."
        onClose={onClose}
      >
        <div className={styles.questions}>
          <Select label="Device" shown value={device} onChange={event => setDevice(event.target.value)}>
            {authors.map(author => (
              <option key={author.id} value={author.id}>
                {author.name}
              </option>
            ))}
          </Select>
          <label className={styles.question}>
            Since
            <input
              type="datetime-local"
              value={since}
              max={localMoment(Date.now())}
              onChange={event => setSince(event.target.value)}
            />
          </label>
        </div>
        {busy === 'planning' && <Waiting label="Looking at the changes" />}
        <Fault text={fault} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" onClick={look} disabled={busy !== 'no' || device === '' || rewind.since === ''}>
            See what would be done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  const doing = plan.results.filter(does).length;
  return (
    <Dialog
      title={doing === 0 ? 'There is nothing to undo' : `Undo what ${name} did?`}
      description={`Since ${momentWords(moment.getTime())}. Nothing has been changed yet.`}
      wide
      onClose={onClose}
    >
      <div className={styles.summary}>
        {summary(plan.results).map(({ outcome, text }) => (
          <State
            key={outcome}
            tone={outcome === 'refused' ? 'care' : outcome === 'kept' || outcome === 'same' ? 'soft' : 'good'}
          >
            {text}
          </State>
        ))}
        {plan.more && <State tone="care">and more than can be listed here</State>}
      </div>
      {plan.results.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <ul className={styles.plan} tabIndex={0} aria-label="What would be done">
          {plan.results.slice(0, PLAN_ROWS_MAX).map((result, i) => (
            <li key={i}>
              <strong>{result.path}</strong> <span className={styles.soft}>{plannedWord(result)}</span>
            </li>
          ))}
          {plan.results.length > PLAN_ROWS_MAX && (
            <li className={styles.soft}>and {count(plan.results.length - PLAN_ROWS_MAX)} more</li>
          )}
        </ul>
      )}
      {typeof busy === 'number' && <p role="status">{counted(busy, 'entry', 'entries')} put back so far…</p>}
      <Fault text={fault} />
      <DialogActions>
        <Button onClick={() => setPlan(undefined)} disabled={busy !== 'no'}>
          Back
        </Button>
        {doing > 0 && (
          <Button look="danger" onClick={act} disabled={busy !== 'no'}>
            Undo {counted(doing, 'change')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
