import { bytes } from '../format';

/** What all projects hold, in bytes, each step of storing after the other. */
export interface Held {
  /** The files as they are. */
  files: number;
  /** Each different block once, those of history too, before compression. */
  unique: number;
  /** What lies in packs. */
  stored: number;
}

/** The part of `before` that `after` doesn't need, of 100; 0 where it isn't less. */
export function percentLess(before: number, after: number): number {
  return before <= 0 || after >= before ? 0 : Math.floor(((before - after) / before) * 100);
}

/** What deduplication and compression save, in sentences that hold for any numbers. */
export function savingsWords({ files, unique, stored }: Held): { once: string; smaller: string } {
  const once = percentLess(files, unique);
  const smaller = percentLess(unique, stored);
  return {
    once:
      unique === 0
        ? 'Nothing is stored yet.'
        : unique < files
          ? `Equal pieces are stored once: ${bytes(unique)} are different, history included. That is ${atLeastOne(once)} less than the files have.`
          : unique === files
            ? 'No piece of the files is there twice, so that storing equal pieces once saves nothing yet.'
            : `With what history keeps, ${bytes(unique)} of pieces are different: more than the files have now.`,
    smaller:
      stored === 0
        ? ''
        : stored < unique
          ? `Compressed they take ${bytes(stored)}, ${atLeastOne(smaller)} less.`
          : `Compressed they take ${bytes(stored)}: they are of a kind that doesn’t become smaller.`,
  };
}

function atLeastOne(percent: number): string {
  return percent === 0 ? 'under 1 %' : `${percent} %`;
}
