// Where calls go instead: always, when busy, when nobody answers; for each of the user's numbers.

import type { Clock } from '../connection/clock.ts';
import { codes, TelephonyError } from './errors.ts';
import { dialable } from './numbers.ts';
import type { NumberRules } from './numbers.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import type { Raw } from './values.ts';
import { amount, flag, identifier, isRecord, list, member, text } from './values.ts';

export type ForwardingTrigger = 'always' | 'busy' | 'no-answer';
export type ForwardingTarget = 'number' | 'voicemail' | 'unknown';

export interface Forwarding {
  /** Our key: the PBX's ids differ between its interfaces. */
  readonly key: string;
  readonly trigger: ForwardingTrigger;
  /** Whose calls these are. */
  readonly number: string;
  readonly isGroup: boolean;
  readonly enabled: boolean;
  readonly target: ForwardingTarget;
  /** A number, or a mailbox. */
  readonly destination: string;
  /** Seconds until `no-answer` comes into force; null: not told. */
  readonly timeout: number | null;
}

export interface ForwardingChange {
  readonly enabled?: boolean;
  /** As typed. */
  readonly number?: string;
  readonly voicemail?: true;
  readonly timeout?: number;
}

interface Kept extends Forwarding {
  /** As the PBX wrote it: what is not understood here goes back as it came. */
  readonly raw: Raw;
}

const kMost = 500;
const kTriggers: Readonly<Record<string, ForwardingTrigger>> = {
  ALWAYS: 'always',
  BUSY: 'busy',
  TIMEOUT: 'no-answer',
};
const kTargets: Readonly<Record<string, ForwardingTarget>> = {
  PHONENUMBER: 'number',
  VOICEMAIL: 'voicemail',
  MAILBOX: 'voicemail',
};

function parse(raw: unknown): Kept | null {
  if (!isRecord(raw)) return null;
  const type = text(member(raw, 'type'), 32);
  const trigger = member(kTriggers, type) as ForwardingTrigger | undefined;
  const number = text(member(raw, 'calledNumber'), 64);
  if (trigger === undefined) return null;
  const target = member(kTargets, text(member(raw, 'destinationType'), 32));
  return {
    key: `${trigger} ${identifier(member(raw, 'id'))} ${number}`,
    trigger,
    number,
    isGroup: flag(member(raw, 'group'), false),
    enabled: flag(member(raw, 'enabled'), false),
    target: (target as ForwardingTarget | undefined) ?? 'unknown',
    destination: text(member(raw, 'destination'), 128),
    timeout: amount(member(raw, 'timeout'), 0, 36_000),
    raw,
  };
}

export function parseForwardings(value: unknown): readonly Forwarding[] {
  return list(value, kMost)
    .map(parse)
    .filter((one) => one !== null);
}

/** By number, in the order of the PBX: what a settings page shows. */
export function byNumber(all: readonly Forwarding[]): ReadonlyMap<string, readonly Forwarding[]> {
  const found = new Map<string, Forwarding[]>();
  for (const one of all) {
    const those = found.get(one.number);
    if (those === undefined) found.set(one.number, [one]);
    else those.push(one);
  }
  return found;
}

export class Forwardings extends Section<readonly Forwarding[]> {
  private readonly rules: NumberRules;
  private readonly onChanged: () => void;

  /** @param onChanged called after the PBX has taken a change. */
  constructor(uci: Uci, clock: Clock, rules: NumberRules, onChanged: () => void = () => undefined) {
    super(uci, clock, [], 'redirect.getRedirectSettings');
    this.onChanged = onChanged;
    this.rules = rules;
  }

  get canChange(): boolean {
    return this.uci.offers('redirect.setRedirectSetting');
  }

  /** Rejects with `telephony.bad-number` when there would be no destination. */
  async change(key: string, change: ForwardingChange): Promise<void> {
    const all = this.part.value;
    const old = all.find((one) => one.key === key) as Kept | undefined;
    if (old === undefined) throw new TelephonyError(codes.gone, 'no such forwarding');
    const changed = this.changed(old, change);
    const next = all.map((one) => (one === old ? changed : one));
    await this.part.change(next, () =>
      this.uci.order('redirect.setRedirectSetting', [changed.raw]),
    );
    this.onChanged();
  }

  protected async load(): Promise<readonly Forwarding[]> {
    return parseForwardings(await this.uci.read('redirect.getRedirectSettings', ['', '', '', '']));
  }

  private changed(old: Kept, change: ForwardingChange): Kept {
    const raw: Record<string, unknown> = { ...old.raw };
    if (change.voicemail === true) raw['destinationType'] = 'VOICEMAIL';
    if (change.number !== undefined) {
      raw['destinationType'] = 'PHONENUMBER';
      raw['destination'] = dialable(change.number, this.rules);
    }
    if (change.enabled !== undefined) raw['enabled'] = change.enabled;
    if (change.timeout !== undefined) {
      raw['timeout'] = Math.round(amount(change.timeout, 1, 3600) ?? old.timeout ?? 20);
    }
    const changed = parse(raw) ?? old;
    if (changed.enabled && changed.target === 'number' && changed.destination === '') {
      throw new TelephonyError(codes.badNumber, 'the destination is missing', null, 'empty');
    }
    return changed;
  }
}
