import { useEffect, useState } from 'preact/hooks';

/** Room for a third column. */
const kWide = '(min-width: 1100px)';

export function useWide(): boolean {
  const query = typeof matchMedia === 'undefined' ? null : matchMedia(kWide);
  const [wide, setWide] = useState(query?.matches ?? false);
  useEffect(() => {
    if (query === null) return;
    const follow = (): void => {
      setWide(query.matches);
    };
    query.addEventListener('change', follow);
    return () => {
      query.removeEventListener('change', follow);
    };
  }, []);
  return wide;
}
