import type { Frame } from './frame.js';
import { runFrame } from './interpreter.js';
import type { Machine } from './machine.js';
import { Signal } from './signal.js';

/**
 * Runs a frame whose message and gas are filled in, and all of its children, to the end. Children are run by this
 * loop, not by recursion, so the depth of 1,024 calls costs no JavaScript stack.
 */
export function execute(vm: Machine, root: Frame): void {
  if (!vm.enter(root)) return;
  let frame = root;
  for (;;) {
    if (runFrame(vm, frame) === Signal.call) {
      frame = vm.child;
      continue;
    }
    vm.leave(frame);
    if (frame === root) return;
    const parent = vm.frames.at(frame.depth - 1);
    vm.settle(parent, frame);
    frame = parent;
  }
}
