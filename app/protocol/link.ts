// One websocket of a client, from the upgrade to its end (docs/protocol.md, parts 1 to 3), and the
// stream on it. Bytes and time in, bytes and events out.

import type { Bytes } from './bytes.ts';
import { wireNumber } from './codes.ts';
import {
  makeAdmit,
  makeFarewell,
  makeWindow,
  readChallenge,
  readFarewell,
  readRefused,
  readWindow,
} from './control.ts';
import { ReceiveCredit, SendCredit } from './credit.ts';
import type { Credentials } from './credentials.ts';
import type { Crypto } from './crypto/crypto.ts';
import { endedByLine, endedByPeer, endedHere, type Ending } from './ending.ts';
import { peerBroke, ProtocolError } from './errors.ts';
import { FRAME, type Frame, FramePacker, readFrames } from './frame.ts';
import { ADMISSION_DEADLINE, CLIENT_STREAM, MAX_PACKET, SESSION_DEADLINE } from './limits.ts';
import { softwareText } from './record.ts';
import type { SessionLedger } from './session_ledger.ts';
import { SessionStream, type StreamEvent } from './session_stream.ts';

export type LinkEvent =
  /** The key is right and the agent is connected. */
  | { type: 'admitted' }
  | Exclude<StreamEvent, { type: 'closed' }>
  /** The last event of a link. */
  | { type: 'ended'; ending: Ending };

/** What one input gave. */
export interface Output {
  /** Binary websocket messages to be sent, in this order. */
  readonly messages: readonly Bytes[];
  readonly events: readonly LinkEvent[];
  /** Close the websocket with this status, behind the messages; null: keep it. */
  readonly close: number | null;
  /** When tick() is due (ms); null: never. It replaces the one before. */
  readonly deadline: number | null;
}

export interface LinkOptions {
  readonly crypto: Crypto;
  /** The canonical system name. */
  readonly name: string;
  readonly credentials: Credentials;
  /** At most 64 printable ASCII characters; the agent's log has it. */
  readonly software: string;
  /** A new one, or that of a session to be resumed. No other link may be using it. */
  readonly ledger: SessionLedger;
  /** Is called once for every input, in the order of the inputs. */
  readonly deliver: (output: Output) => void;
}

type Phase = 'new' | 'challenge' | 'admission' | 'stream' | 'ended';

/** The websocket status behind an error of the link itself. */
const CLOSE_STATUS: Partial<Record<string, number>> = {
  'tunnel.message-empty': 1008,
  'tunnel.message-oversize': 1009,
  'tunnel.version-unsupported': 1008,
};

