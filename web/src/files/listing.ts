import { api, data, isAbort, type Node } from '../api/client';

export type Sort = 'name' | 'size' | 'time';
export type Order = 'asc' | 'desc';

/** Rows asked for at once; one of the sizes that page maps have. */
export const PAGE = 200;

/** Most pages kept; those unused longest go. */
const PAGES_MAX = 60;

/** Most pages asked for at once. */
const LOADS_MAX = 4;

/** How long a scroll bar must rest before its rows are asked for. */
const REST_MILLIS = 40;

/** How soon after a hint rows are asked for again, and how often at most where the page map is large. */
const HINT_MILLIS = 60;
const AGAIN_MILLIS = 400;
const AGAIN_LARGE_MILLIS = 3_000;
const LARGE = 20_000;

/** How long a new row counts as new. */
const FRESH_MILLIS = 3_000;

interface Page {
  nodes: readonly Node[];
  version: number;
  used: number;
}

/**
 * The rows of one folder in one order, of which any number may be there: pages are asked for where a person
 * looks, by the page map's cursors, and again after a hint. What was shown stays until it is replaced.
 */
export class Listing {
  /** Rows; undefined until the first answer. */
  total: number | undefined;
  /** Why nothing can be shown, if so. */
  fault: unknown;

  private readonly pages = new Map<number, Page>();
  private readonly loads = new Map<number, AbortController>();
  private starts: readonly string[] = [];
  private version = 0;
  private mapVersion = -1;
  private hinted = false;
  private freshFrom = Number.MAX_SAFE_INTEGER;
  private wanted: readonly [number, number] = [0, 0];
  private clock = 0;
  private mapLoad: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private freshTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private revision = 0;
  private over = false;

