type Action = () => void;

const armed = new Map<string, Action>();

/** A named place in a commit path where a test can make the process die or an operation fail. Free when unarmed. */
export function failpoint(name: string): void {
  if (armed.size > 0) armed.get(name)?.();
}

/** Arms a failpoint; the returned function disarms it. */
export function armFailpoint(name: string, action: Action): () => void {
  armed.set(name, action);
  return () => armed.delete(name);
}
