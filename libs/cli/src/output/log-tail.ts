/** The lines of `tail` that come after those already `seen`: both are ends of the same growing log. */
export function newLines(seen: readonly string[], tail: readonly string[]): readonly string[] {
  const longest = Math.min(seen.length, tail.length);
  for (let overlap = longest; overlap > 0; overlap--) {
    // The end of what was seen lies somewhere in the tail; what follows it is new.
    for (let end = tail.length; end >= overlap; end--) {
      if (endsAt(seen, tail, end, overlap)) return tail.slice(end);
    }
  }
  return tail;
}

function endsAt(
  seen: readonly string[],
  tail: readonly string[],
  end: number,
  overlap: number,
): boolean {
  for (let i = 1; i <= overlap; i++) {
    if (seen[seen.length - i] !== tail[end - i]) return false;
  }
  return true;
}
