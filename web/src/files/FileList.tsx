import { ArrowDown, ArrowUp, Check } from 'lucide-react';
import {
  type DragEvent,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type Node, sentence } from '../api/client';
import { complain } from '../design/Toasts';
import { bytes, millisOf, moment, shortMoment } from '../format';
import { dragged, isDropTarget } from './drag';
import styles from './FileList.module.css';
import { KindIcon, kindWord } from './kinds';
import type { Listing, Sort } from './listing';
import * as scroll from './scroll';
import * as select from './selection';

/** Rows drawn above and below what is seen. */
const OVERSCAN = 8;

/** How long the scroll bar must rest before it is put to where it belongs. */
const SETTLE_MILLIS = 150;

/** How long a typed beginning of a name goes on. */
const TYPED_MILLIS = 900;

const COLUMNS: readonly { sort: Sort; label: string; className: string | undefined }[] = [
  { sort: 'name', label: 'Name', className: undefined },
  { sort: 'time', label: 'Changed', className: styles.time },
  { sort: 'size', label: 'Size', className: styles.right },
];

const LIST_ID = 'files';

/** For a dialog's `onCloseAutoFocus`: the keyboard goes back to the list, wherever it came from. */
export function focusList(event: Event): void {
  event.preventDefault();
  document.getElementById(LIST_ID)?.focus({ preventScroll: true });
}

interface Props {
  label: string;
  listing: Listing;
  selection: select.Selection;
  onSelect(selection: select.Selection): void;
  onSort(sort: Sort): void;
  onOpen(node: Node): void;
  onUp(): void;
  /** Undefined where the person may only read. */
  onRename: ((node: Node, name: string) => void) | undefined;
  onDelete: (() => void) | undefined;
  onDrop: ((nodes: readonly Node[], folder: number) => void) | undefined;
  /** The node whose name is being edited. */
  renaming: number | undefined;
  onRenaming(node: Node | undefined): void;
  /** A row to go to once, by its index. */
  goTo: Aim | undefined;
  /** Somebody goes somewhere by hand. */
  onSteer(): void;
}

/** A row to go to, unless it is too late for that by the time when the list is there. */
export interface Aim {
  index: number;
  select: boolean;
  still?(): boolean;
}

