// A PBX with people and calls, for the states of the work screen.

import { allServices } from '../tests/telephony/fakes.ts';
import type { FakeSession } from '../tests/telephony/fakes.ts';

const kPeople = [
  ['Zoe Zimmermann', '00497215550123'],
  ['Ben Brandt', '1002'],
  ['Carla Conrad', '0049894440770'],
  ['', '004930987654'],
  ['Dora Dietz', '1004'],
  ['Emil Ernst', '1005'],
  ['Gesellschaft für außerordentlich lange Firmennamen und Beteiligungen mbH & Co. KG', '0049891'],
  ['שרה לוי', '00972312345678'],
  ['<b>Bold</b> & Söhne', '0049221998877'],
  ['', ''],
] as const;

/** @param minutes before now, on a wall clock without a zone. */
function wallTime(minutes: number): { $date: string } {
  const now = Date.now() - new Date().getTimezoneOffset() * 60_000;
  return { $date: new Date(now - minutes * 60_000).toISOString().slice(0, 19) };
}

export function journalEntry(at: number): Record<string, unknown> {
  const [name, number] = kPeople[at % kPeople.length] ?? ['', ''];
  const outgoing = at % 3 === 1;
  const missed = at % 5 === 3 || at % 7 === 0;
  return {
    id: `entry-${at}`,
    direction: outgoing ? 'OUTBOUND' : 'INBOUND',
    result: missed ? 'MISSED' : 'ANSWERED',
    callerNumber: outgoing ? '1001' : number,
    calledNumber: outgoing ? number : '1001',
    callDescription: name,
    startTime: wallTime(7 + at * 47 + (at % 4) * 9),
    duration: missed ? 0 : (at * 137) % 2400,
    calledBack: at === 8,
  };
}

export function withJournal(session: FakeSession, count: number): FakeSession {
  const entries = Array.from({ length: count }, (_, at) => journalEntry(at));
  return session.on('callList.getCallList', (...query: unknown[]) => {
    const [, , direction, result] = query;
    const offset = Number(query[7]);
    const all = entries.filter(
      (one) =>
        (direction === '' || one['direction'] === direction) &&
        (result === '' || one['result'] === result),
    );
    return { entries: all.slice(offset, offset + Number(query[8])), totalCount: all.length };
  });
}

/** Everything that a PBX can offer for calls. */
export function withPeople(session: FakeSession): FakeSession {
  const keys = kPeople.slice(0, 6).map(([name, number], at) => ({
    id: `key-${at}`,
    functionKeyType: 'BUSYLAMPFIELD',
    name: name === '' ? 'Fax' : name,
    directCallTargetnumber: number,
    telephonyState: ['AVAILABLE', 'ACTIVE', 'RINGING', 'UNAVAILABLE'][at % 4],
  }));
  return session
    .on('service.getProvidedRequests', () => allServices)
    .on('service.getProvidedEvents', () => [])
    .on('call.getCallIds', () => [])
    .on('call.hangupCall', () => true)
    .on('call.hold', () => true)
    .on('call.forward', () => true)
    .on('call.conference', () => true)
    .on('call.placeCallWithPhone', (...call: unknown[]) => call[2])
    .on('callList.deleteCallListEntry', () => true)
    .on('phone.getPhoneIds', () => ['SIP/1001.desk', 'SIP/1001.home'])
    .on('phone.getPrimaryPhoneId', () => 'SIP/1001.desk')
    .on('userState.getUserState', () => ({ telephonyState: 'AVAILABLE' }))
    .on('functionKey.getFunctionKeys', () => keys)
    .on('group.getGroupSettings', () => [{ id: 'g1', name: 'Vertrieb', active: true }]);
}

const kContacts = [
  [
    'Björn',
    'Öztürk',
    'Öztürk & Söhne Fensterbau',
    'office +49 (30) 23125-003',
    'mobile 0171/3920003',
  ],
  [
    'Sara',
    'כהן',
    'Cohen & כהן',
    'office 040-66969-053',
    'private 0049699000953',
    'fax 040-66969-054',
  ],
  ['', '', '<b>Getränke</b> Hörnchen e. K.', 'other +492214710035'],
  [
    'Maximiliane-Alexandra-Friederike-Wilhelmine-Charlotte',
    'Freifrau von Donaudampfschifffahrtselektrizitätenhauptbetriebswerk',
    'Vierhundertfünfundfünfzigtausend Kleinigkeiten GmbH & Co. KGaA',
    'mobile 0171/3920064',
  ],
] as const;

/** The PBX's address book: it finds all of it, whatever is typed. */
export function withContacts(session: FakeSession): FakeSession {
  const contacts = kContacts.map(([firstName, lastName, company, ...numbers], at) => ({
    id: `contact-${at}`,
    firstName,
    lastName,
    company,
    numbers: numbers.map((one) => ({
      kind: one.slice(0, one.indexOf(' ')),
      number: one.slice(one.indexOf(' ') + 1),
    })),
  }));
  return session
    .on('contacts.search', () => ({ contacts, page: 0 }))
    .on('users.me', () => ({ login: '0011', firstName: 'Anna', lastName: 'Arnold' }))
    .on('users.list', () => ({ users: [] }));
}

export const kIncoming = {
  id: 'in',
  state: 'RINGING',
  callerNumber: '00497215550123',
  callerName: 'Zoe Zimmermann',
  calledNumber: '1001',
  groupId: 'g1',
};

export const kTalking = {
  id: 'out',
  state: 'CONNECTED',
  callerNumber: '1001',
  calledNumber: '1002',
  calledName: 'Ben Brandt',
  duration: 134,
};
