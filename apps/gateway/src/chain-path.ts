const CHAIN_PATH = /^\/([a-z][a-z0-9-]{0,38}[a-z0-9])(?:\/([A-Za-z0-9_-]{1,128})?)?$/;

export interface ChainPath {
  readonly chain: string;
  /** Wallets that can't send a header carry it in the URL; it goes no further than here. */
  readonly key: string | undefined;
}

/** `/shop`, `/shop/` and `/shop/<key>` name the chain `shop`; anything else, encoded or nested, names none. */
export function parseChainPath(url: string | undefined): ChainPath | undefined {
  const path = (url ?? '').split('?', 1)[0];
  const match = CHAIN_PATH.exec(path);
  return match === null ? undefined : { chain: match[1], key: match[2] };
}
