// What an event of the PBX is about. Only call events are published; all others are taken as "this
// has changed", and lead to a reading, however many there are.

import type { Telephony } from './telephony.ts';

export function routeEvent(
  telephony: Telephony,
  service: string,
  name: string,
  value: unknown,
): void {
  switch (service) {
    case 'call':
      if (name === 'newMessageWaitingIndicationEvent') telephony.voicemail.readSoon();
      else telephony.calls.event(name, value);
      break;
    case 'conferencecall':
    case 'ccbscall':
      telephony.calls.event(name, value);
      break;
    case 'userState':
      telephony.presence.readSoon();
      break;
    case 'functionKey':
      telephony.colleagues.event(value);
      break;
    case 'callList':
      telephony.journal.readSoon();
      telephony.missed.readSoon();
      break;
    case 'redirect':
      telephony.forwardings.readSoon();
      telephony.presence.readSoon();
      break;
    case 'phone':
      telephony.phones.readSoon();
      break;
    case 'group':
      telephony.groups.readSoon();
      break;
    case 'voicemailList':
    case 'voicemail':
      telephony.voicemail.readSoon();
      break;
  }
}
