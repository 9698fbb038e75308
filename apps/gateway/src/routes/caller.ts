/** Who asks which chain. */
export interface Caller {
  readonly chain: string;
  /** A key's digest or an address: who has budgets of its own. */
  readonly client: string;
  /** SHA-256 of the key that was shown, hex; undefined without one. */
  readonly keyHash: string | undefined;
}
