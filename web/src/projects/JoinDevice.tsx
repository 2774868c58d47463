import { CircleCheck, Copy, Radio } from 'lucide-react';
import { useEffect, useState } from 'react';
import { encode } from 'uqr';
import { api, data, type Project, type Role, type Schema, sentence } from '../api/client';
import { Button, IconButton } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { complain, say } from '../design/Toasts';
import { counted } from '../format';
import styles from './JoinDevice.module.css';
import { useReplicas } from './replicas';

const ROLES: readonly [Role, string][] = [
  ['editor', 'May change'],
  ['viewer', 'May read'],
  ['owner', 'May do all'],
];

const DAY_SECONDS = 86_400;

/** Makes a join link for one device, shows how to use it, and tells when the device has come. */
export function JoinDevice({ project, onClose }: { project: Project; onClose(): void }) {
  const [role, setRole] = useState<Role>('editor');
  const [made, setMade] = useState<Schema['NewLink']>();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      setMade(
        await data(
          api.POST('/v1/projects/{p}/links', {
            params: { path: { p: project.id } },
            body: { role, uses: 1, expiresSeconds: DAY_SECONDS },
          }),
        ),
      );
    } catch (failure) {
      setFault(sentence(failure));
    }
    setBusy(false);
  };
  return (
    <Dialog
      title="Join a device"
      description={`A folder of that device and ${project.name} will be kept equal.`}
      wide
      onClose={onClose}
    >
      {made === undefined ? (
        <>
          <fieldset className={styles.set}>
            <legend className={styles.legend}>What the device may do</legend>
            <div className={styles.roles}>
              {ROLES.map(([value, label]) => (
                <label key={value} className={styles.role}>
                  <input
                    type="radio"
                    name="role"
                    value={value}
                    checked={role === value}
                    onChange={() => setRole(value)}
                  />
                  {label}
                </label>
              ))}
            </div>
          </fieldset>
          {fault !== undefined && (
            <p className={styles.fault} role="alert">
              {fault}
            </p>
          )}
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="main" onClick={make} disabled={busy}>
              Make a join link
            </Button>
          </DialogActions>
        </>
      ) : (
        <>
          <div className={styles.link}>
            <ol className={styles.steps}>
              <li className={styles.step}>
                <p>
                  On the device, in a checkout of Syncline, run this. The folder is made if it isn't there.
                </p>
                <Copied
                  what="the command"
                  text={`./syncline join '${made.link}' ~/${folderName(project.name)}`}
                />
              </li>
              <li className={styles.step}>
                <p>Or give this link to a client. It works once, until tomorrow.</p>
                <Copied what="the link" text={made.link} />
              </li>
            </ol>
            <Qr text={made.link} />
          </div>
          <Arrival project={project.id} />
          <DialogActions>
            <Button look="main" onClick={onClose}>
              Done
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}

/** A project's name as a folder's that no shell has to be told about. */
export function folderName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '');
  return plain === '' ? 'Syncline' : plain;
}

/** Text to copy, with the button that does it. */
export function Copied({ what, text }: { what: string; text: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied ${what}`);
    } catch {
      complain(`Your browser didn't let ${what} be copied; mark it and copy by hand`);
    }
  };
  return (
    <div className={styles.code}>
      <code>{text}</code>
      <IconButton small label={`Copy ${what}`} icon={<Copy size={16} />} onClick={copy} />
    </div>
  );
}

/** A QR code, as one path: a module is one unit. */
export function Qr({ text }: { text: string }) {
  const { data: rows, size } = encode(text, { border: 0 });
  let path = '';
  rows.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) {
        path += `M${x} ${y}h1v1h-1z`;
      }
    });
  });
  return (
    <svg className={styles.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label="The link as a QR code">
      <path d={path} fill="#000000" shapeRendering="crispEdges" />
    </svg>
  );
}

/** Says that one waits for the device, then that it is there. */
function Arrival({ project }: { project: string }) {
  const replicas = useReplicas(project);
  const [before, setBefore] = useState<ReadonlySet<string>>();
  useEffect(() => {
    if (replicas !== undefined) {
      setBefore(known => known ?? new Set(replicas.map(replica => replica.replica)));
    }
  }, [replicas]);
  const came = replicas?.filter(replica => before !== undefined && !before.has(replica.replica)) ?? [];
  return came.length === 0 ? (
    <p className={styles.wait} role="status">
      <Radio size={16} />
      Waiting for the device…
    </p>
  ) : (
    <p className={`${styles.wait} ${styles.came}`} role="status">
      <CircleCheck size={16} />
      {came.length === 1 ? came[0]?.deviceName : counted(came.length, 'device')} joined
    </p>
  );
}
