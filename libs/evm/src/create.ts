import {
  type Address,
  bigIntToMinimalBytes,
  bytesToHex,
  concatBytes,
  encodeRlp,
  hexToBytes,
  keccak256,
} from '@flotilla/common';
import { EvmErrorCode } from './errors.js';
import type { Frame } from './frame.js';
import { Gas, Limit } from './gas.js';
import { EMPTY_CODE_HASH } from './hashes.js';
import type { EvmState } from './state.js';

const CREATE2_PREFIX = Uint8Array.of(0xff);

/** The address of a contract made by CREATE or a transaction: keccak(rlp(sender, nonce)). */
export function createAddress(sender: Address, nonce: bigint): Address {
  const preimage = encodeRlp([hexToBytes(sender), bigIntToMinimalBytes(nonce)]);
  return bytesToHex(keccak256(preimage).subarray(12));
}

/** EIP-1014. @param salt 32 bytes */
export function create2Address(sender: Address, salt: Uint8Array, initCode: Uint8Array): Address {
  const preimage = concatBytes(CREATE2_PREFIX, hexToBytes(sender), salt, keccak256(initCode));
  return bytesToHex(keccak256(preimage).subarray(12));
}

/** EIP-684 and EIP-7610: a contract can't be made where there is a nonce, code or storage. */
export function collides(state: EvmState, address: Address): boolean {
  return (
    state.getNonce(address) !== 0n ||
    state.getCodeHash(address) !== EMPTY_CODE_HASH ||
    state.hasStorage(address)
  );
}

/** Deploys what the init code returned, or halts the frame when it may not be deployed. */
export function finishCreate(state: EvmState, frame: Frame): void {
  const code = frame.output;
  const cost = Gas.codeByte * code.length;
  if (code.length > Limit.code) frame.halt(EvmErrorCode.CodeTooLarge);
  else if (code[0] === 0xef) frame.halt(EvmErrorCode.CodeStartsWithEf);
  else if (cost > frame.gas) frame.halt(EvmErrorCode.OutOfGas);
  else {
    frame.gas -= cost;
    state.setCode(frame.address, code);
  }
}
