import { useState } from 'react';
import { type Project, type Role, type Schema, sentence } from '../api/client';
import { Fault } from '../design/Ask';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Select } from '../design/Rows';
import { Copied, folderName, Qr } from '../projects/JoinDevice';
import join from '../projects/JoinDevice.module.css';
import styles from './DevicesPage.module.css';
import { makeLink } from './requests';

const USES = [1, 5, 25, 100];
const HOUR_SECONDS = 3_600;
const TIMES: readonly [number, string][] = [
  [HOUR_SECONDS, 'one hour'],
  [24 * HOUR_SECONDS, 'one day'],
  [7 * 24 * HOUR_SECONDS, 'one week'],
  [30 * 24 * HOUR_SECONDS, '30 days'],
];

/** Makes a link for several devices, and shows it once. */
export function LinkDialog({ project, onClose }: { project: Project; onClose(): void }) {
  const [role, setRole] = useState<Role>('editor');
  const [uses, setUses] = useState(5);
  const [seconds, setSeconds] = useState(24 * HOUR_SECONDS);
  const [made, setMade] = useState<Schema['NewLink']>();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      setMade(await makeLink(project.id, role, uses, seconds));
    } catch (failure) {
      setFault(sentence(failure));
    }
    setBusy(false);
  };
  if (made !== undefined) {
    return (
      <Dialog
        title="The link is made"
        description="It is shown this once: only a hash of it is kept."
        wide
        onClose={onClose}
      >
        <div className={join.link}>
          <div className={join.steps}>
            <Copied what="the link" text={made.link} />
            <Copied
              what="the command"
              text={`./syncline join '${made.link}' ~/${folderName(project.name)}`}
            />
          </div>
          <Qr text={made.link} />
        </div>
        <DialogActions>
          <Button look="main" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog
      title="Make a join link"
      description="Each device that uses it gets an account of its own in this project."
      onClose={onClose}
    >
      <div className={styles.choices}>
        <Select label="Devices" shown value={uses} onChange={event => setUses(Number(event.target.value))}>
          {USES.map(n => (
            <option key={n} value={n}>
              {n === 1 ? 'one' : `up to ${n}`}
            </option>
          ))}
        </Select>
        <Select label="They" shown value={role} onChange={event => setRole(event.target.value as Role)}>
          <option value="viewer">may read</option>
          <option value="editor">may change</option>
          <option value="owner">may do all</option>
        </Select>
        <Select
          label="It works for"
          shown
          value={seconds}
          onChange={event => setSeconds(Number(event.target.value))}
        >
          {TIMES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Select>
      </div>
      <Fault text={fault} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" onClick={make} disabled={busy}>
          Make the link
        </Button>
      </DialogActions>
    </Dialog>
  );
}
