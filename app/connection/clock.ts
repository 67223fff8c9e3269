// Time, so that tests can have their own.

export interface Clock {
  /** Milliseconds that never run backwards; where they start does not matter. */
  now(): number;
  /** Runs `action` once after `ms`. Returns what calls it off. */
  after(ms: number, action: () => void): () => void;
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
};
