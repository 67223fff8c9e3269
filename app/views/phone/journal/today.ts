// The present day; a page that stays open over night follows.

import { useEffect, useState } from 'preact/hooks';

import type { Clock } from '../../../connection/index.ts';
import { presentDay } from '../moments.ts';

const kMinute = 60_000;

export function useToday(clock: Clock): string {
  const [today, setToday] = useState(() => presentDay());
  useEffect(() => {
    let callOff = (): void => undefined;
    // Timers of hidden pages and of computers that sleep are late; the next minute puts it right.
    const look = (): void => {
      setToday(presentDay());
      callOff = clock.after(kMinute, look);
    };
    callOff = clock.after(kMinute, look);
    return () => {
      callOff();
    };
  }, [clock]);
  return today;
}
