// A signed-in session, as the layer above uses it.

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
