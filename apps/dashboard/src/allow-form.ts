import { isAddress } from './spec-checks';

/** Who may do something, as a person writes it. */
export interface AllowForm {
  readonly mode: 'everyone' | 'listed';
  /** Addresses with spaces, commas or line ends between them. */
  readonly list: string;
}

export const EVERYONE: AllowForm = { mode: 'everyone', list: '' };

export function allowForm(list: readonly string[] | undefined): AllowForm {
  return { mode: list === undefined ? 'everyone' : 'listed', list: (list ?? []).join('\n') };
}

const addresses = (text: string) => text.split(/[\s,]+/).filter((address) => address !== '');

export function checkAllow({ mode, list }: AllowForm): string | undefined {
  if (mode === 'everyone') return undefined;
  const bad = addresses(list).find((address) => !isAddress(address));
  return bad === undefined ? undefined : `${bad} is no address: write 0x and 40 hex digits`;
}

/** The list that a spec has; null for everyone. */
export function allowedBy({ mode, list }: AllowForm): string[] | null {
  return mode === 'everyone' ? null : addresses(list);
}
