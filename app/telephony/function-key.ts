// Function keys as the PBX lists them. Busy lamps are the only way to watch colleagues.

import { isTalking, phaseOf } from './call.ts';
import type { Phase } from './call.ts';
import { telephonyState } from './presence.ts';
import { flag, identifier, isRecord, list, member, record, text } from './values.ts';

export type Lamp = 'unknown' | 'available' | 'ringing' | 'busy' | 'do-not-disturb' | 'offline';

export interface Colleague {
  /** The key's id. */
  readonly id: string;
  readonly name: string;
  readonly number: string;
  readonly lamp: Lamp;
  /** What the key itself said; it counts while there is no call. Null: it said nothing. */
  readonly told: Lamp | null;
  /** With whom, when the PBX tells. */
  readonly peer: string;
}

const kMostKeys = 1000;
const kLampTypes = new Set(['BUSY_LAMP_FIELD', 'BUSYLAMPFIELD']);

/** The keys that watch somebody, in their order; other keys are left out. */
export function parseColleagues(value: unknown): readonly Colleague[] {
  const found = new Map<string, Colleague>();
  for (const key of list(keysIn(value), kMostKeys)) {
    const id = identifier(member(key, 'id'));
    const type = text(member(key, 'type') ?? member(key, 'functionKeyType'), 64);
    if (id === '' || !kLampTypes.has(type)) continue;
    const number =
      text(member(key, 'number'), 64) || text(member(key, 'directCallTargetnumber'), 64);
    const name = text(member(key, 'name')) || number;
    const told = lampInKey(key);
    found.set(id, { id, name, number, lamp: told ?? 'unknown', told, peer: '' });
  }
  return [...found.values()];
}

/** A list, or a struct of lists (key sets): what public sources say is cut off here. */
function keysIn(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.values(value).flatMap((one) => (Array.isArray(one) ? list(one, kMostKeys) : []));
}

/** A state inside the key itself, or inside an event of it; null: there is none. */
export function lampInKey(key: unknown): Lamp | null {
  if (flag(member(key, 'doNotDisturb'), false)) return 'do-not-disturb';
  if (member(key, 'chatPresence') === 'DO_NOT_DISTURB') return 'do-not-disturb';
  switch (telephonyState(member(key, 'telephonyState'))) {
    case 'available':
      return 'available';
    case 'ringing':
      return 'ringing';
    case 'active':
      return 'busy';
    case 'queue-pause':
    case 'unavailable':
      return 'offline';
    case 'unknown': {
      const state = text(member(key, 'state'), 64);
      return state === '' ? null : lampOfPhase(phaseOf(state));
    }
  }
}

/** From getCallInfoForKey: a call of the one who is watched, or an empty struct. */
export function lampOfCall(value: unknown): { lamp: Lamp; peer: string } {
  const call = record(value);
  const state = text(member(call, 'state'), 64);
  const phase = phaseOf(state);
  const isFree = identifier(member(call, 'id')) === '' && state === '';
  if (isFree || phase === 'ended') return { lamp: 'available', peer: '' };
  const incoming = phase === 'ringing';
  const [name, number] = incoming
    ? [member(call, 'callerName'), member(call, 'callerNumber')]
    : [null, null];
  return { lamp: lampOfPhase(phase), peer: text(name) || text(number, 64) };
}

function lampOfPhase(phase: Phase): Lamp {
  if (phase === 'ringing') return 'ringing';
  if (phase === 'ended') return 'available';
  const inCall = phase === 'dialling' || phase === 'ringback' || phase === 'voicemail';
  return inCall || isTalking(phase) ? 'busy' : 'unknown';
}
