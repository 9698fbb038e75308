/**
 * An argument for Node, for processes that clients wait for: each thread collects its garbage by itself. With V8's helper
 * threads a pause of a millisecond occupies every core, and on a busy machine lasts until the last helper has had its
 * turn: all others wait, and so does who collects. It can't be changed in a process that runs.
 */
export const GARBAGE_ARGUMENT = '--single-threaded-gc';
