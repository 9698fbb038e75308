const CHAIN_PATH = /^\/([a-z][a-z0-9-]{0,38}[a-z0-9])\/?$/;

/** `/shop` and `/shop/` name the chain `shop`; anything else, encoded or nested, names none. */
export function chainOfPath(url: string | undefined): string | undefined {
  const path = (url ?? '').split('?', 1)[0];
  return CHAIN_PATH.exec(path)?.[1];
}
