import { readFileSync } from 'node:fs';

/** When this process started, in clock ticks since boot (field 22 of /proc/self/stat); 0 where there is no /proc. */
export function processStartTicks(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The second field is the command's name in parentheses, and may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return 0;
  }
}
