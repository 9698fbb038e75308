import type { ChangeEventHandler } from 'react';
import { Field } from './field';

const HINT = {
  instant: 'A block as soon as there is a transaction.',
  interval: 'A block every interval, empty or not.',
  lazy: 'A block every interval, but only with transactions.',
} as const;

interface Control {
  readonly value: string;
  readonly disabled?: boolean;
  readonly onChange: ChangeEventHandler<HTMLInputElement | HTMLSelectElement>;
}

interface Props {
  readonly mode: keyof typeof HINT;
  readonly text: (key: 'sealing' | 'intervalMs') => Control;
  readonly errors: Readonly<Record<string, string>>;
}

/** When a chain makes blocks, and how often where the mode has an interval. */
export function SealingFields({ mode, text, errors }: Props) {
  return (
    <>
      <Field label="Blocks" hint={HINT[mode]} error={errors['spec.sealing.mode']}>
        {(control) => (
          <select {...control} {...text('sealing')}>
            <option value="instant">instant</option>
            <option value="interval">interval</option>
            <option value="lazy">lazy</option>
          </select>
        )}
      </Field>
      {mode !== 'instant' && (
        <Field label="Interval in milliseconds" error={errors['spec.sealing.intervalMs']}>
          {(control) => <input {...control} {...text('intervalMs')} inputMode="numeric" />}
        </Field>
      )}
    </>
  );
}
