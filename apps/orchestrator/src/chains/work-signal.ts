/** Tells the reconciler, inside this process, that a chain is to be looked at; whoever tells need not know it. */
export class WorkSignal {
  #listener: (id: string) => void = () => {};

  on(listener: (id: string) => void): void {
    this.#listener = listener;
  }

  add(id: string): void {
    this.#listener(id);
  }
}
