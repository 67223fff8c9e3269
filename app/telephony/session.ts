// What this layer needs from outside: a signed-in session, and a clock.

export type Params = readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * A signed-in session of docs/protocol.md, part 6. It may outlive sockets. `request` rejects with
 * an Error that carries `code` (the stable name, `uci.timeout`), and perhaps `hint`. It settles
 * sooner or later, at the latest when the session ends: reads wait for those before them.
 */
export interface Session {
  request(method: string, params?: Params): Promise<unknown>;
  /** Notifications in the order in which they came. Returns what ends the subscription. */
  onEvent(handler: (method: string, params: unknown) => void): () => void;
}

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
