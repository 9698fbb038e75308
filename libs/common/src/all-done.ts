/**
 * The values of all, once every one has ended, also when one has failed: whoever tries again then meets none of them
 * still at work. @throws what the first of the list that failed threw
 */
export async function allDone<Values extends readonly unknown[]>(
  work: readonly [...{ [Index in keyof Values]: Promise<Values[Index]> }],
): Promise<Values> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<unknown> as Promise<Values>;
}