/** All rows of a folder, of which those in sight are drawn; see scroll.ts. A grid of WAI-ARIA with one stop for Tab. */
export function FileList(props: Props) {
  const { listing, selection, onSelect, goTo } = props;
  useSyncExternalStore(listing.subscribe, listing.snapshot);
  const total = listing.total ?? 0;
  const list = useRef<HTMLDivElement>(null);
  const [rowHeight] = useState(
    () => 2.25 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
  );
  const [view, setView] = useState(0);
  const [position, setPosition] = useState(scroll.TOP);
  const [target, setTarget] = useState<number>();
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typed = useRef({ text: '', at: 0 });
  const asked = useRef(0);
  const g = scroll.geometry(total, rowHeight, view);

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) {
      return;
    }
    const observer = new ResizeObserver(() => setView(Math.max(0, element.clientHeight - rowHeight)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [rowHeight]);

  // Who came here without another aim can use the keyboard at once.
  useEffect(() => {
    if (document.activeElement === document.body) {
      list.current?.focus({ preventScroll: true });
    }
  }, []);

  // The scroll bar follows the position; where it does already nothing happens.
  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && Math.abs(element.scrollTop - position.real) > 1) {
      element.scrollTop = position.real;
    }
  }, [position]);

  const first = Math.max(0, Math.floor(scroll.top(position) / rowHeight) - OVERSCAN);
  const last = Math.min(total - 1, Math.ceil((scroll.top(position) + view) / rowHeight) + OVERSCAN);
  useEffect(() => listing.want(first, Math.max(first, last)), [listing, first, last]);

  /** Where the scroll bar is by now. It may have moved, and the event not have come yet. */
  const followed = (before: scroll.Position): scroll.Position => {
    const element = list.current;
    if (element === null || Math.abs(element.scrollTop - before.real) <= 1) {
      return before;
    }
    const next = scroll.scrolled(g, before, element.scrollTop);
    return scroll.isShortOfRoom(g, next) ? scroll.placed(g, scroll.top(next)) : next;
  };

  const onScroll = () => {
    setPosition(followed);
    if (g.real !== g.full) {
      clearTimeout(settle.current);
      settle.current = setTimeout(
        () => setPosition(now => scroll.placed(g, scroll.top(followed(now)))),
        SETTLE_MILLIS,
      );
    }
  };
  useEffect(() => () => clearTimeout(settle.current), []);

  const show = (index: number) => setPosition(now => scroll.shown(g, now, index, rowHeight));

  /** Moves the cursor, as soon as its row is there. */
  const go = async (index: number, how: 'only' | 'range' | 'move') => {
    const to = Math.max(0, Math.min(total - 1, index));
    if (total === 0) {
      return;
    }
    const ask = ++asked.current;
    show(to);
    try {
      if (how === 'range') {
        const [from, until] = [Math.min(selection.anchor, to), Math.max(selection.anchor, to)];
        if (until - from >= select.CHOSEN_MAX) {
          complain(`At most ${select.CHOSEN_MAX.toLocaleString()} rows can be chosen at once`);
          return;
        }
        const rows = await listing.rows(from, until);
        if (ask === asked.current) {
          onSelect(select.ranged(selection, to, rows));
        }
        return;
      }
      const node = listing.row(to) ?? (await listing.rows(to, to))[0];
      if (ask === asked.current) {
        onSelect(how === 'only' ? select.only(to, node) : select.moved(selection, to, node));
      }
    } catch (failure) {
      complain(sentence(failure));
    }
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another wish to go somewhere counts
  useEffect(() => {
    if (goTo !== undefined && view > 0 && total > 0 && goTo.still?.() !== false) {
      go(goTo.index, goTo.select ? 'only' : 'move');
      list.current?.focus({ preventScroll: true });
    }
  }, [goTo, view > 0, total > 0]);

  const type = async (text: string) => {
    const now = Date.now();
    typed.current = {
      text: now - typed.current.at < TYPED_MILLIS ? typed.current.text + text : text,
      at: now,
    };
    const prefix = typed.current.text;
    try {
      const index = await listing.locate(prefix);
      if (index !== undefined && typed.current.text === prefix) {
        await go(index, 'only');
      }
    } catch (failure) {
      complain(sentence(failure));
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== list.current || event.nativeEvent.isComposing) {
      return;
    }
    props.onSteer();
    const command = event.ctrlKey || event.metaKey;
    const how = event.shiftKey ? 'range' : command ? 'move' : 'only';
    const page = Math.max(1, Math.floor(view / rowHeight) - 1);
    const node = listing.row(selection.cursor);
    const started = selection.cursorId !== undefined;
    switch (event.key) {
      case 'ArrowDown':
        go(started ? selection.cursor + 1 : 0, how);
        break;
      case 'ArrowUp':
        if (event.altKey) {
          props.onUp();
        } else {
          go(selection.cursor - 1, how);
        }
        break;
      case 'PageDown':
        go(selection.cursor + page, how);
        break;
      case 'PageUp':
        go(selection.cursor - page, how);
        break;
      case 'Home':
        go(0, how);
        break;
      case 'End':
        go(total - 1, how);
        break;
      case 'Enter':
        if (node !== undefined) {
          props.onOpen(node);
        }
        break;
      case 'F2':
        if (node !== undefined && props.onRename !== undefined) {
          props.onRenaming(node);
        }
        break;
      case 'Delete':
        props.onDelete?.();
        break;
      case 'Backspace':
        props.onUp();
        break;
      case 'Escape':
        onSelect({ ...selection, nodes: new Map() });
        break;
      case ' ':
        if (node !== undefined && (command || Date.now() - typed.current.at > TYPED_MILLIS)) {
          onSelect(select.toggled(selection, selection.cursor, node));
        } else {
          type(' ');
        }
        break;
      default:
        if (command && event.key.toLowerCase() === 'a') {
          chooseAll();
        } else if (event.key.length === 1 && !command && !event.altKey) {
          type(event.key);
        } else {
          return;
        }
    }
    event.preventDefault();
  };

  const chooseAll = async () => {
    if (total > select.CHOSEN_MAX) {
      complain(`At most ${select.CHOSEN_MAX.toLocaleString()} rows can be chosen at once`);
      return;
    }
    const ask = ++asked.current;
    try {
      const rows = await listing.rows(0, total - 1);
      if (ask === asked.current) {
        onSelect({ ...selection, nodes: new Map(rows.map(node => [node.id, node])) });
      }
    } catch (failure) {
      complain(sentence(failure));
    }
  };

  const press = (event: MouseEvent, index: number, node: Node, tick: boolean) => {
    props.onSteer();
    list.current?.focus({ preventScroll: true });
    if (event.shiftKey) {
      go(index, 'range');
    } else if (event.ctrlKey || event.metaKey || tick) {
      onSelect(select.toggled(selection, index, node));
    } else {
      onSelect(select.only(index, node));
    }
  };

  const isCursorDrawn = selection.cursor >= first && selection.cursor <= last;
  const cursorNode = isCursorDrawn ? listing.row(selection.cursor) : undefined;
  const rows = [];
  for (let index = first; index <= last; index++) {
    const node = listing.row(index);
    rows.push(
      <Row
        key={node?.id ?? -1 - index}
        index={index}
        node={node}
        chosen={node !== undefined && selection.nodes.has(node.id)}
        cursor={index === selection.cursor && selection.cursorId !== undefined}
        fresh={node !== undefined && listing.isFresh(node)}
        renaming={node !== undefined && props.renaming === node.id}
        target={target !== undefined && node?.id === target}
        draggable={props.onDrop !== undefined}
        onPress={press}
        onOpen={props.onOpen}
        onMenu={(at, found) => {
          if (!selection.nodes.has(found.id)) {
            onSelect(select.only(at, found));
          }
        }}
        onRename={(found, name) => {
          props.onRenaming(undefined);
          list.current?.focus({ preventScroll: true });
          if (name !== undefined && name !== found.name) {
            props.onRename?.(found, name);
          }
        }}
        onDragStart={(event, found) => {
          const nodes = selection.nodes.has(found.id) ? [...selection.nodes.values()] : [found];
          dragged.begin(event.dataTransfer, nodes);
        }}
        onDragOver={(event, found) => {
          if (isDropTarget(found)) {
            event.preventDefault();
            event.dataTransfer.dropEffect = 'move';
            setTarget(found.id);
          } else {
            setTarget(undefined);
          }
        }}
        onDrop={(event, found) => {
          setTarget(undefined);
          if (isDropTarget(found)) {
            event.preventDefault();
            props.onDrop?.(dragged.end(), found.id);
          }
        }}
      />,
    );
  }
  return (
    <div
      ref={list}
      id={LIST_ID}
      className={styles.list}
      role="grid"
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-colcount={COLUMNS.length}
      aria-multiselectable
      aria-activedescendant={cursorNode !== undefined ? `row-${cursorNode.id}` : undefined}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onDragLeave={() => setTarget(undefined)}
    >
      <div role="row" aria-rowindex={1} className={styles.head}>
        {COLUMNS.map(column => (
          <SortHead key={column.sort} column={column} listing={listing} onSort={props.onSort} />
        ))}
      </div>
      <div role="presentation" className={styles.canvas} style={{ height: g.real }}>
        <div
          role="presentation"
          className={styles.block}
          style={{ transform: `translateY(${first * rowHeight - position.offset}px)` }}
        >
          {rows}
        </div>
      </div>
    </div>
  );
}

