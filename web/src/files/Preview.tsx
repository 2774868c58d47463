import { ChevronLeft, ChevronRight, Download, FileQuestion, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useEffect, useState } from 'react';
import { contentAddress, isAbort, type Node, refusal, sentence } from '../api/client';
import { Button, IconButton } from '../design/Button';
import { focusWhole } from '../design/Dialog';
import { Empty, Waiting } from '../design/Empty';
import { bytes } from '../format';
import { download } from './download';
import { focusList } from './FileList';
import { lookOf } from './kinds';
import styles from './Preview.module.css';

/** Most of a text that is fetched to be shown. */
const TEXT_BYTES_MAX = 512 << 10;

/** Files of unknown kinds are looked into, if they aren't larger. */
const UNKNOWN_BYTES_MAX = 64 << 10;

/** Shows a file over the page; the arrows go to the next one. */
export function Preview({
  project,
  node,
  onClose,
  onStep,
}: {
  project: string;
  node: Node;
  onClose(): void;
  /** Goes so many files on; undefined where there is no list to go on in. */
  onStep: ((by: 1 | -1) => void) | undefined;
}) {
  return (
    <Dialog.Root open onOpenChange={open => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content
          className={styles.preview}
          aria-describedby={undefined}
          onOpenAutoFocus={focusWhole}
          onCloseAutoFocus={focusList}
          onKeyDown={event => {
            const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : undefined;
            const inside = event.target instanceof HTMLMediaElement;
            if (step !== undefined && !inside && onStep !== undefined) {
              event.preventDefault();
              onStep(step);
            }
          }}
        >
          <div className={styles.bar}>
            <Dialog.Title className={styles.title}>{node.name}</Dialog.Title>
            <span className={`${styles.facts} numbers`}>{bytes(node.size ?? 0)}</span>
            <IconButton
              label="Download"
              icon={<Download size={18} />}
              onClick={() => download(project, [node])}
            />
            <Dialog.Close asChild>
              <IconButton label="Close" keys="Esc" icon={<X size={18} />} />
            </Dialog.Close>
          </div>
          <div className={styles.stage}>
            <div className={styles.step}>
              {onStep && (
                <IconButton label="Previous" keys="←" icon={<ChevronLeft />} onClick={() => onStep(-1)} />
              )}
            </div>
            <div className={styles.content}>
              <Content key={`${node.id} ${node.hash}`} project={project} node={node} />
            </div>
            <div className={styles.step}>
              {onStep && (
                <IconButton label="Next" keys="→" icon={<ChevronRight />} onClick={() => onStep(1)} />
              )}
            </div>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Content({ project, node }: { project: string; node: Node }): ReactNode {
  const [failed, setFailed] = useState(false);
  const address = contentAddress(project, node.id, true);
  const fail = () => setFailed(true);
  if (failed) {
    return <Unknown project={project} node={node} text="Your browser can't show this file." />;
  }
  switch (lookOf(node)) {
    case 'image':
      return <img className={styles.image} src={address} alt={node.name} onError={fail} />;
    case 'video':
      return (
        // biome-ignore lint/a11y/useMediaCaption: the files are people's own, and have none beside them
        <video
          className={styles.video}
          src={address}
          controls
          autoPlay
          onError={fail}
          aria-label={node.name}
        />
      );
    case 'audio':
      return (
        // biome-ignore lint/a11y/useMediaCaption: as above
        <audio
          className={styles.audio}
          src={address}
          controls
          autoPlay
          onError={fail}
          aria-label={node.name}
        />
      );
    case 'pdf':
      return <iframe className={styles.frame} src={address} title={node.name} />;
    case 'text':
      return <Text project={project} node={node} />;
    case 'other':
      return (node.size ?? 0) <= UNKNOWN_BYTES_MAX ? (
        <Text project={project} node={node} />
      ) : (
        <Unknown project={project} node={node} text="There is no preview of this kind of file." />
      );
  }
}

function Unknown({ project, node, text }: { project: string; node: Node; text: string }) {
  return (
    <Empty icon={<FileQuestion />} title={node.name} text={text}>
      <Button look="main" onClick={() => download(project, [node])}>
        <Download size={16} />
        Download, {bytes(node.size ?? 0)}
      </Button>
    </Empty>
  );
}

/** The beginning of a file as text, if that is what it is. */
function Text({ project, node }: { project: string; node: Node }) {
  const [text, setText] = useState<string>();
  const [fault, setFault] = useState<string>();
  const size = node.size ?? 0;
  useEffect(() => {
    const control = new AbortController();
    readText(contentAddress(project, node.id), size, control.signal).then(setText, failure => {
      if (!isAbort(failure)) {
        setFault(sentence(failure));
      }
    });
    return () => control.abort();
  }, [project, node.id, size]);
  if (fault !== undefined) {
    return <Unknown project={project} node={node} text={fault} />;
  }
  if (text === undefined) {
    return <Waiting />;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <pre className={styles.text} tabIndex={0}>
      {text === '' ? 'This file is empty.' : text}
      {size > TEXT_BYTES_MAX && (
        <span className={styles.cut}>Only the first {bytes(TEXT_BYTES_MAX)} are shown.</span>
      )}
    </pre>
  );
}

async function readText(address: string, size: number, signal: AbortSignal): Promise<string> {
  if (size === 0) {
    return '';
  }
  const response = await fetch(address, { headers: { Range: `bytes=0-${TEXT_BYTES_MAX - 1}` }, signal });
  if (!response.ok) {
    throw await refusal(response);
  }
  const read = new Uint8Array(await response.arrayBuffer());
  if (read.includes(0)) {
    throw new Error('There is no preview of this kind of file.');
  }
  // A character may be cut at the end of the range; one that is wrong elsewhere is shown as such.
  return new TextDecoder().decode(read, { stream: size > TEXT_BYTES_MAX });
}
