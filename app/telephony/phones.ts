// The user's own phones, which of them rings for click-to-dial, and the number that is shown.

import type { Clock } from '../connection/clock.ts';
import { codes, TelephonyError } from './errors.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import { flag, identifier, list, member, text } from './values.ts';

export interface Phone {
  readonly id: string;
  /** The id without its technology: `SIP/1004.desk` is `1004.desk`. */
  readonly name: string;
}

export interface DisplayNumber {
  readonly id: string;
  readonly number: string;
}

export interface PhoneSettings {
  readonly phones: readonly Phone[];
  /** The phone that rings when the user dials here; null: none is chosen. */
  readonly primaryId: string | null;
  readonly displayNumbers: readonly DisplayNumber[];
  readonly displayNumberId: string | null;
  /** Null: not told. */
  readonly callWaiting: boolean | null;
}

const kMost = 100;
const kNothing: PhoneSettings = {
  phones: [],
  primaryId: null,
  displayNumbers: [],
  displayNumberId: null,
  callWaiting: null,
};

export function parsePhones(value: unknown): readonly Phone[] {
  const phones = new Map<string, Phone>();
  for (const one of list(value, kMost)) {
    const id = identifier(one) || identifier(member(one, 'id'));
    const name = text(member(one, 'name')) || id.replace(/^[A-Za-z]+\//, '');
    if (id !== '') phones.set(id, { id, name });
  }
  return [...phones.values()];
}

export function parseDisplayNumbers(value: unknown): readonly DisplayNumber[] {
  const numbers: DisplayNumber[] = [];
  for (const one of list(value, kMost)) {
    const number = text(member(one, 'number'), 64) || text(one, 64);
    const id = identifier(member(one, 'id')) || number;
    if (id !== '') numbers.push({ id, number });
  }
  return numbers;
}

export class Phones extends Section<PhoneSettings> {
  constructor(uci: Uci, clock: Clock) {
    super(uci, clock, kNothing, 'phone.getPhoneIds');
  }

  setPrimary(id: string): Promise<void> {
    const old = this.part.value;
    if (!old.phones.some((phone) => phone.id === id)) return unknownId();
    return this.part.change({ ...old, primaryId: id }, () =>
      this.uci.order('phone.setPrimaryPhoneId', [id]),
    );
  }

  setDisplayNumber(id: string): Promise<void> {
    const old = this.part.value;
    if (!old.displayNumbers.some((number) => number.id === id)) return unknownId();
    return this.part.change({ ...old, displayNumberId: id }, () =>
      this.uci.order('phone.setDisplayNumberId', [id]),
    );
  }

  setCallWaiting(on: boolean): Promise<void> {
    return this.part.change({ ...this.part.value, callWaiting: on }, () =>
      this.uci.order('phone.setCallWaitingIndication', [on]),
    );
  }

  /** Without the phones there is nothing to show; each other answer may be missing. */
  protected async load(): Promise<PhoneSettings> {
    const optional = async (
      method:
        | 'getPrimaryPhoneId'
        | 'getAvailableDisplayNumbers'
        | 'getDisplayNumberId'
        | 'getCallWaitingIndication',
    ): Promise<unknown> => {
      if (!this.uci.offers(`phone.${method}`)) return null;
      return this.uci.read(`phone.${method}`).catch(() => null);
    };
    const [phones, primary, numbers, shown, waiting] = await Promise.all([
      this.uci.read('phone.getPhoneIds'),
      optional('getPrimaryPhoneId'),
      optional('getAvailableDisplayNumbers'),
      optional('getDisplayNumberId'),
      optional('getCallWaitingIndication'),
    ]);
    return {
      phones: parsePhones(phones),
      primaryId: identifier(primary) || null,
      displayNumbers: parseDisplayNumbers(numbers),
      displayNumberId: identifier(shown) || null,
      callWaiting: flag(waiting, null),
    };
  }
}

function unknownId(): Promise<never> {
  return Promise.reject(new TelephonyError(codes.gone, 'the user has no such phone or number'));
}
