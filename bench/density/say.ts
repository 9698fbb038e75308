/** A line of progress, with the time. */
export function say(what: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${what}`);
}
