// The user's own state: text, do not disturb, and what others see of the telephone.

import type { Clock } from '../connection/clock.ts';
import type { Call } from './call.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import { flag, member, text } from './values.ts';

export type ChatPresence =
  'available' | 'away' | 'extended-away' | 'do-not-disturb' | 'unavailable' | 'unknown';
export type TelephonyState =
  'available' | 'ringing' | 'active' | 'queue-pause' | 'unavailable' | 'unknown';

export interface UserState {
  readonly chat: ChatPresence;
  readonly telephony: TelephonyState;
  readonly message: string;
  readonly doNotDisturb: boolean;
  readonly redirected: boolean;
}

const kChat: Readonly<Record<string, ChatPresence>> = {
  AVAILABLE: 'available',
  FREE_FOR_CHAT: 'available',
  AWAY: 'away',
  EXTENDED_AWAY: 'extended-away',
  DO_NOT_DISTURB: 'do-not-disturb',
  UNAVAILABLE: 'unavailable',
};
const kTelephony: Readonly<Record<string, TelephonyState>> = {
  AVAILABLE: 'available',
  RINGING: 'ringing',
  ACTIVE: 'active',
  QUEUE_PAUSE: 'queue-pause',
  UNAVAILABLE: 'unavailable',
};
/** Of a longer text the PBX keeps nothing; the views ask for less. */
export const kMostMessage = 250;

export function telephonyState(value: unknown): TelephonyState {
  return (member(kTelephony, text(value, 64)) as TelephonyState | undefined) ?? 'unknown';
}

export function parseUserState(value: unknown): UserState {
  const chat = member(kChat, text(member(value, 'chatPresence'), 64)) as ChatPresence | undefined;
  return {
    chat: chat ?? 'unknown',
    telephony: telephonyState(member(value, 'telephonyState')),
    message: text(member(value, 'chatPresenceMessage'), 1000),
    doNotDisturb: chat === 'do-not-disturb',
    redirected: flag(member(value, 'redirectAlwaysActive'), false),
  };
}

export class Presence extends Section<UserState> {
  constructor(uci: Uci, clock: Clock) {
    super(uci, clock, parseUserState({}), 'userState.getUserState');
  }

  /** The telephone's part follows the running calls, because no event for it is known. */
  follow(calls: readonly Call[]): void {
    const old = this.part.value;
    if (this.part.state.get().status !== 'ready') return;
    const real = calls.filter(({ phase }) => phase !== 'callback' && phase !== 'service');
    const ringing = real.every((call) => call.phase === 'ringing');
    if (real.length === 0) {
      // A pause in a queue, or being away, is not ended by a call.
      const wasInCall = old.telephony === 'ringing' || old.telephony === 'active';
      if (wasInCall) this.part.set({ ...old, telephony: 'available' });
    } else if (old.telephony !== (ringing ? 'ringing' : 'active')) {
      this.part.set({ ...old, telephony: ringing ? 'ringing' : 'active' });
    }
  }

  get canSetDoNotDisturb(): boolean {
    return this.uci.offers('userState.setDoNotDisturbSetting');
  }

  get canSetMessage(): boolean {
    return this.uci.offers('userState.setChatPresenceMessage');
  }

  setDoNotDisturb(on: boolean): Promise<void> {
    const old = this.part.value;
    const rest = old.chat === 'do-not-disturb' ? 'available' : old.chat;
    const chat = on ? 'do-not-disturb' : rest;
    return this.part.change({ ...old, doNotDisturb: on, chat }, () =>
      this.uci.order('userState.setDoNotDisturbSetting', [on]),
    );
  }

  setMessage(message: string): Promise<void> {
    const sent = text(message.trim(), kMostMessage);
    return this.part.change({ ...this.part.value, message: sent }, () =>
      this.uci.order('userState.setChatPresenceMessage', [sent]),
    );
  }

  protected async load(): Promise<UserState> {
    return parseUserState(await this.uci.read('userState.getUserState'));
  }
}
