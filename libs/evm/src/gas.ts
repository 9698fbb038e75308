/** Gas of the rules since Berlin (EIP-2929, 3529, 3860, 6780, 7623, 7702), per unit as named. */
export const Gas = {
  transaction: 21_000,
  transactionCreate: 32_000,
  zeroByte: 4,
  nonZeroByte: 16,
  accessListAddress: 2_400,
  accessListSlot: 1_900,
  initCodeWord: 2,
  /** EIP-7623: per token; a zero byte is one token, another byte four. */
  floorToken: 10,
  tokensPerNonZeroByte: 4,
  /** EIP-7702. */
  authorization: 25_000,
  authorizationExistingRefund: 12_500,
  /** EIP-4844. */
  blob: 131_072,

  warmAccess: 100,
  coldAccount: 2_600,
  coldSlot: 2_100,
  storageSet: 20_000,
  storageReset: 2_900,
  storageClearRefund: 4_800,
  storageStipend: 2_300,

  memoryWord: 3,
  memoryQuadraticDivisor: 512,
  copyWord: 3,
  keccakWord: 6,
  expByte: 50,
  logByte: 8,

  callValue: 9_000,
  callStipend: 2_300,
  newAccount: 25_000,
  codeByte: 200,
} as const;

export const Limit = {
  stack: 1024,
  callDepth: 1024,
  /** EIP-170, in bytes. */
  code: 24_576,
  /** EIP-3860, in bytes. */
  initCode: 49_152,
  /** A frame's memory, in bytes: more than 2 × 10^12 gas, so only calls with absurd allowances meet it. */
  memory: 512 * 1024 * 1024,
  /** EIP-3529: at most a fifth of the gas used comes back. */
  refundQuotient: 5,
  /** EIP-7825 (Osaka). */
  transactionGas: 16_777_216,
  maxNonce: (1n << 64n) - 1n,
} as const;

/** Gas for the first `words` words of memory (Yellow Paper, appendix H.1). */
export function memoryGas(words: number): number {
  return Gas.memoryWord * words + Math.floor((words * words) / Gas.memoryQuadraticDivisor);
}

export function wordCount(bytes: number): number {
  return Math.ceil(bytes / 32);
}
