/**
 * The names of conflict copies: `report (conflict of laptop).txt`, `report (conflict 2 of laptop).txt`, as the
 * client gives them.
 */

/** What every such name holds; searched for. */
export const CONFLICT_WORDS = ' (conflict';

const COPY = /^(.+) \(conflict(?: [0-9]{1,9})? of ([^()/]{1,80})\)(\.[\p{L}\p{N}]{1,16})?$/su;

/** What a conflict copy is of: the name that the other side kept, and the device whose version the copy is. */
export function parseConflict(name: string): { original: string; device: string } | undefined {
  const found = COPY.exec(name);
  const [, stem, device, extension = ''] = found ?? [];
  return stem === undefined || device === undefined ? undefined : { original: stem + extension, device };
}

/** A name for a copy that is kept as a file of its own: `report (laptop).txt`, then `report (laptop 2).txt`. */
export function keptName(name: string, number: number): string {
  const found = COPY.exec(name);
  const [, stem, device, extension = ''] = found ?? [];
  if (stem === undefined || device === undefined) {
    return name;
  }
  return `${stem} (${device}${number === 1 ? '' : ` ${number}`})${extension}`;
}
