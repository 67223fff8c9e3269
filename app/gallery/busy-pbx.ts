// A PBX in the middle of a working day, with names that are long, written from right to left, or
// look like markup.

import type { FakeSession } from '../tests/telephony/fakes.ts';

const kPeople = [
  ['Ben Brandt', '1002', { id: 'c1', state: 'CONNECTED' }],
  ['Carla Conrad', '1003', {}],
  ['Dora Dietz', '1004', { id: 'c2', state: 'RINGING', callerName: 'Zoë Zimmermann' }],
  ['Emil Ernst', '1005', 'DO_NOT_DISTURB'],
  ['ליאור כהן', '1006', {}],
  ['<b>Fritz</b> & "Söhne"', '1007', 'UNAVAILABLE'],
  [
    'Donaudampfschifffahrtsgesellschaftskapitänswitwe von und zu Hohenlohe-Langenburg',
    '0721 5550 1234',
    { id: 'c3', state: 'RINGBACK' },
  ],
  ['Gerda Groß', '1008', 'fails'],
] as const;

function today(time: string): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}T${time}`;
}

const SERVICES = 'service call phone userState callList redirect group functionKey voicemailList';

export function busyPbx(session: FakeSession): void {
  let state: Record<string, unknown> = {
    telephonyState: 'AVAILABLE',
    chatPresence: 'AVAILABLE',
    chatPresenceMessage: 'Ab 14 Uhr wieder am Platz',
  };
  session
    .on('system.info', () => ({ uci: { version: 'v30' } }))
    .on('service.getProvidedRequests', () =>
      SERVICES.split(' ').map((name) => `ucp.v30.requests.${name}`),
    )
    .on('service.getProvidedEvents', () => [])
    .on('call.getCallIds', () => [])
    .on('callList.getCallList', () => ({ entries: [], totalCount: 0 }))
    .on('userState.getUserState', () => state)
    .on('userState.setDoNotDisturbSetting', (on) => {
      state = { ...state, chatPresence: on === true ? 'DO_NOT_DISTURB' : 'AVAILABLE' };
      return true;
    })
    .on('userState.setChatPresenceMessage', (message) => {
      state = { ...state, chatPresenceMessage: message };
      return true;
    });
  people(session);
  settings(session);
}

function people(session: FakeSession): void {
  session
    .on('functionKey.getFunctionKeys', () =>
      kPeople.map(([name, number, info], at) => ({
        id: `k${at}`,
        type: 'BUSY_LAMP_FIELD',
        name,
        number,
        ...(info === 'DO_NOT_DISTURB' ? { chatPresence: info } : {}),
        ...(info === 'UNAVAILABLE' ? { telephonyState: info } : {}),
      })),
    )
    .on('functionKey.getCallInfoForKey', (id) => {
      const info = kPeople[Number(String(id).slice(1))]?.[2] ?? {};
      if (info === 'fails') throw new Error('no answer');
      if (info === 'DO_NOT_DISTURB' || info === 'UNAVAILABLE') return {};
      return info;
    })
    .on('voicemailList.getMailboxes', () => [
      { id: 'm1', name: 'Voicemail Alice' },
      { id: 'm2', name: 'Support' },
    ])
    .on('voicemailList.deleteVoicemailListEntry', () => true)
    .on('voicemailList.moveVoicemailListEntry', () => true)
    .on('voicemailList.getVoicemailList', () => [
      voice('v1', 'Zoë Zimmermann', '00497215550123', 42, 'INBOX', today('10:42:00'), 'm1'),
      voice('v2', '', '+498944407700', 125, 'INBOX', today('09:12:00'), 'm2'),
      voice('v3', 'ליאור כהן', '1006', 8, 'Old', '2026-11-03T16:20:00', 'm1'),
      voice('v4', '', '', 3, 'Old', '2025-12-24T18:00:00', 'm1'),
      voice('v5', kPeople[6][0], '1009', 3723, 'Old', '2026-10-01T08:00:00', 'm2'),
    ]);
}

function voice(
  id: string,
  name: string,
  number: string,
  duration: number,
  folder: string,
  start: string,
  mailbox: string,
) {
  const mailboxName = mailbox === 'm1' ? 'Voicemail Alice' : 'Support';
  return {
    id,
    callDescription: name,
    callerNumber: number,
    calledNumber: '1001',
    duration,
    folder,
    mailboxId: mailbox,
    mailboxName,
    startTime: { $date: start },
  };
}

function settings(session: FakeSession): void {
  const redirect = (number: string, type: string, more: Record<string, unknown>) => ({
    id: `${number}-${type}`,
    type,
    calledNumber: number,
    group: false,
    enabled: false,
    destinationType: 'PHONENUMBER',
    destination: '',
    timeout: 20,
    ...more,
  });
  const mobile = '+491711234567';
  session
    .on('phone.getPhoneIds', () => ['SIP/1001.desk', 'SIP/1001.dect', 'IFMC/+491711234567'])
    .on('phone.getPrimaryPhoneId', () => 'SIP/1001.desk')
    .on('phone.setPrimaryPhoneId', () => true)
    .on('phone.getAvailableDisplayNumbers', () => [
      { id: '1', number: '+497211231001' },
      { id: '2', number: '+497211230' },
    ])
    .on('phone.getDisplayNumberId', () => '1')
    .on('phone.setDisplayNumberId', () => true)
    .on('phone.getCallWaitingIndication', () => true)
    .on('phone.setCallWaitingIndication', () => true)
    .on('redirect.getRedirectSettings', () => [
      redirect('1001', 'ALWAYS', {}),
      redirect('1001', 'BUSY', { enabled: true, destinationType: 'VOICEMAIL', destination: 'm1' }),
      redirect('1001', 'TIMEOUT', { enabled: true, destination: mobile }),
      redirect('+497211230', 'ALWAYS', { enabled: true, destination: mobile, group: true }),
      redirect('+497211230', 'TIMEOUT', { enabled: true, destination: '1002' }),
    ])
    .on('redirect.setRedirectSetting', () => true)
    .on('group.getGroupSettings', () => [
      { id: 'g1', name: 'Vertrieb', phoneNumbers: ['200', '+4972112320'], active: true },
      { id: 'g2', name: 'Support', phoneNumbers: ['201'], active: false },
      { id: 'g3', name: kPeople[6][0], phoneNumbers: [] },
    ])
    .on('group.setGroupSetting', () => true)
    .on('license.list', () => ({
      seats: 5,
      taken: 3,
      holders: [
        { user: '0011', since: Date.now() - 3_600_000, sessions: 1 },
        { user: 'dora.dietz@example.com', since: Date.now() - 90_000_000, sessions: 2 },
        { user: '1007', since: null, sessions: 1 },
      ],
    }))
    .on('license.revoke', () => true);
}
