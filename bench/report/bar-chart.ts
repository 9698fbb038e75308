export interface Bar {
  readonly value: number;
  /** Written at the bar's end. */
  readonly label: string;
}

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  /** One colour each, the same in every group. */
  readonly series: readonly string[];
  readonly groups: readonly { readonly title: string; readonly bars: readonly Bar[] }[];
  /** A value whose bar is no longer than the longest one: groups of shorter bars share their scale. */
  readonly reach?: number;
  /** Lines of small print. */
  readonly footnotes: readonly string[];
}

const COLOURS = ['#0f766e', '#5eb8ae', '#d97706', '#94a3b8'];
const WIDTH = 1_040;
const LEFT = 262;
const RIGHT = 260;
const BAR = 16;
const GAP = 4;
const GROUP_GAP = 22;
const TOP = 104;

const escapeXml = (text: string) =>
  text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
const text = (x: number, y: number, content: string, attributes = '') =>
  `<text x="${x}" y="${y}" ${attributes}>${escapeXml(content)}</text>`;

/** Horizontal bars in groups; each group has a scale of its own, because its bars are what is compared. */
export function drawBarChart(chart: BarChart): string {
  const { title, subtitle, series, groups, footnotes, reach = Number.MIN_VALUE } = chart;
  const lines: string[] = [];
  let y = TOP;
  for (const group of groups) {
    const height = group.bars.length * (BAR + GAP) - GAP;
    const longest = Math.max(...group.bars.map((bar) => bar.value), reach);
    lines.push(
      text(LEFT - 14, y + height / 2 + 5, group.title, 'text-anchor="end" font-weight="600"'),
    );
    for (const [index, { value, label }] of group.bars.entries()) {
      const width = Math.max(1, ((WIDTH - LEFT - RIGHT) * value) / longest);
      lines.push(
        `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[index % COLOURS.length]}"/>`,
        text(LEFT + width + 8, y + BAR - 3.5, label, 'fill="#334155" font-size="12"'),
      );
      y += BAR + GAP;
    }
    y += GROUP_GAP - GAP;
  }
  y += GAP;
  for (const footnote of footnotes) {
    lines.push(text(24, y, footnote, 'fill="#64748b" font-size="11"'));
    y += 16;
  }
  const height = y + 6;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#0f172a" role="img" aria-label="${escapeXml(title)}">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${text(24, 36, title, 'font-size="20" font-weight="700"')}
${text(24, 58, subtitle, 'fill="#475569"')}
${legend(series)}
${lines.join('\n')}
</svg>
`;
}

function legend(series: readonly string[]): string {
  let x = 24;
  return series
    .map((name, index) => {
      const at = x;
      x += 34 + name.length * 7;
      return `<rect x="${at}" y="74" width="12" height="12" rx="2" fill="${COLOURS[index % COLOURS.length]}"/>${text(at + 18, 84.5, name, 'font-size="12"')}`;
    })
    .join('');
}
