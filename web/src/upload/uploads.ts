import { createStore } from '../design/store';
import { complain } from '../design/Toasts';
import { session } from '../session/session';
import type { Chosen } from './collect';
import type { Job } from './job';
import type { Kept } from './kept';
import type { Policy } from './plan';

/** What is shown of an upload. */
export interface UploadState {
  id: string;
  project: string;
  folder: number;
  folderName: string;
  title: string;
  status: 'looking' | 'asking' | 'sending' | 'paused' | 'unfinished' | 'done' | 'failed';
  filesDone: number;
  filesTotal: number;
  bytesDone: number;
  bytesTotal: number;
  bytesSent: number;
  /** Bytes of content a second. */
  rate: number;
  /** Whether the server isn't reached just now. */
  waiting: boolean;
  skipped: number;
  /** How many names are taken, and the first of them. */
  taken: number;
  takenName: string;
  failures: readonly { path: string; why: string }[];
  failed: number;
  fault: string;
  /** Of an unfinished one: whether its files can be had without choosing them again. */
  atHand: boolean;
  directory: boolean;

  /** Changes that add to what there is; never part of a state. */
  addDone?: number;
  addSkipped?: number;
  failure?: { path: string; why: string };
  failuresMax?: number;
}

export const uploads = createStore<readonly UploadState[]>([]);

const jobs = new Map<string, Job>();
const keptJobs = new Map<string, Kept>();

/** What was chosen in this visit: a failed upload needs nothing to go on. */
const chosenJobs = new Map<string, Chosen>();

/** Set while an upload may be kept in this browser, so that the code for it is loaded only then. */
const FLAG = 'syncline.uploads';

function account(): string {
  const who = session.get();
  return who.state === 'somebody' ? who.account : '';
}

function change(id: string, more: Partial<UploadState>): void {
  uploads.set(now =>
    now.map(one => {
      if (one.id !== id) {
        return one;
      }
      const { addDone = 0, addSkipped = 0, failure, failuresMax = 0, ...plain } = more;
      const next = { ...one, ...plain };
      next.filesDone += addDone;
      next.skipped += addSkipped;
      if (failure !== undefined) {
        next.failed++;
        next.failures = next.failures.length < failuresMax ? [...next.failures, failure] : next.failures;
      }
      return next;
    }),
  );
}

function begin(kept: Kept, chosen: Chosen, JobOf: typeof Job): void {
  chosenJobs.set(kept.id, chosen);
  const job = new JobOf(kept, chosen, more => {
    change(kept.id, more);
    if (more.status === 'done' || more.status === 'failed') {
      jobs.delete(kept.id);
      if (more.status === 'done') {
        keptJobs.delete(kept.id);
        chosenJobs.delete(kept.id);
      }
      guard();
    }
  });
  jobs.set(kept.id, job);
  guard();
  job.run();
}

function fresh(kept: Kept, status: UploadState['status']): UploadState {
  return {
    id: kept.id,
    project: kept.project,
    folder: kept.folder,
    folderName: kept.folderName,
    title: kept.title,
    status,
    filesDone: 0,
    filesTotal: kept.files,
    bytesDone: 0,
    bytesTotal: kept.bytes,
    bytesSent: 0,
    rate: 0,
    waiting: false,
    skipped: 0,
    taken: 0,
    takenName: '',
    failures: [],
    failed: 0,
    fault: '',
    directory: kept.directory,
    atHand: status !== 'unfinished' || kept.handles.length > 0,
  };
}

/** Uploads what was chosen into a folder. */
export async function upload(
  project: string,
  folder: number,
  folderName: string,
  chosen: Chosen,
): Promise<void> {
  if (chosen.files.length + chosen.folders.length === 0) {
    return;
  }
  const [{ Job }, { tab }] = await Promise.all([import('./job'), import('./kept')]);
  const tops = [...new Set([...chosen.files.map(one => one.path), ...chosen.folders].map(path => path[0]))];
  const kept: Kept = {
    id: `${Date.now()} ${Math.random()}`,
    account: account(),
    tab: tab(),
    alive: Date.now(),
    project,
    folder,
    folderName,
    title: tops.length === 1 ? `${tops[0]}` : `${tops[0]} and ${tops.length - 1} more`,
    handles: chosen.handles,
    directory: chosen.files.some(one => one.path.length > 1),
    files: chosen.files.length,
    bytes: chosen.files.reduce((sum, one) => sum + one.file.size, 0),
  };
  localStorage.setItem(FLAG, 'true');
  keptJobs.set(kept.id, kept);
  uploads.set(now => [...now, fresh(kept, 'looking')]);
  begin(kept, chosen, Job);
}

export function pauseUpload(id: string): void {
  jobs.get(id)?.pause();
}

export function resumeUpload(id: string): void {
  jobs.get(id)?.resume();
}

export function decideUpload(id: string, policy: Policy): void {
  jobs.get(id)?.decide(policy);
}

/** Stops an upload and takes it from the list; what was committed stays. */
export async function dropUpload(id: string): Promise<void> {
  jobs.get(id)?.cancel();
  jobs.delete(id);
  keptJobs.delete(id);
  chosenJobs.delete(id);
  uploads.set(now => now.filter(one => one.id !== id));
  guard();
  await (await import('./kept')).forget(id).catch(() => undefined);
}

/** Goes on with an unfinished upload, from its handles or from files that were chosen again. */
export async function goOn(id: string, again?: Chosen): Promise<void> {
  const kept = keptJobs.get(id);
  if (kept === undefined || jobs.has(id)) {
    return;
  }
  const [{ Job }, { tab }, { mayRead, ofHandles }] = await Promise.all([
    import('./job'),
    import('./kept'),
    import('./collect'),
  ]);
  let chosen = again ?? chosenJobs.get(id);
  if (chosen === undefined) {
    try {
      if (!(await mayRead(kept.handles))) {
        complain('Without leave to read the files the upload can’t go on');
        return;
      }
      chosen = await ofHandles(kept.handles);
    } catch {
      // Moved or gone: a person knows where.
      change(id, { atHand: false });
      complain('The files aren’t where they were; choose them again');
      return;
    }
  }
  change(id, { status: 'looking', fault: '', failures: [], failed: 0, skipped: 0 });
  begin({ ...kept, tab: tab() }, chosen, Job);
}

/** Shows what an earlier visit left unfinished; call once somebody is logged in. */
export async function findUnfinished(): Promise<void> {
  if (localStorage.getItem(FLAG) === null) {
    return;
  }
  const { unfinished } = await import('./kept');
  const found = (await unfinished(account())).filter(kept => !keptJobs.has(kept.id));
  for (const kept of found) {
    keptJobs.set(kept.id, kept);
  }
  uploads.set(now => [...now, ...found.map(kept => fresh(kept, 'unfinished'))]);
}

/** Stops everything, as nobody is logged in any more; what is kept can be gone on with. */
export function leaveUploads(): void {
  for (const job of jobs.values()) {
    job.pause();
  }
  uploads.set([]);
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Asks before the window is closed while something is under way. */
function guard(): void {
  window.removeEventListener('beforeunload', warn);
  if (jobs.size > 0) {
    window.addEventListener('beforeunload', warn);
  }
}
