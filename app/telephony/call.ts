// A call as the PBX reports it, and what is kept of it.

import type { PbxTime } from './values.ts';
import { amount, identifier, list, member, pbxTime, record, text, texts } from './values.ts';

/** What a user can tell apart. `other`: a state that this program does not know; see `state`. */
export type Phase =
  | 'starting' // announced, without a state yet
  | 'dialling'
  | 'ringback'
  | 'ringing'
  | 'connected'
  | 'conference'
  | 'consulting'
  | 'parked'
  | 'voicemail'
  | 'callback' // waits for a busy line to become free
  | 'service' // signing in at a phone, testing music on hold
  | 'other'
  | 'ended';

export type Direction = 'incoming' | 'outgoing' | 'unknown';
export type CallCommand = 'hangUp' | 'hold' | 'transfer' | 'conference';

export interface Party {
  readonly number: string;
  readonly name: string;
}

export interface Call {
  readonly id: string;
  readonly phase: Phase;
  /** As the PBX wrote it. */
  readonly state: string;
  readonly direction: Direction;
  readonly caller: Party;
  readonly called: Party;
  /** Who sent the call here; empty texts when nobody did. */
  readonly forwarder: Party;
  readonly groupId: string;
  readonly phoneId: string;
  /** When it was connected, on our clock; null: not yet, or not known. */
  readonly connectedAt: number | null;
  /** What this page has asked for; UCI does not tell whether a call is held. */
  readonly held: boolean;
  /** The command under way, so that a second press does nothing. */
  readonly busy: CallCommand | null;
}

/** One report of the PBX: a call event, or the answer to getCallState. Empty: not told. */
export interface CallReport {
  readonly id: string;
  readonly state: string;
  readonly time: PbxTime | null;
  readonly caller: Party;
  readonly called: Party;
  readonly forwarder: Party;
  readonly groupId: string;
  readonly phoneId: string;
  /** Seconds since it was connected; null: not told, or not connected. */
  readonly duration: number | null;
}

const kPhases: Readonly<Record<string, Phase>> = {
  '': 'starting',
  PROVISIONAL: 'starting',
  REQUESTED: 'dialling',
  PROCEEDING: 'dialling',
  OUTGOING: 'dialling',
  RINGBACK: 'ringback',
  RING_BACK: 'ringback',
  INCOMING: 'ringing',
  RINGING: 'ringing',
  CONNECTED: 'connected',
  CONSULT: 'consulting',
  CONFERENCE_ACTIVE: 'conference',
  CONFERENCE_INACTIVE: 'conference',
  CONFERENCE_CONSULT: 'conference',
  PARKED: 'parked',
  VOICEMAIL_LINKED: 'voicemail',
  VOICEMAIL_MAIN: 'voicemail',
  CCBS: 'callback',
  CALL_BACK_ON_BUSY: 'callback',
  LOGIN_LOGOUT: 'service',
  MUSICONHOLD_TEST: 'service',
  MUSIC_ON_HOLD_TEST: 'service',
  HANGUP: 'ended',
};

export function phaseOf(state: string): Phase {
  return (member(kPhases, state) as Phase | undefined) ?? 'other';
}

/** Whether people talk, or could: such a call has a duration. */
export function isTalking(phase: Phase): boolean {
  return (
    phase === 'connected' || phase === 'conference' || phase === 'consulting' || phase === 'parked'
  );
}

/** Held by us, or parked as the PBX says. */
export function isHeld(call: Call): boolean {
  return call.held || call.phase === 'parked';
}

/** Which way a call goes, as far as its state tells. */
export function directionOf(phase: Phase): Direction {
  if (phase === 'ringing') return 'incoming';
  return phase === 'dialling' || phase === 'ringback' ? 'outgoing' : 'unknown';
}

const kMostNumber = 64;
const kMostDay = 7 * 24 * 3600;

function party(from: unknown, number: string, name: string): Party {
  return { number: text(member(from, number), kMostNumber), name: text(member(from, name)) };
}

/** Null: not a call, because nothing says which one. */
export function parseReport(value: unknown): CallReport | null {
  const from = record(value);
  const id = identifier(member(from, 'id'));
  if (id === '') return null;
  const connected = member(from, 'connectedTimestamp');
  const talked = pbxTime(connected) !== null || isTalking(phaseOf(text(member(from, 'state'))));
  return {
    id,
    state: text(member(from, 'state'), 64).trim(),
    time: pbxTime(member(from, 'timestamp')),
    caller: party(from, 'callerNumber', 'callerName'),
    called: party(from, 'calledNumber', 'calledName'),
    forwarder: party(from, 'forwarderCallerIdNumber', 'forwarderCallerIdName'),
    groupId: identifier(member(from, 'groupId')) || identifier(member(from, 'groupID')),
    phoneId: texts(member(from, 'channelNames'), 1, 128)[0] ?? '',
    duration: talked ? amount(member(from, 'duration'), 0, kMostDay) : null,
  };
}

export function parseCallIds(value: unknown, most: number): readonly string[] {
  const ids = new Set<string>();
  for (const one of list(value, most)) {
    const id = identifier(one);
    if (id !== '') ids.add(id);
  }
  return [...ids];
}

/** The other end, as far as it is known. */
export function peer(call: Call): Party {
  if (call.direction === 'outgoing') return call.called;
  if (call.direction === 'incoming') return call.caller;
  const { caller } = call;
  return caller.number === '' && caller.name === '' ? call.called : caller;
}

/** Whole seconds for which the call has been connected; null: it is not, or since when is unknown. */
export function duration(call: Call, now: number): number | null {
  if (call.connectedAt === null || !isTalking(call.phase)) return null;
  return Math.max(0, Math.floor((now - call.connectedAt) / 1000));
}
