import type { AllowForm } from '../allow-form';
import { Field } from './field';

interface Props {
  readonly label: string;
  readonly value: AllowForm;
  readonly error: string | undefined;
  readonly disabled?: boolean;
  readonly onChange: (value: AllowForm) => void;
}

/** Everyone, or the accounts of a list. */
export function AllowField({ label, value, error, disabled, onChange }: Props) {
  return (
    <>
      <Field label={label} error={value.mode === 'everyone' ? error : undefined}>
        {(control) => (
          <select
            {...control}
            value={value.mode}
            disabled={disabled}
            onChange={({ target }) =>
              onChange({ ...value, mode: target.value as AllowForm['mode'] })
            }
          >
            <option value="everyone">everyone</option>
            <option value="listed">only these accounts</option>
          </select>
        )}
      </Field>
      {value.mode === 'listed' && (
        <Field label={`${label}: accounts`} hint="One a line. None is nobody." error={error}>
          {(control) => (
            <textarea
              {...control}
              rows={3}
              spellCheck={false}
              placeholder="0x…"
              disabled={disabled}
              value={value.list}
              onChange={({ target }) => onChange({ ...value, list: target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}
