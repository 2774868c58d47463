import { type FormEvent, useState } from 'react';
import { sentence } from '../api/client';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Field } from '../design/Field';
import { say } from '../design/Toasts';
import type { Group } from './groups';
import { renameDevice } from './requests';

/** Gives a device another name, for people to know it by. */
export function RenameDevice({
  group,
  onClose,
  onRenamed,
}: {
  group: Group;
  onClose(): void;
  onRenamed(): void;
}) {
  const [name, setName] = useState(group.name);
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await renameDevice(group.id, name.trim());
      say(`Renamed to ${name.trim()}`);
      onRenamed();
      onClose();
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Rename ${group.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <Field
          label="Name"
          value={name}
          autoFocus
          maxLength={255}
          onChange={event => setName(event.target.value)}
          hint="How the device is called here; its conflict copies keep the name that it calls itself."
          fault={fault}
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={busy || name.trim() === ''}>
            Rename
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
