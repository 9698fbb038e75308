import { FlotillaApiError } from '@flotilla/sdk';
import type { ReactNode } from 'react';

/** What went wrong, in the API's own words, with a way on. */
export function ErrorNotice({
  error,
  onRetry,
}: {
  readonly error: Error;
  readonly onRetry?: () => void;
}) {
  const code = 'code' in error ? String(error.code) : undefined;
  return (
    <div className="notice notice-bad" role="alert">
      <p>
        {error.message} {code !== undefined && <code>{code}</code>}
      </p>
      {error instanceof FlotillaApiError &&
        error.errors.map(({ path, message }) => (
          <p key={path}>
            <code>{path}</code> {message}
          </p>
        ))}
      {onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Grey lines where rows will be; says so to those who can't see them. */
export function Loading({ rows = 3, what }: { readonly rows?: number; readonly what: string }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Loading {what}…</span>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <span key={i} className="loading-row" />
      ))}
    </div>
  );
}
