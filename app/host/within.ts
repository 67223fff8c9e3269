/** What the promise gives in time; null when it fails, or takes longer. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
    }, ms);
  });
  try {
    return await Promise.race([promise, tooLong]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
