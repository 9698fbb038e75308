import type { ChangeEventHandler } from 'react';
import { Field } from './field';

interface Control {
  readonly value: string;
  readonly disabled?: boolean;
  readonly onChange: ChangeEventHandler<HTMLInputElement | HTMLSelectElement>;
}

interface Props {
  readonly mode: 'free' | 'fixed' | 'eip1559';
  readonly text: (key: 'fees' | 'gasPrice') => Control;
  readonly errors: Readonly<Record<string, string>>;
  readonly modeHint?: string;
  readonly priceHint?: string;
}

/** How a chain asks for fees, and its price where the mode has one. */
export function FeeFields({ mode, text, errors, modeHint, priceHint }: Props) {
  return (
    <>
      <Field label="Fees" hint={modeHint} error={errors['spec.fees.mode']}>
        {(control) => (
          <select {...control} {...text('fees')}>
            <option value="free">free</option>
            <option value="fixed">fixed</option>
            <option value="eip1559">EIP-1559</option>
          </select>
        )}
      </Field>
      {mode !== 'free' && (
        <Field
          label={mode === 'fixed' ? 'Gas price in gwei' : 'First base fee in gwei'}
          hint={priceHint}
          error={errors['spec.fees.gasPrice']}
        >
          {(control) => <input {...control} {...text('gasPrice')} inputMode="decimal" />}
        </Field>
      )}
    </>
  );
}
