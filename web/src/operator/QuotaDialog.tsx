import { type FormEvent, useState } from 'react';
import { sentence } from '../api/client';
import { Fault } from '../design/Ask';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Field } from '../design/Field';
import { bytes, count } from '../format';
import type { Limits, Quota } from './requests';
import { parseBytes, typedBytes } from './units';

/** Changes what an account's projects, or one project, may hold. */
export function QuotaDialog({
  name,
  of,
  quota,
  save,
  onClose,
}: {
  name: string;
  of: 'account' | 'project';
  quota: Quota;
  /** Sets the limits; says afterwards what they are. */
  save(limits: Limits): Promise<void>;
  onClose(): void;
}) {
  const [content, setContent] = useState(quota.bytesMax === undefined ? '' : typedBytes(quota.bytesMax));
  const [nodes, setNodes] = useState(quota.nodesMax === undefined ? '' : `${quota.nodesMax}`);
  const [stored, setStored] = useState(
    quota.storedBytesMax === undefined ? '' : typedBytes(quota.storedBytesMax),
  );
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const bytesMax = parseBytes(content);
  const nodesMax = /^\d{1,15}$/.test(nodes.trim()) ? Number(nodes) : undefined;
  const storedBytesMax = parseBytes(stored);
  const project = of === 'project';
  const wrong = (text: string, value: number | undefined, words: string) =>
    text.trim() !== '' && value === undefined ? words : undefined;
  const SIZE = 'Type a size such as 500 GB, 1.5 TB or 64 GiB';
  const wrongs = [
    wrong(content, bytesMax, SIZE),
    wrong(nodes, nodesMax, 'Type a whole number'),
    wrong(stored, storedBytesMax, SIZE),
  ];
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (wrongs.some(Boolean)) {
      return;
    }
    setBusy(true);
    setFault(undefined);
    try {
      await save({
        ...(bytesMax !== undefined && { bytesMax }),
        ...(nodesMax !== undefined && { nodesMax }),
        ...(project && storedBytesMax !== undefined && { storedBytesMax }),
      });
      onClose();
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  const below = (value: number | undefined, now: number) =>
    value !== undefined && value < now ? ' Below what is there: nothing new can be stored.' : '';
  return (
    <Dialog
      title={`Quota of ${name}`}
      description={
        project
          ? 'What the project may hold. Left empty, there is no limit of its own.'
          : 'What all projects that the account owns may hold together. Left empty, there is no limit.'
      }
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate>
        <Field
          label="Content"
          value={content}
          autoFocus
          autoComplete="off"
          placeholder="no limit"
          onChange={event => setContent(event.target.value)}
          hint={`${bytes(quota.bytes)} now.${below(bytesMax, quota.bytes)}`}
          fault={wrongs[0]}
        />
        <Field
          label="Files and folders"
          value={nodes}
          inputMode="numeric"
          autoComplete="off"
          placeholder="no limit"
          onChange={event => setNodes(event.target.value)}
          hint={`${count(quota.nodes)} now.${below(nodesMax, quota.nodes)}`}
          fault={wrongs[1]}
        />
        {project && (
          <Field
            label="Stored, history included"
            value={stored}
            autoComplete="off"
            placeholder="the standard"
            onChange={event => setStored(event.target.value)}
            hint={`${bytes(quota.storedBytes ?? 0)} now.${below(storedBytesMax, quota.storedBytes ?? 0)}`}
            fault={wrongs[2]}
          />
        )}
        <Fault text={fault} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={busy || wrongs.some(Boolean)}>
            Set the quota
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
