import { type RunningForm, SIZES } from '../running-form';
import type { SpecErrors } from '../spec-checks';
import { Field } from './field';

const SIZE_HINT = {
  small: 'Up to half a core and 512 MiB: thousands of requests a second.',
  medium: 'Up to one core and 1 GiB; a tenth of a core is promised.',
  large: 'Up to two cores and 4 GiB; 0.4 cores are promised.',
  dedicated: 'As much as there is; a quarter of a core is promised.',
} as const;

interface Props {
  readonly form: RunningForm;
  readonly errors: SpecErrors;
  readonly disabled?: boolean;
  /** Whether the form may leave it to the installation when the chain sleeps, and to whom it is open. */
  readonly withDefault?: boolean;
  readonly onChange: (change: Partial<RunningForm>) => void;
}

/** Size, sleep, access, read replicas and failover: what may change at any time. */
export function RunningFields({ form, errors, disabled, withDefault, onChange }: Props) {
  const text = (key: Exclude<keyof RunningForm, 'failover'>) => ({
    value: form[key],
    disabled,
    onChange: (event: { target: { value: string } }) => onChange({ [key]: event.target.value }),
  });
  return (
    <>
      <div className="form-row">
        <Field label="Size" hint={SIZE_HINT[form.size]} error={errors['spec.size']}>
          {(control) => (
            <select {...control} {...text('size')}>
              {SIZES.map((size) => (
                <option key={size}>{size}</option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="Sleep"
          hint="Its process ends and its memory is free; the first request wakes it."
        >
          {(control) => (
            <select {...control} {...text('sleep')}>
              {withDefault && <option value="default">as usual here</option>}
              <option value="after">when nobody uses it</option>
              <option value="never">never by itself</option>
            </select>
          )}
        </Field>
        {form.sleep === 'after' && (
          <Field label="Seconds without use" error={errors['spec.sleep.afterSeconds']}>
            {(control) => <input {...control} {...text('sleepSeconds')} inputMode="numeric" />}
          </Field>
        )}
        <Field label="Open to" hint="Who may use its RPC URL." error={errors['spec.access']}>
          {(control) => (
            <select {...control} {...text('access')}>
              {withDefault && <option value="default">as usual here</option>}
              <option value="keys">holders of a key</option>
              <option value="public">everybody</option>
            </select>
          )}
        </Field>
      </div>
      <div className="form-row">
        <Field
          label="Read replicas, always"
          hint="Processes that share the reads."
          error={errors['spec.scale.replicas.min']}
        >
          {(control) => <input {...control} {...text('minReplicas')} inputMode="numeric" />}
        </Field>
        <Field
          label="Read replicas, under load"
          hint="As many as many reads may bring up."
          error={errors['spec.scale.replicas.max'] ?? errors['spec.scale.replicas']}
        >
          {(control) => <input {...control} {...text('maxReplicas')} inputMode="numeric" />}
        </Field>
        <Field
          label="Largest size, under load"
          hint="It grows to it when workers and replicas are at their most."
          error={errors['spec.scale.maxSize']}
        >
          {(control) => (
            <select {...control} {...text('maxSize')}>
              <option value="none">its size</option>
              {SIZES.filter((size) => size !== 'small').map((size) => (
                <option key={size}>{size}</option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={form.failover}
          disabled={disabled}
          onChange={(event) => onChange({ failover: event.target.checked })}
        />
        Failover: a standby has all that is promised, and takes over
      </label>
    </>
  );
}