  constructor(
    readonly project: string,
    readonly folder: number,
    readonly sort: Sort,
    readonly order: Order,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** Another number whenever something that is shown may have changed. */
  snapshot = (): number => this.revision;

  /** The row at an index; undefined while it isn't there yet. */
  row(index: number): Node | undefined {
    const page = this.pages.get(Math.floor(index / PAGE));
    return page?.nodes[index % PAGE];
  }

  /** Whether a row came or changed just now. */
  isFresh(node: Node): boolean {
    return node.sequence > this.freshFrom;
  }

  /** Where a node is among the rows that are there. */
  indexOf(id: number): number | undefined {
    for (const [number, page] of this.pages) {
      const at = page.nodes.findIndex(node => node.id === id);
      if (at >= 0) {
        return number * PAGE + at;
      }
    }
    return undefined;
  }

  /** Begins. */
  open(): void {
    this.over = false;
    this.pump();
  }

  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.again);
    clearTimeout(this.freshTimer);
    for (const load of this.loads.values()) {
      load.abort();
    }
    this.loads.clear();
  }

  /** These rows are seen now. */
  want(first: number, last: number): void {
    const pages: [number, number] = [
      Math.floor(Math.max(0, first) / PAGE),
      Math.floor(Math.max(0, last) / PAGE),
    ];
    if (pages[0] === this.wanted[0] && pages[1] === this.wanted[1]) {
      return;
    }
    this.wanted = pages;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pump(), REST_MILLIS);
  }

  /** The rows from one index to another, both included, asked for where they aren't there. */
  async rows(first: number, last: number): Promise<Node[]> {
    const found: Node[] = [];
    for (let number = Math.floor(first / PAGE); number <= Math.floor(last / PAGE); number++) {
      let page = this.pages.get(number);
      if (page === undefined) {
        await this.load(number, new AbortController());
        page = this.pages.get(number);
      }
      const from = number * PAGE;
      found.push(...(page?.nodes.slice(Math.max(0, first - from), last - from + 1) ?? []));
    }
    return found;
  }

  /** The index of the first row whose name begins so, or is exactly that. */
  async locate(prefix: string): Promise<number | undefined> {
    const { row } = await data(
      api.GET('/v1/projects/{p}/nodes/{id}/position', {
        params: { path: this.path, query: { prefix, sort: this.sort, order: this.order } },
      }),
    );
    return row?.index;
  }

  /** Something in this folder may have changed: looks, soon, and not too often. */
  hint(): void {
    this.hinted = true;
    if (this.over || this.again !== undefined) {
      return;
    }
    this.again = setTimeout(async () => {
      this.hinted = false;
      await this.refresh();
      const rest = (this.total ?? 0) > LARGE ? AGAIN_LARGE_MILLIS : AGAIN_MILLIS;
      this.again = setTimeout(() => {
        this.again = undefined;
        if (this.hinted) {
          this.hint();
        }
      }, rest);
    }, HINT_MILLIS);
  }

  /** Asks again for what is seen, and for the map where it changed. */
  async refresh(): Promise<void> {
    try {
      await this.load(this.wanted[0], new AbortController());
      await this.loadMap();
      this.pump();
    } catch (failure) {
      this.fail(failure);
    }
  }

  private get path() {
    return { p: this.project, id: this.folder };
  }

  private changed(): void {
    this.revision++;
    for (const listener of [...this.listeners]) {
      listener();
    }
  }

  private fail(failure: unknown): void {
    if (!this.over && !isAbort(failure)) {
      this.fault = failure;
      this.changed();
    }
  }

  /** Asks for what is wanted and isn't there, and gives up what isn't wanted any more. */
  private pump(): void {
    if (this.over) {
      return;
    }
    const [first, last] = this.wanted;
    for (const [number, load] of this.loads) {
      if (number < first - 1 || number > last + 1) {
        load.abort();
        this.loads.delete(number);
      }
    }
    const pages = Math.max(1, Math.ceil((this.total ?? 1) / PAGE));
    // What is seen, then a page on either side.
    const order = [...range(first, last), last + 1, first - 1];
    for (const number of order) {
      const page = this.pages.get(number);
      const there = page !== undefined && page.version === this.version;
      if (number < 0 || number >= pages || there || this.loads.has(number) || this.loads.size >= LOADS_MAX) {
        continue;
      }
      const control = new AbortController();
      this.loads.set(number, control);
      this.load(number, control)
        .then(() => {
          if (!this.isMapped()) {
            this.hint();
          }
        })
        .catch(failure => this.fail(failure))
        .finally(() => {
          if (this.loads.get(number) === control) {
            this.loads.delete(number);
            this.pump();
          }
        });
    }
  }

  private async load(number: number, control: AbortController): Promise<void> {
    let from: string | undefined;
    if (number > 0) {
      await this.loadMap();
      from = this.starts[number];
      if (from === undefined) {
        // Beyond the end, as the newest map says.
        this.pages.set(number, { nodes: [], version: this.version, used: ++this.clock });
        return;
      }
    }
    const page = await data(
      api.GET('/v1/projects/{p}/nodes/{id}/children', {
        params: {
          path: this.path,
          query: { limit: PAGE, sort: this.sort, order: this.order, ...(from !== undefined && { from }) },
        },
        signal: control.signal,
      }),
    );
    if (this.over || control.signal.aborted) {
      return;
    }
    this.take(page.version, page.total);
    this.pages.set(number, { nodes: page.nodes, version: page.version, used: ++this.clock });
    this.forget();
    this.fault = undefined;
    this.changed();
  }

  /** Whether the map is the newest version's; one page needs none. */
  private isMapped(): boolean {
    return this.mapVersion === this.version || (this.total ?? 0) <= PAGE;
  }

  /** Asks for the map where there is none of the newest version; once at a time. */
  private loadMap(): Promise<void> {
    if (this.isMapped() && this.total !== undefined) {
      return Promise.resolve();
    }
    this.mapLoad ??= (async () => {
      try {
        const map = await data(
          api.GET('/v1/projects/{p}/nodes/{id}/pages', {
            params: { path: this.path, query: { size: PAGE, sort: this.sort, order: this.order } },
          }),
        );
        if (!this.over) {
          this.starts = map.pages;
          this.mapVersion = map.version;
          this.take(map.version, map.total);
          this.changed();
        }
      } finally {
        this.mapLoad = undefined;
      }
    })();
    return this.mapLoad;
  }

  private take(version: number, total: number): void {
    if (version < this.version) {
      return;
    }
    if (this.total !== undefined && version > this.version) {
      // Shown as new for a while, then like all others.
      this.freshFrom = Math.min(this.freshFrom, this.version);
      clearTimeout(this.freshTimer);
      this.freshTimer = setTimeout(() => {
        this.freshFrom = Number.MAX_SAFE_INTEGER;
      }, FRESH_MILLIS);
    }
    this.version = version;
    this.total = total;
    for (const number of this.pages.keys()) {
      if (number * PAGE >= Math.max(1, total)) {
        this.pages.delete(number);
      }
    }
  }

  private forget(): void {
    while (this.pages.size > PAGES_MAX) {
      let oldest: number | undefined;
      let used = Number.POSITIVE_INFINITY;
      for (const [number, page] of this.pages) {
        if (page.used < used) {
          oldest = number;
          used = page.used;
        }
      }
      if (oldest === undefined) {
        return;
      }
      this.pages.delete(oldest);
    }
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
