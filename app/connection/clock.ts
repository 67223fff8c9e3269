// Time, so that tests can have their own.

export interface Clock {
  /** Milliseconds that never run backwards; where they start does not matter. */
  now(): number;
  /** Runs `action` once after `ms`. Returns what calls it off. */
  after(ms: number, action: () => void): () => void;
  /** Runs `action` once behind what the page has to do, at once also where timers are late. */
  soon(action: () => void): void;
}

/** The clock of the browser (and of Node). */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  soon: (action) => {
    // Timers that make one another wait 4 ms, and a second or a minute in a hidden page.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      action();
    };
    port2.postMessage(null);
  },
};
