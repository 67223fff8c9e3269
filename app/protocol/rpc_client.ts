// JSON-RPC 2.0 as a client speaks it (docs/protocol.md, part 6): texts in, texts out.

import { utf8 } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { isObject, type Json, type JsonObject, parseJsonBytes } from './json_text.ts';
import { MAX_CALLS, MAX_METHOD, MAX_RETRY_AFTER } from './limits.ts';
import { writeJson, type WritableJson } from './json_writer.ts';

export interface Call {
  readonly id: number;
  readonly method: string;
}

/** An error as the agent sent it. All texts are foreign; show `message` and `hint` to the user. */
export interface RemoteError {
  /** The number of JSON-RPC, part 6. */
  readonly number: number;
  /** The stable name; '' when none came. A client must expect names that it does not know. */
  readonly code: string;
  readonly message: string;
  /** What to do next; '' when none came. */
  readonly hint: string;
  /** In how many whole seconds the same may be tried again, 1 to 86,400; null when none came. */
  readonly retryAfter: number | null;
}

export type RpcEvent =
  | { type: 'result'; call: Call; result: Json }
  | { type: 'error'; call: Call; error: RemoteError }
  /** An error that belongs to no call: this program has sent a text that is no call. */
  | { type: 'refused'; error: RemoteError }
  | { type: 'notification'; method: string; params: Json };

function badResponse(what: string): ProtocolError {
  return new ProtocolError(
    'rpc.bad-response',
    `the agent sent something that is no answer and no notification: ${what}`,
    'update the older of client and agent',
  );
}

function text(object: JsonObject, member: string): string {
  const value = object[member];
  return typeof value === 'string' ? value : '';
}

function pause(value: Json | undefined): number | null {
  const good = typeof value === 'number' && Number.isInteger(value);
  return good && value >= 1 && value <= MAX_RETRY_AFTER ? value : null;
}

function readError(value: Json): RemoteError {
  if (!isObject(value)) throw badResponse('its error is not an object');
  const { code, message, data } = value;
  if (typeof code !== 'number' || !Number.isInteger(code) || typeof message !== 'string') {
    throw badResponse('its error has no code, or no message');
  }
  const details = isObject(data) ? data : {};
  return {
    number: code,
    message,
    code: text(details, 'code'),
    hint: text(details, 'hint'),
    retryAfter: pause(details['retryAfter']),
  };
}

export class RpcClient {
  readonly #calls = new Map<number, Call>();
  #lastId = 0;

  /** Calls whose answers have not come. */
  get underWay(): readonly Call[] {
    return [...this.#calls.values()];
  }

  /**
   * A call's text, for SessionLedger.send(); the answer comes from read(). Throws ProtocolError
   * session.too-many-calls when 64 are under way.
   */
  call(
    method: string,
    params?: readonly WritableJson[] | Readonly<Record<string, WritableJson>>,
  ): { call: Call; text: string } {
    if (method === '' || utf8(method).length > MAX_METHOD) {
      throw new RangeError(`a method has 1 to ${MAX_METHOD} bytes`);
    }
    if (this.#calls.size >= MAX_CALLS) {
      throw new ProtocolError(
        'session.too-many-calls',
        `${MAX_CALLS} calls are under way`,
        'wait for answers',
      );
    }
    const id = this.#lastId + 1;
    const content = { id, jsonrpc: '2.0', method };
    const written = writeJson(params === undefined ? content : { ...content, params });
    const call = { id, method };
    this.#lastId = id;
    this.#calls.set(id, call);
    return { call, text: written };
  }

  /** A call that could not be sent, or whose session is over: no answer is expected any more. */
  forget(call: Call): void {
    this.#calls.delete(call.id);
  }

  /** All of them, because the session is over; their outcome is not known. */
  forgetAll(): Call[] {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    return calls;
  }

  /** One message of the agent. Throws ProtocolError json.… or rpc.bad-response. */
  read(message: Uint8Array): RpcEvent {
    return this.take(parseJsonBytes(message));
  }

  /** The same, when its text was read already. Throws ProtocolError rpc.bad-response. */
  take(value: Json): RpcEvent {
    if (!isObject(value)) throw badResponse('it is not an object');
    if (value['jsonrpc'] !== '2.0') throw badResponse('it is not JSON-RPC 2.0');
    const has = (member: string): boolean => Object.hasOwn(value, member);
    if (has('method')) return this.#notification(value);
    if (has('result') === has('error')) throw badResponse('it has not one of result and error');
    const id = value['id'];
    if (id === null && has('error')) {
      return { type: 'refused', error: readError(value['error'] ?? null) };
    }
    const call = typeof id === 'number' ? this.#calls.get(id) : undefined;
    if (call === undefined) throw badResponse('no call with its id is under way');
    const event: RpcEvent = has('error')
      ? { type: 'error', call, error: readError(value['error'] ?? null) }
      : { type: 'result', call, result: value['result'] ?? null };
    this.#calls.delete(call.id);
    return event;
  }

  #notification(value: JsonObject): RpcEvent {
    const { method, params } = value;
    if (typeof method !== 'string' || method === '') throw badResponse('its method is no text');
    if (Object.hasOwn(value, 'id')) throw badResponse('it calls the client');
    if (Object.hasOwn(value, 'result') || Object.hasOwn(value, 'error')) {
      throw badResponse('it is an answer and a notification');
    }
    if (params !== undefined && !isObject(params) && !Array.isArray(params)) {
      throw badResponse('its params are neither an array nor an object');
    }
    return { type: 'notification', method, params: params ?? [] };
  }
}
