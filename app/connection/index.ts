// What the layers above use of the connection.

export { type Clock, systemClock } from './clock.ts';
export { Connection, type ConnectionOptions } from './connection.ts';
export { ConnectionProblem, type Problem } from './problem.ts';
export type { Params, Session } from './session.ts';
export { type OpenSocket, type Socket, type SocketEvents, socketsOf } from './socket.ts';
export { type ConnectionState, CLOSED, type Phase, type Step } from './state.ts';
export { type Readable, Store } from './store.ts';
export {
  connectorOfPage,
  foreignConnector,
  namedConnectors,
  type System,
  systemFromKeyFile,
  systemFromTyped,
  type SystemStore,
} from './system.ts';
export type { Lifetime, StoredTicket, TicketStore } from './tickets.ts';
