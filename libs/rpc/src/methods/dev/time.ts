import type { DevControls } from '@flotilla/chain';
import type { Clock } from '@flotilla/common';
import type { RpcMethod } from '../../method.js';
import { method } from '../../params/parser.js';
import { named } from './named.js';
import { number, signedNumber } from './values.js';

/** A later time in milliseconds would be in the year 5138 as seconds: suites send either. */
const MILLISECONDS_FROM = 100_000_000_000;

/** The clock that blocks are stamped by. Answers as Hardhat's node: text of a decimal number. */
export function timeMethods(dev: DevControls, clock: Clock): RpcMethod[] {
  return [
    ...named(['evm_increaseTime', 'anvil_increaseTime'], (name) =>
      method(name, [signedNumber], async ([seconds]) => String(await dev.increaseTime(seconds))),
    ),
    ...named(['evm_setNextBlockTimestamp', 'anvil_setNextBlockTimestamp'], (name) =>
      method(name, [number], async ([timestamp]) => {
        await dev.setNextTimestamp(timestamp);
        return String(timestamp);
      }),
    ),
    ...named(['evm_setTime', 'anvil_setTime'], (name) =>
      method(name, [number], async ([time]) => {
        const seconds = time >= MILLISECONDS_FROM ? Math.floor(time / 1000) : time;
        await dev.setTime(seconds);
        return seconds - Math.floor(clock.now() / 1000);
      }),
    ),
    ...named(['evm_setBlockTimestampInterval', 'anvil_setBlockTimestampInterval'], (name) =>
      method(name, [number], async ([seconds]) => {
        await dev.setSpacing(seconds);
        return null;
      }),
    ),
    ...named(['evm_removeBlockTimestampInterval', 'anvil_removeBlockTimestampInterval'], (name) =>
      method(name, [], async () => {
        await dev.setSpacing(undefined);
        return true;
      }),
    ),
  ];
}
