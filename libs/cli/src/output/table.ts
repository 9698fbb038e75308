import Table from 'cli-table3';

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

const LOOK = {
  chars: BORDERLESS,
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
};

const trimmed = (text: string) => text.replace(/[ \t]+$/gm, '');

/** Columns under upper-case headings, two spaces apart: easy on eyes and on `awk`. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ ...LOOK, head: head.map((title) => title.toUpperCase()) });
  table.push(...rows.map((row) => [...row]));
  return trimmed(table.toString());
}

/** One fact a line; facts without a value are left out. */
export function formatFacts(facts: readonly (readonly [string, string | undefined])[]): string {
  const table = new Table(LOOK);
  for (const [name, value] of facts) if (value !== undefined) table.push([name, value]);
  return trimmed(table.toString());
}
