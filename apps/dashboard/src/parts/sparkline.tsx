const WIDTH = 88;
const HEIGHT = 22;
/** Samples across the whole width: a line that has just begun starts at the right. */
const SPAN = 60;

interface Props {
  readonly samples: readonly number[];
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

export function Sparkline({ samples, label, width = WIDTH, height = HEIGHT }: Props) {
  const top = Math.max(1, ...samples);
  const points = samples.map((value, i) => {
    const x = ((SPAN - samples.length + i) / (SPAN - 1)) * width;
    const y = height - 1.5 - (value / top) * (height - 3);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const start = points[0]?.split(',')[0];
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      <line x1="0" x2={width} y1={height - 1} y2={height - 1} className="sparkline-base" />
      {points.length > 1 && (
        <>
          <polygon
            className="sparkline-fill"
            points={`${start},${height - 1} ${points.join(' ')} ${width},${height - 1}`}
          />
          <polyline className="sparkline-line" points={points.join(' ')} />
        </>
      )}
    </svg>
  );
}
