import { type AnchorHTMLAttributes, useSyncExternalStore } from 'react';

/*
 * Routes live behind the `#`, so that the dashboard is plain files under any path of any server,
 * and no server has to know them.
 */

function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange);
  return () => window.removeEventListener('hashchange', onChange);
}

const currentPath = () => {
  const path = window.location.hash.slice(1);
  return path.startsWith('/') ? path : '/';
};

export const usePath = (): string => useSyncExternalStore(subscribe, currentPath);

export function navigate(path: string): void {
  window.location.hash = path;
  window.scrollTo(0, 0);
}

/** `matchRoute('/chains/:name', '/chains/shop')` is `{name: 'shop'}`; undefined when it doesn't fit. */
export function matchRoute(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) parameters[part.slice(1)] = decodeURIComponent(given[i]);
    else if (part !== given[i]) return undefined;
  }
  return parameters;
}

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: string;
}

export function Link({ to, children, ...rest }: LinkProps) {
  return (
    <a href={`#${to}`} {...rest}>
      {children}
    </a>
  );
}
