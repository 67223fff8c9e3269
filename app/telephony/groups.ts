// The groups that a user belongs to, and whether their calls ring here.

import type { Clock } from '../connection/clock.ts';
import { codes, TelephonyError } from './errors.ts';
import { Section } from './section.ts';
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

export class Groups extends Section<readonly Group[]> {
  constructor(uci: Uci, clock: Clock) {
    super(uci, clock, [], 'group.getGroupSettings');
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

  protected async load(): Promise<readonly Group[]> {
    return parseGroups(await this.uci.read('group.getGroupSettings'));
  }
}
