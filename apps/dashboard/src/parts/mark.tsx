/** The pennant of the fleet. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg viewBox="0 0 22 22" width={size} height={size} aria-hidden="true" className="mark">
      <path d="M4 20V3h14v7.5H9V20z" fill="currentColor" />
      <path d="m9 10.5 9 4.75L9 20z" className="mark-sail" />
    </svg>
  );
}
