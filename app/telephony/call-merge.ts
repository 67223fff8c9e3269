// What a report changes in what is known of a call. Names and numbers come late and in pieces, the
// first state may be empty, and an event may overtake an answer.

import { patched } from '../connection/store.ts';
import type { Call, CallReport, Party } from './call.ts';
import { directionOf, isTalking, phaseOf } from './call.ts';

/** How far our count of a call's seconds may be from the PBX's before ours is given up. */
const kTolerance = 3000;

/** Told of a call, and what is not for views. */
export interface Known {
  readonly call: Call;
  /** The PBX's time of the newest report, in ms; null: it told none. */
  readonly reported: number | null;
}

export const nobody: Party = { number: '', name: '' };

export function newCall(id: string): Call {
  return {
    id,
    phase: 'starting',
    state: '',
    direction: 'unknown',
    caller: nobody,
    called: nobody,
    forwarder: nobody,
    groupId: '',
    phoneId: '',
    connectedAt: null,
    held: false,
    busy: null,
  };
}

/**
 * @param stateCounts false: take names and numbers only, because a newer state is known already.
 * @returns the same object when nothing has changed.
 */
export function merge(known: Known, report: CallReport, now: number, stateCounts: boolean): Known {
  const old = known.call;
  const at = report.time?.ms ?? null;
  const late = at !== null && known.reported !== null && at < known.reported;
  const takesState = stateCounts && !late && report.state !== '';
  const state = takesState ? report.state : old.state;
  const phase = takesState ? phaseOf(state) : old.phase;
  const hint = directionOf(phase);
  const call = patched<Call>(old, {
    state,
    phase,
    direction: old.direction === 'unknown' ? hint : old.direction,
    caller: mergeParty(old.caller, report.caller),
    called: mergeParty(old.called, report.called),
    forwarder: mergeParty(old.forwarder, report.forwarder),
    groupId: report.groupId === '' ? old.groupId : report.groupId,
    phoneId: report.phoneId === '' ? old.phoneId : report.phoneId,
    held: old.held && !(old.phase === 'parked' && phase !== 'parked'),
    connectedAt: connectedAt(old, phase, report, now, takesState),
  });
  const reported = at === null || late ? known.reported : at;
  return call === old && reported === known.reported ? known : { call, reported };
}

/** A number without its name belongs to somebody else than the name that was known. */
function mergeParty(old: Party, told: Party): Party {
  const number = told.number === '' ? old.number : told.number;
  const kept = number === old.number || old.number === '' ? old.name : '';
  return patched(old, { number, name: told.name === '' ? kept : told.name });
}

function connectedAt(
  old: Call,
  phase: Call['phase'],
  report: CallReport,
  now: number,
  takesState: boolean,
): number | null {
  if (!isTalking(phase)) return old.connectedAt;
  const told = takesState && report.duration !== null ? now - report.duration * 1000 : null;
  if (old.connectedAt === null) {
    // Without a duration only a change that was seen tells when; a call found talking does not.
    const seen = old.state !== '' && !isTalking(old.phase);
    return told ?? (seen ? now : null);
  }
  // Zero may be what a PBX writes that does not count.
  const counts = told !== null && report.duration !== 0;
  const wrong = counts && Math.abs(told - old.connectedAt) > kTolerance;
  return wrong ? told : old.connectedAt;
}
