// Requests to the PBX: under the right name, a few at a time, with errors that carry a code.

import type { Params, Session } from '../connection/session.ts';
import { Capabilities } from './capabilities.ts';
import { codes, TelephonyError, toTelephonyError } from './errors.ts';
import { Limiter } from './limiter.ts';
import type { Method } from './methods.ts';
import { wireName } from './methods.ts';

/** The agent itself lets at most four requests of a user be under way at the PBX. */
const kReadsAtOnce = 4;

export class Uci {
  readonly capabilities = new Capabilities();
  private readonly session: Session;
  private readonly limiter = new Limiter(kReadsAtOnce);

  constructor(session: Session) {
    this.session = session;
  }

  offers(method: Method): boolean {
    return this.capabilities.offers(method);
  }

  /** Reads: at most four at a time, so that many readings do not hold up a command. */
  read(method: Method, params: readonly unknown[] = []): Promise<unknown> {
    return this.limiter.run(() => this.command(method, params));
  }

  /** Commands of the user pass at once. Rejects with a TelephonyError. */
  async command(method: Method, params: readonly unknown[] = []): Promise<unknown> {
    try {
      return await this.session.request(wireName(this.capabilities.version, method), params);
    } catch (thrown) {
      const error = toTelephonyError(thrown);
      this.capabilities.learn(method, error);
      throw error;
    }
  }

  /**
   * A command whose answer is true or nothing at all when it was carried out. False is a refusal
   * by the PBX, which gives no reason.
   */
  async order(method: Method, params: readonly unknown[]): Promise<void> {
    if (!this.offers(method)) {
      throw new TelephonyError(codes.notOffered, `the PBX does not offer ${method}`);
    }
    if ((await this.command(method, params)) === false) {
      throw new TelephonyError(codes.refused, `the PBX has refused ${method}`);
    }
  }

  /** One of the agent's own methods: `system.info`, `license.list`. */
  async agent(method: string, params?: Params): Promise<unknown> {
    try {
      return await this.session.request(method, params);
    } catch (thrown) {
      throw toTelephonyError(thrown);
    }
  }
}
