// The groups that a user belongs to, and whether their calls ring here.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { codes, TelephonyError } from './errors.ts';
import { Part } from './part.ts';
import type { PartState } from './part.ts';
import type { Uci } from './uci.ts';
import type { Raw } from './values.ts';
import { identifier, isRecord, list, member, text, texts } from './values.ts';

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly numbers: readonly string[];
  /** Null: the PBX does not tell, so it cannot be changed here. */
  readonly active: boolean | null;
}

interface Kept extends Group {
  readonly raw: Raw;
  readonly member: string | null;
}

const kMost = 500;
/** The member's name is not published; the first that is a boolean is taken. */
const kMembers = ['active', 'loggedIn', 'signedIn', 'enabled', 'groupActive', 'isActive'];

function parse(raw: unknown): Kept | null {
  if (!isRecord(raw)) return null;
  const id = identifier(member(raw, 'id')) || identifier(member(raw, 'groupId'));
  if (id === '') return null;
  const name = kMembers.find((one) => typeof member(raw, one) === 'boolean') ?? null;
  return {
    id,
    name: text(member(raw, 'name')),
    numbers: texts(member(raw, 'phoneNumbers'), 50, 64),
    active: name === null ? null : member(raw, name) === true,
    raw,
    member: name,
  };
}

export function parseGroups(value: unknown): readonly Group[] {
  return list(value, kMost)
    .map(parse)
    .filter((one) => one !== null);
}

export class Groups {
  private readonly uci: Uci;
  private readonly part: Part<readonly Group[]>;
  readonly state: Readable<PartState<readonly Group[]>>;

  constructor(uci: Uci, clock: Clock) {
    this.uci = uci;
    this.part = new Part<readonly Group[]>(
      clock,
      [],
      () => uci.offers('group.getGroupSettings'),
      async () => parseGroups(await uci.read('group.getGroupSettings')),
    );
    this.state = this.part.state;
  }

  read(): Promise<void> {
    return this.part.read();
  }

  readSoon(): void {
    this.part.readSoon();
  }

  stop(): void {
    this.part.stop();
  }

  get canChange(): boolean {
    return this.uci.offers('group.setGroupSetting');
  }

  async setActive(id: string, active: boolean): Promise<void> {
    const all = this.part.value;
    const old = all.find((one) => one.id === id) as Kept | undefined;
    if (old === undefined) throw new TelephonyError(codes.gone, 'no such group');
    const name = old.member;
    if (name === null) {
      throw new TelephonyError(codes.notOffered, 'the PBX does not tell whether a group is active');
    }
    const raw = { ...old.raw, [name]: active };
    const changed: Kept = { ...old, active, raw };
    const next = all.map((one) => (one === old ? changed : one));
    await this.part.change(next, () => this.uci.order('group.setGroupSetting', [raw]));
  }
}