function SortHead({
  column,
  listing,
  onSort,
}: {
  column: (typeof COLUMNS)[number];
  listing: Listing;
  onSort(sort: Sort): void;
}) {
  const sorted = listing.sort === column.sort;
  const Arrow = listing.order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <div
      role="columnheader"
      className={column.className}
      aria-sort={sorted ? (listing.order === 'asc' ? 'ascending' : 'descending') : 'none'}
    >
      <button type="button" className={styles.sort} data-sorted={sorted} onClick={() => onSort(column.sort)}>
        {column.label}
        {sorted && <Arrow size={12} aria-hidden />}
      </button>
    </div>
  );
}

interface RowProps {
  index: number;
  node: Node | undefined;
  chosen: boolean;
  cursor: boolean;
  fresh: boolean;
  renaming: boolean;
  target: boolean;
  draggable: boolean;
  onPress(event: MouseEvent, index: number, node: Node, tick: boolean): void;
  onOpen(node: Node): void;
  onMenu(index: number, node: Node): void;
  onRename(node: Node, name: string | undefined): void;
  onDragStart(event: DragEvent, node: Node): void;
  onDragOver(event: DragEvent, node: Node): void;
  onDrop(event: DragEvent, node: Node): void;
}

/** What a row shows; its handlers may change without a reason to draw it again. */
function isSame(a: RowProps, b: RowProps): boolean {
  return (
    a.index === b.index &&
    a.node === b.node &&
    a.chosen === b.chosen &&
    a.cursor === b.cursor &&
    a.fresh === b.fresh &&
    a.renaming === b.renaming &&
    a.target === b.target &&
    a.draggable === b.draggable
  );
}

