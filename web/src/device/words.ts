import type { Tone } from '../design/Rows';
import { bytes, counted } from '../format';
import type { Folder, Limits } from './control';

/** How a folder is, in few words. */
export function stateWords(folder: Folder): { tone: Tone; text: string } {
  switch (folder.state) {
    case 'converged':
      return folder.problems.length > 0
        ? { tone: 'care', text: 'In step, with problems' }
        : { tone: 'good', text: 'In step' };
    case 'paused':
      return { tone: 'soft', text: 'Paused' };
    case 'stopped':
      return folder.answers.includes('confirm')
        ? { tone: 'care', text: 'Waits for your answer' }
        : { tone: 'bad', text: 'Stopped' };
    case 'syncing':
      return folder.reason === undefined
        ? { tone: 'soft', text: 'Syncing' }
        : { tone: 'care', text: 'Trying again' };
  }
}

/** How all folders are, in a sentence. */
export function overall(folders: readonly Folder[]): string {
  const asking = folders.filter(one => one.state === 'stopped').length;
  const busy = folders.filter(one => one.state === 'syncing').length;
  const paused = folders.filter(one => one.state === 'paused').length;
  const parts = [
    asking > 0 && `${asking} ${asking === 1 ? 'needs' : 'need'} you`,
    busy > 0 && `${busy} syncing`,
    paused > 0 && `${paused} paused`,
  ].filter(Boolean);
  const all = counted(folders.length, 'folder');
  return parts.length === 0 ? `${all}, all in step` : `${all}: ${parts.join(', ')}`;
}

/** What comes after the last slash, of either kind. */
export function lastName(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

/** What a preview found: `Ignores 12 files and 3 folders`. */
export function previewWords(files: number, directories: number): string {
  const parts = [
    files > 0 && counted(files, 'file'),
    directories > 0 && counted(directories, 'folder'),
  ].filter(Boolean);
  return parts.length === 0 ? 'Ignores nothing here' : `Ignores ${parts.join(' and ')}`;
}

/** What the limits are: `Sends at most 2.0 MB a second, receives as fast as it can`. */
export function limitWords({ uploadBytesPerSecond: up, downloadBytesPerSecond: down }: Limits): string {
  if (up === undefined && down === undefined) {
    return 'No limits';
  }
  const words = (rate: number | undefined) =>
    rate === undefined ? 'as fast as it can' : `at most ${bytes(rate)} a second`;
  return `Sends ${words(up)}, receives ${words(down)}`;
}

/** Lowest and highest limit, in kilobytes per second. */
const KILOBYTES_MIN = 10;
const KILOBYTES_MAX = 1_000_000_000;

/**
 * The limit that somebody writes in kilobytes per second, in bytes per second: undefined for nothing written, which
 * is no limit; what is wrong with it where it is none.
 */
export function readLimit(text: string): { rate?: number } | { fault: string } {
  const written = text.trim();
  if (written === '') {
    return {};
  }
  const kilobytes = /^\d+(\.\d{1,3})?$/.test(written) ? Number(written) : Number.NaN;
  return kilobytes >= KILOBYTES_MIN && kilobytes <= KILOBYTES_MAX
    ? { rate: Math.round(kilobytes * 1_000) }
    : { fault: `A number from ${KILOBYTES_MIN}, or nothing for no limit` };
}
