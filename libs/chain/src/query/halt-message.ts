import { EvmErrorCode } from '@flotilla/evm';

const MESSAGES: Partial<Record<EvmErrorCode, string>> = {
  [EvmErrorCode.OutOfGas]: 'out of gas',
  [EvmErrorCode.StackUnderflow]: 'stack underflow',
  [EvmErrorCode.StackOverflow]: 'stack limit reached 1024 (1023)',
  [EvmErrorCode.InvalidJump]: 'invalid jump destination',
  [EvmErrorCode.InvalidOpcode]: 'invalid opcode',
  [EvmErrorCode.StaticViolation]: 'write protection',
  [EvmErrorCode.ReturnDataOutOfBounds]: 'return data out of bounds',
  [EvmErrorCode.PrecompileFailure]: 'precompile failed',
  [EvmErrorCode.CodeTooLarge]: 'max code size exceeded',
  [EvmErrorCode.CodeStartsWithEf]: 'invalid code: must not begin with 0xef',
  [EvmErrorCode.CreateCollision]: 'contract address collision',
  [EvmErrorCode.InitCodeTooLarge]: 'max initcode size exceeded',
  [EvmErrorCode.CallDepthExceeded]: 'max call depth exceeded',
  [EvmErrorCode.InsufficientBalance]: 'insufficient balance for transfer',
  [EvmErrorCode.NonceOverflow]: 'nonce uint64 overflow',
};

/** Why an execution halted, in geth's words. */
export function haltMessage(reason: EvmErrorCode | undefined): string {
  return (reason && MESSAGES[reason]) ?? 'execution failed';
}
