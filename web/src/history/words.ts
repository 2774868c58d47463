import type { Schema } from '../api/client';
import { counted } from '../format';
import type { LogEntry, Restored } from './requests';

const DONE: Record<LogEntry['action'], string> = {
  create: 'created',
  update: 'changed',
  move: 'moved',
  delete: 'deleted',
};

/** What a change was, in the past. */
export function actionWord(action: LogEntry['action']): string {
  return DONE[action];
}

/** Changes of one device of one kind, close together in time: one line of the timeline. */
export interface Burst {
  key: string;
  device: string;
  deviceName: string;
  action: LogEntry['action'];
  /** When the newest was, in milliseconds since 1970. */
  time: number;
  entries: LogEntry[];
}

/** Changes further apart than this are told apart. */
const BURST_MILLIS = 60_000;

/** Groups a log, which comes the newest first, into bursts. */
export function bursts(entries: readonly LogEntry[]): Burst[] {
  const found: Burst[] = [];
  let oldest = 0;
  for (const entry of entries) {
    const time = Date.parse(entry.time);
    const last = found.at(-1);
    if (
      last !== undefined &&
      last.device === entry.device &&
      last.action === entry.action &&
      oldest - time <= BURST_MILLIS
    ) {
      last.entries.push(entry);
    } else {
      found.push({
        key: `${entry.sequence}`,
        device: entry.device,
        deviceName: entry.deviceName,
        action: entry.action,
        time,
        entries: [entry],
      });
    }
    oldest = time;
  }
  return found;
}

/** What a burst was about: a name, or how many of what. */
export function burstWords(burst: Burst): string {
  const [first] = burst.entries;
  if (burst.entries.length === 1 && first !== undefined) {
    return first.node.name;
  }
  const folders = burst.entries.filter(one => one.node.kind === 'directory').length;
  const files = burst.entries.length - folders;
  const words = [];
  if (files > 0) {
    words.push(counted(files, 'file'));
  }
  if (folders > 0) {
    words.push(counted(folders, 'folder'));
  }
  return words.join(' and ');
}

/** A day, as the heading over what happened on it. */
export function dayWord(millis: number, now = Date.now()): string {
  const day = new Date(millis).toDateString();
  if (day === new Date(now).toDateString()) {
    return 'Today';
  }
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  if (day === before.toDateString()) {
    return 'Yesterday';
  }
  return new Intl.DateTimeFormat(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(new Date(millis).getFullYear() !== new Date(now).getFullYear() && { year: 'numeric' }),
  }).format(millis);
}

const PLANNED: Record<Schema['Outcome'], string> = {
  restored: 'gets its former content back',
  moved: 'goes back to where it was',
  recreated: 'comes back',
  deleted: 'is deleted, as it was new',
  same: 'is as it was already',
  kept: 'stays, as somebody changed it later',
  expired: 'stays, as its former state isn’t kept any more',
  refused: 'can’t be put back',
};

/** What would become of one node. */
export function plannedWord(result: Restored): string {
  return PLANNED[result.outcome];
}

const ORDER: readonly Schema['Outcome'][] = [
  'restored',
  'recreated',
  'moved',
  'deleted',
  'refused',
  'kept',
  'expired',
  'same',
];

const TOLD: Record<Schema['Outcome'], string> = {
  restored: 'changed back',
  moved: 'moved back',
  recreated: 'brought back',
  deleted: 'deleted',
  same: 'as before already',
  kept: 'kept',
  expired: 'not remembered any more',
  refused: 'in the way of something',
};

/** How many of each, the most important first. */
export function summary(results: readonly Restored[]): { outcome: Schema['Outcome']; text: string }[] {
  return ORDER.flatMap(outcome => {
    const n = results.filter(one => one.outcome === outcome).length;
    return n === 0 ? [] : [{ outcome, text: `${counted(n, 'entry', 'entries')} ${TOLD[outcome]}` }];
  });
}
