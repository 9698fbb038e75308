import type { LogEntry } from '@flotilla/chain';
import type { LogCriteria } from '../params/log-filter.js';

/** Whether a log is what a subscriber asked for; blocks don't matter, the caller has chosen them. */
export function logMatcher(
  criteria: Pick<LogCriteria, 'addresses' | 'topics'>,
): (log: LogEntry) => boolean {
  const addresses = criteria.addresses?.length ? new Set(criteria.addresses) : undefined;
  const topics = (criteria.topics ?? []).map((wanted) => (wanted ? new Set(wanted) : undefined));
  return (log) =>
    (addresses === undefined || addresses.has(log.address)) &&
    // A position asked for as "anything" must be there all the same.
    topics.length <= log.topics.length &&
    topics.every((wanted, position) => wanted === undefined || wanted.has(log.topics[position]));
}
