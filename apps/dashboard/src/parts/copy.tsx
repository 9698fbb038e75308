import { useEffect, useState } from 'react';
import { shortHash } from '../format';

const SHOWN_MS = 1_500;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  return (
    <button type="button" className="copy" onClick={copy} aria-label={`Copy ${what}`}>
      <span aria-live="polite">
        {state === 'idle' ? 'Copy' : state === 'copied' ? 'Copied' : 'Not allowed'}
      </span>
    </button>
  );
}

/** The start and end of a hash; a click copies all of it. */
export function Hash({ value, what = 'hash' }: { readonly value: string; readonly what?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className="hash"
      title={`${value} (click to copy)`}
      aria-label={`Copy ${what} ${value}`}
      onClick={() =>
        navigator.clipboard.writeText(value).then(
          () => setCopied(true),
          () => {},
        )
      }
    >
      {copied ? 'copied' : shortHash(value)}
    </button>
  );
}