/**
 * WebCrypto is asynchronous, so every input waits until the one before has been worked off: the
 * inputs' order is the order in which they are called, whatever is awaited. The promise that each
 * returns ends when its output was delivered; nobody has to wait for it. `now` is in milliseconds
 * of any clock that never goes back.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #ledger: SessionLedger;
  readonly #stream: SessionStream;
  readonly #sendCredit = new SendCredit();
  readonly #receiveCredit = new ReceiveCredit();
  readonly #packer = new FramePacker();
  #phase: Phase = 'new';
  #deadline = Infinity;
  #events: LinkEvent[] = [];
  #close: number | null = null;
  #inputs: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
    this.#stream = new SessionStream({
      crypto: options.crypto,
      name: options.name,
      psk: options.credentials.psk,
      ledger: options.ledger,
      software: softwareText(options.software),
    });
    this.#ledger.attach();
  }

  /** The websocket is open. */
  connected(now: number): Promise<void> {
    return this.#input(now, () => {
      if (this.#phase !== 'new') throw new TypeError('connected twice');
      this.#phase = 'challenge';
      this.#deadline = now + ADMISSION_DEADLINE;
    });
  }

  /** A websocket message came: bytes, or a text, which is wrong. */
  receive(message: Uint8Array | string, now: number): Promise<void> {
    return this.#input(now, async () => {
      if (typeof message === 'string') {
        this.#fail(peerBroke('tunnel.frame-unexpected', 'a text message came'), 1003);
        return;
      }
      for (const frame of readFrames(message)) {
        await this.#frame(frame, now);
        // Changed by what the frame said.
        if (this.#phase === 'ended') return;
      }
    });
  }

  /** Sends what the ledger has, as far as there is credit. */
  flush(now: number): Promise<void> {
    return this.#input(now, () => undefined);
  }

  /** A deadline has come. */
  tick(now: number): Promise<void> {
    return this.#input(now, () => {
      if (now < this.#deadline) return;
      const what = this.#phase === 'stream' ? 'agent' : 'connector';
      const error = new ProtocolError(
        'tunnel.timeout',
        `the ${what} did not answer in time`,
        'try again',
      );
      this.#fail(error, 1000);
    });
  }

  /** Measures the way to the agent: a `pong` follows. Nothing happens before the session is open. */
  ping(now: number): Promise<void> {
    return this.#input(now, () => {
      this.#stream.ping(now);
    });
  }

  /**
   * Ends the session: what was queued goes out as far as there is credit, then a CLOSE record and a
   * CLOSE frame.
   */
  close(now: number): Promise<void> {
    return this.#input(now, async () => {
      if (this.#phase === 'stream') {
        this.#stream.close(0);
        await this.#pump(now);
        this.#packer.add(FRAME.close, makeFarewell(0));
      }
      const farewell = { by: 'here', code: 'tunnel.normal', number: 0, reason: '' } as const;
      this.#end({ ...farewell, retryAfter: 0, next: 'stop' }, 1000);
    });
  }

  /** The websocket has closed, or could not be opened. */
  lost(now: number): Promise<void> {
    return this.#input(now, () => {
      this.#end(endedByLine(this.#resumable), null);
    });
  }

  get #resumable(): boolean {
    return (this.#ledger.identity?.window ?? 0) > 0;
  }

  #input(now: number, work: () => void | Promise<void>): Promise<void> {
    const done = this.#inputs.then(async () => {
      if (this.#phase === 'ended') return;
      try {
        await work();
        if (this.#phase === 'stream') await this.#pump(now);
      } catch (error) {
        this.#failed(error);
      }
      this.#deliver();
    });
    // An exception out of deliver() is for who called; the next input is worked off all the same.
    this.#inputs = done.catch(() => undefined);
    return done;
  }

  #deliver(): void {
    const events = this.#events;
    const ended = this.#phase === 'ended';
    const due = Math.min(this.#deadline, this.#stream.deadline);
    this.#events = [];
    this.#options.deliver({
      messages: this.#packer.take(),
      events,
      close: this.#close,
      deadline: ended || due === Infinity ? null : due,
    });
  }

  async #frame(frame: Frame, now: number): Promise<void> {
    if (frame.type === FRAME.refused) {
      // The connector closes the websocket behind it.
      this.#end(endedByPeer('connector', readRefused(frame.payload), this.#resumable), 1000);
    } else if (this.#phase === 'challenge' && frame.type === FRAME.challenge) {
      const { crypto, credentials, name } = this.#options;
      const nonce = readChallenge(frame.payload);
      this.#packer.add(FRAME.admit, await makeAdmit(crypto, credentials, name, nonce));
      this.#phase = 'admission';
    } else if (this.#phase === 'admission' && frame.type === FRAME.admitted) {
      this.#phase = 'stream';
      this.#deadline = now + SESSION_DEADLINE;
      this.#events.push({ type: 'admitted' });
      await this.#stream.start();
    } else if (this.#phase === 'stream') {
      await this.#streamFrame(frame, now);
    } else {
      throw peerBroke('tunnel.frame-unexpected', `a frame of type ${frame.type} came too early`);
    }
  }

  async #streamFrame(frame: Frame, now: number): Promise<void> {
    const { type, stream, payload } = frame;
    if (type !== FRAME.data && type !== FRAME.window && type !== FRAME.close) {
      throw peerBroke('tunnel.frame-unexpected', `a frame of type ${type} came on an open link`);
    }
    if (stream !== CLIENT_STREAM) {
      throw peerBroke('tunnel.frame-wrong-stream', `a frame of stream ${stream} came`);
    }
    if (type === FRAME.close) {
      const farewell = readFarewell(payload, 'CLOSE');
      this.#end(endedByPeer('stream', farewell, this.#resumable), 1000);
    } else if (type === FRAME.window) {
      this.#sendCredit.add(readWindow(payload));
    } else {
      this.#receiveCredit.arrived(payload.length);
      await this.#stream.receive(new Uint8Array(payload), now, (event) => {
        this.#streamEvent(event);
      });
      this.#receiveCredit.consumed(payload.length);
      const credit = this.#receiveCredit.takeUpdate();
      // Behind a CLOSE record nothing more is sent.
      if (credit > 0 && this.#phase !== 'ended') {
        this.#packer.add(FRAME.window, makeWindow(credit));
      }
    }
  }

  #streamEvent(event: StreamEvent): void {
    if (event.type === 'closed') {
      this.#end(endedByPeer('agent', event.farewell, this.#resumable), 1000);
      return;
    }
    if (event.type === 'opened' || event.type === 'resumed') this.#deadline = Infinity;
    this.#events.push(event);
  }

  async #pump(now: number): Promise<void> {
    for (;;) {
      const limit = Math.min(MAX_PACKET, this.#sendCredit.available);
      const packet = await this.#stream.nextPacket(limit, now);
      if (packet === null) return;
      this.#sendCredit.spend(packet.length);
      this.#packer.add(FRAME.data, packet);
    }
  }

  /** Errors of the link have no frame; those of the stream have a CLOSE. */
  #failed(thrown: unknown): void {
    if (!(thrown instanceof ProtocolError)) {
      const what = thrown instanceof Error ? thrown.message : 'an unknown exception';
      const error = new ProtocolError(
        'tunnel.internal',
        `an error of this program: ${what}`,
        'report it with what you did before',
      );
      this.#fail(error, 1000);
      return;
    }
    const linkBroke = /^tunnel\.(message-(empty|oversize)|frame-|control-|version-)/;
    this.#fail(thrown, linkBroke.test(thrown.code) ? (CLOSE_STATUS[thrown.code] ?? 1002) : 1000);
  }

  #fail(error: ProtocolError, status: number): void {
    const number = wireNumber(error.code);
    if (status === 1000 && this.#phase === 'stream') {
      this.#packer.add(FRAME.close, makeFarewell(number));
    }
    this.#end(endedHere(error, number, this.#resumable), status);
  }

  #end(ending: Ending, status: number | null): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#close = status;
    this.#ledger.detach();
    if (ending.next !== 'resume') this.#ledger.end();
    this.#events.push({ type: 'ended', ending });
  }
}
