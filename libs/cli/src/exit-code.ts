/** What `flotilla` exits with; scripts may rely on it. */
export enum ExitCode {
  Ok = 0,
  /** The operation was refused or failed. */
  Failed = 1,
  /** The command line makes no sense. */
  Usage = 2,
  /** Nothing answers, or something answers that it can't work now. */
  Unavailable = 3,
  NotFound = 4,
  /** No key, a bad key, or one that may not do this. */
  NotAllowed = 5,
  /** Something with this name, or a newer version of it, is already there. */
  Conflict = 6,
  /** A bundle does not prove what it claims. */
  NotProven = 7,
  /** What was waited for did not happen in time; it may still. */
  TimedOut = 8,
  /** `doctor` found something broken. */
  Unhealthy = 9,
  /** A bug of ours. */
  Internal = 70,
}
