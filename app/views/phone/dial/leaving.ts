import { useEffect, useRef } from 'preact/hooks';

import { useShell } from '../../shell.ts';

/**
 * For what closes when the focus leaves it. A press elsewhere takes the focus as the pointer goes
 * down: if the page moved then, the pointer would come up beside the button, and it would not be a
 * click. So `close` waits for the end of the press.
 * @param open whether there is something to close.
 * @returns what is to be called when the focus has left.
 */
export function useLeaving(open: boolean, close: () => void): () => void {
  const { clock } = useShell();
  const presses = useRef(false);
  const left = useRef(false);
  const later = useRef(close);
  later.current = close;
  useEffect(() => {
    if (!open) return;
    const down = (): void => {
      presses.current = true;
    };
    const up = (): void => {
      presses.current = false;
      if (!left.current) return;
      left.current = false;
      // The click comes right behind.
      clock.after(0, () => {
        later.current();
      });
    };
    document.addEventListener('pointerdown', down, true);
    document.addEventListener('pointerup', up, true);
    document.addEventListener('pointercancel', up, true);
    return () => {
      presses.current = false;
      left.current = false;
      document.removeEventListener('pointerdown', down, true);
      document.removeEventListener('pointerup', up, true);
      document.removeEventListener('pointercancel', up, true);
    };
  }, [open, clock]);
  return () => {
    if (presses.current) left.current = true;
    else later.current();
  };
}
