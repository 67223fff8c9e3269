// What the views use.

export { duration, isHeld, peer } from './call.ts';
export type { Call, CallCommand, Direction, Party, Phase } from './call.ts';
export type { CallAction, CallsStatus } from './calls.ts';
export { isOffered } from './capabilities.ts';
export type { Offer } from './capabilities.ts';
export type { DialAttempt, DialMemory, DialOptions, RememberedDial } from './dialler.ts';
export { codes, TelephonyError, toTelephonyError } from './errors.ts';
export { byNumber } from './forwardings.ts';
export type { Forwarding, ForwardingChange } from './forwardings.ts';
export type { Colleague, Lamp } from './function-key.ts';
export type { Group } from './groups.ts';
export type { JournalState } from './journal.ts';
export type { JournalEntry, JournalFilter } from './journal-entry.ts';
export type { Missed, SeenMark, SeenMemory } from './missed.ts';
export { defaultRules, displayNumber, parseNumber, sameNumber } from './numbers.ts';
export type { BadNumber, NumberRules, ParsedNumber } from './numbers.ts';
export type { PartState } from './part.ts';
export type { DisplayNumber, Phone, PhoneSettings } from './phones.ts';
export type { UserState } from './presence.ts';
export type { SeatHolder, SeatList } from './seats.ts';
export { Telephony } from './telephony.ts';
export type { TelephonyOptions, TelephonyState } from './telephony.ts';
export type { PbxTime } from './values.ts';
export type { Mailbox, VoiceMail, VoiceMessage } from './voicemail.ts';
