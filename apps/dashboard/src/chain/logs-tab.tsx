import type { Chain } from '@flotilla/sdk';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useResource } from '../live/use-resource';
import { Empty, ErrorNotice, Loading } from '../parts/notice';
import { useSession } from '../session';

const LINES = 300;
const EVERY_MS = 2_000;

export function LogsTab({ chain }: { readonly chain: Chain }) {
  const { client } = useSession();
  const load = useCallback(() => client.chains.logs(chain.name, LINES), [client, chain.name]);
  const { value, error, refresh } = useResource(load, { everyMs: EVERY_MS });
  const [follow, setFollow] = useState(true);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (follow && value !== undefined && box.current !== null) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [follow, value]);

  if (value === undefined) {
    return error === undefined ? (
      <Loading rows={6} what="the log" />
    ) : (
      <ErrorNotice error={error} onRetry={refresh} />
    );
  }
  return (
    <>
      <div className="toolbar">
        <label className="check">
          <input
            type="checkbox"
            checked={follow}
            onChange={(event) => setFollow(event.target.checked)}
          />
          Follow
        </label>
        <span className="muted">The last {LINES} lines of the node.</span>
      </div>
      {value.length === 0 ? (
        <Empty title="The log is empty." />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section ref={box} className="logs" aria-label={`Log of ${chain.name}`} tabIndex={0}>
          {value.map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity and may repeat
            <LogLine key={i} line={line} />
          ))}
        </section>
      )}
    </>
  );
}

/** The node logs JSON; anything else (a stack, a message of Node's) is shown as it is. */
function LogLine({ line }: { readonly line: string }) {
  const entry = parse(line);
  if (entry === undefined) return <div className="log">{line}</div>;
  const { level = '', time, msg = '', process: _process, chain: _chain, ...rest } = entry;
  return (
    <div className={`log log-${level}`}>
      <span className="log-time">{String(time ?? '').slice(11, 23)}</span>{' '}
      <span className="log-level">{String(level)}</span> {String(msg)}{' '}
      <span className="muted">{fieldsOf(rest)}</span>
    </div>
  );
}

function fieldsOf(rest: Record<string, unknown>): string {
  return Object.entries(rest)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
