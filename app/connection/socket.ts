// A websocket as the connection needs it, and the browser's own.

import type { Bytes } from '../protocol/index.ts';

/** What happens on a socket. Nothing comes after closed(), which comes once. */
export interface SocketEvents {
  opened(): void;
  /** Bytes, or a text, which is wrong. */
  message(data: Uint8Array | string): void;
  /** It has ended, or could not be opened. Browsers do not say why. */
  closed(): void;
}

export interface Socket {
  send(bytes: Bytes): void;
  /** `status`: of RFC 6455, section 7.4. Behind all that was sent; closed() follows. */
  close(status: number): void;
}

/** Returns at once; events come later. May throw where the page's policy forbids the address. */
export type OpenSocket = (url: string, subprotocol: string, events: SocketEvents) => Socket;

/** What is used of the browser's WebSocket. */
export interface WebSocketLike {
  binaryType: string;
  readonly protocol: string;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: { data: unknown }) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  send(data: Bytes): void;
  close(code?: number): void;
}

/** Pages may close with 1000 and with 4000 to 4999 only: 1002 goes out as 4002. */
function pageStatus(status: number): number {
  return status === 1000 ? status : 4000 + (status % 1000);
}

/** Opens sockets of that class: `WebSocket` in a browser. */
export function socketsOf(
  type: new (url: string, subprotocol: string) => WebSocketLike,
): OpenSocket {
  return (url, subprotocol, events) => {
    const socket = new type(url, subprotocol);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      // Behind a proxy that answers everything there is no connector.
      if (socket.protocol === subprotocol) events.opened();
      else socket.close(1000);
    };
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) events.message(new Uint8Array(data));
      else events.message(typeof data === 'string' ? data : '');
    };
    // An error is always the end; not everybody sends the close that should follow.
    let ended = false;
    socket.onerror = socket.onclose = () => {
      if (ended) return;
      ended = true;
      events.closed();
    };
    return {
      send: (bytes) => {
        socket.send(bytes);
      },
      close: (status) => {
        socket.close(pageStatus(status));
      },
    };
  };
}
