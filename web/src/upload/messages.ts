import type { Progress } from './sender';

/** A file for the worker to store the content of. */
export interface FileTask {
  id: number;
  file: File;
}

/** What the worker is told. */
export type ToWorker =
  | { type: 'begin'; project: string }
  | { type: 'send'; batch: number; files: FileTask[] }
  | { type: 'pause' }
  | { type: 'resume' };

/** What became of one file. */
export interface Stored {
  id: number;
  content?: { level: number; hash: string; size: number };
  /** Why it couldn't be read. */
  failure?: string;
}

/** What the worker tells. */
export type FromWorker =
  | { type: 'progress'; progress: Progress }
  | { type: 'stored'; batch: number; files: Stored[] }
  | { type: 'failed'; batch: number; message: string };
