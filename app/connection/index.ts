// What the layers above use of the connection.

export { type Clock, systemClock } from './clock.ts';
export type { Params, Session } from './session.ts';
export { type Readable, Store } from './store.ts';
