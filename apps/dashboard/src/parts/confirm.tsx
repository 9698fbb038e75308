import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ErrorNotice } from './notice';

interface Props {
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
  /** Must be typed before the action is possible. */
  readonly typeToConfirm?: string;
  readonly danger?: boolean;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** A modal question. The browser's own dialog keeps the focus inside and gives it back. */
export function ConfirmDialog(props: Props) {
  const { title, action, children, typeToConfirm, danger, onConfirm, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (reason) {
      setError(reason as Error);
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onCancel={onClose}>
      <form onSubmit={submit}>
        <h2 id={titleId}>{title}</h2>
        {children}
        {typeToConfirm !== undefined && (
          <label className="field">
            <span className="field-label">
              Type <strong>{typeToConfirm}</strong> to go on
            </span>
            <input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </label>
        )}
        {error !== undefined && <ErrorNotice error={error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={danger ? 'button button-danger' : 'button button-primary'}
            disabled={busy || (typeToConfirm !== undefined && typed !== typeToConfirm)}
          >
            {busy ? 'One moment…' : action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
