/** A chain that answers no more, or mines nothing any more: its round is over, the bench is not. */
export class ChainStalled extends Error {}
