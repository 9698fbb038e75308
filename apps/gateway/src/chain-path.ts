const CHAIN_PATH = /^\/([a-z][a-z0-9-]{0,38}[a-z0-9])(?:\/([A-Za-z0-9_-]{1,128})?)?$/;

/**
 * `/shop`, `/shop/` and `/shop/<key>` name the chain `shop`; anything else, encoded or nested, names none.
 * The key goes no further than here: wallets that can't send a header carry it in the URL.
 */
export function chainOfPath(url: string | undefined): string | undefined {
  const path = (url ?? '').split('?', 1)[0];
  return CHAIN_PATH.exec(path)?.[1];
}
