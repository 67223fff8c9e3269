import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import type { Clock } from '../../connection/index.ts';

/** Seconds until that time of the clock, counted down; null without a time, 0 when it has come. */
export function useCountdown(clock: Clock, until: number | null): number | null {
  const left = (): number | null =>
    until === null ? null : Math.max(0, Math.ceil((until - clock.now()) / 1_000));
  const shown = useMemo(() => signal(left()), [until]);
  useEffect(() => {
    let callOff: (() => void) | null = null;
    const tick = (): void => {
      // Timers of hidden pages are late: the time is read, not counted.
      shown.value = left();
      callOff = (shown.value ?? 0) > 0 ? clock.after(1_000, tick) : null;
    };
    tick();
    return () => callOff?.();
  }, [clock, until]);
  return shown.value;
}