function Row(props: RowProps) {
  // Always the newest handlers, though the row below is drawn only when what it shows changed.
  const newest = useRef(props);
  newest.current = props;
  return <DrawnRow {...props} newest={newest} />;
}

const DrawnRow = memo(function DrawnRow(props: RowProps & { newest: { current: RowProps } }) {
  const { index, node, chosen, cursor, fresh, renaming, target, draggable, newest } = props;
  const touch = useRef(false);
  if (node === undefined) {
    return (
      <div role="row" aria-rowindex={index + 2} className={styles.row} aria-busy>
        <div role="gridcell" className={styles.name}>
          <span className={styles.blank} />
          <span className="visually-hidden">Loading</span>
        </div>
      </div>
    );
  }
  const time = millisOf(node.mtime);
  const press = (event: MouseEvent, tick: boolean) => {
    if (touch.current && !tick) {
      newest.current.onOpen(node);
    } else {
      newest.current.onPress(event, index, node, tick);
    }
  };
  return (
    <div
      role="row"
      id={`row-${node.id}`}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={styles.row}
      data-cursor={cursor}
      data-fresh={fresh}
      data-target={target}
      draggable={draggable && !renaming}
      onPointerDown={(event: PointerEvent) => {
        touch.current = event.pointerType === 'touch';
      }}
      onClick={event => press(event, false)}
      onDoubleClick={() => touch.current || newest.current.onOpen(node)}
      onContextMenu={() => newest.current.onMenu(index, node)}
      onDragStart={event => newest.current.onDragStart(event, node)}
      onDragEnd={() => dragged.end()}
      onDragOver={event => newest.current.onDragOver(event, node)}
      onDrop={event => newest.current.onDrop(event, node)}
    >
      <div role="gridcell" className={styles.name} title={node.name}>
        <span
          className={styles.tick}
          onClick={event => {
            event.stopPropagation();
            press(event, true);
          }}
        >
          {chosen ? <Check size={18} aria-hidden /> : <KindIcon node={node} />}
        </span>
        {renaming ? (
          <Rename node={node} done={name => newest.current.onRename(node, name)} />
        ) : (
          <span className={styles.text}>{node.name}</span>
        )}
        <span className="visually-hidden">{kindWord(node)}</span>
      </div>
      <div
        role="gridcell"
        className={`${styles.soft} ${styles.time}`}
        title={time === undefined ? '' : moment(time)}
      >
        {time === undefined ? '' : shortMoment(time)}
      </div>
      <div role="gridcell" className={`${styles.soft} ${styles.right} numbers`}>
        {node.size === undefined || node.kind !== 'file' ? '' : bytes(node.size)}
      </div>
    </div>
  );
}, isSame);

/** The name as a field: Enter takes it, Escape leaves it as it was. */
function Rename({ node, done }: { node: Node; done(name: string | undefined): void }) {
  const field = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  const finish = (name: string | undefined) => {
    if (!over.current) {
      over.current = true;
      done(name);
    }
  };
  useEffect(() => {
    const dot = node.kind === 'directory' ? -1 : node.name.lastIndexOf('.');
    field.current?.focus();
    field.current?.setSelectionRange(0, dot > 0 ? dot : node.name.length);
  }, [node]);
  return (
    <form
      className={styles.rename}
      onSubmit={event => {
        event.preventDefault();
        finish(field.current?.value);
      }}
    >
      <input
        ref={field}
        aria-label={`New name of ${node.name}`}
        defaultValue={node.name}
        spellCheck={false}
        onClick={event => event.stopPropagation()}
        onDoubleClick={event => event.stopPropagation()}
        onBlur={event => finish(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            finish(undefined);
          }
          event.stopPropagation();
        }}
      />
    </form>
  );
}
