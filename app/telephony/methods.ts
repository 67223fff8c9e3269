// The requests of UCI that this layer uses, and since which version they are known.

const kSince = {
  service: { subscribeEvents: 22, getProvidedEvents: 22, getProvidedRequests: 22 },
  call: {
    getCallIds: 22,
    getCallState: 22,
    placeCallWithPhone: 22,
    hangupCall: 22,
    hold: 30,
    forward: 30,
    conference: 30,
  },
  phone: {
    getPhoneIds: 22,
    getPrimaryPhoneId: 22,
    setPrimaryPhoneId: 22,
    getAvailableDisplayNumbers: 22,
    getDisplayNumberId: 22,
    setDisplayNumberId: 22,
    getCallWaitingIndication: 22,
    setCallWaitingIndication: 22,
  },
  userState: { getUserState: 22, setDoNotDisturbSetting: 22, setChatPresenceMessage: 22 },
  callList: {
    getCallList: 22,
    deleteCallListEntry: 22,
    deleteCallListEntries: 22,
    placeCallbackCallWithPhone: 22,
  },
  redirect: { getRedirectSettings: 22, setRedirectSetting: 22 },
  group: { getGroupSettings: 22, setGroupSetting: 22 },
  functionKey: { getFunctionKeys: 30, getCallInfoForKey: 30 },
  voicemailList: {
    getMailboxes: 22,
    getVoicemailList: 22,
    deleteVoicemailListEntry: 22,
    moveVoicemailListEntry: 22,
  },
} as const;

export type Service = keyof typeof kSince;
/** `call.hold`, `userState.getUserState`, … */
export type Method = {
  [S in Service]: `${S}.${Extract<keyof (typeof kSince)[S], string>}`;
}[Service];

const kTable: ReadonlyMap<string, number> = new Map(
  Object.entries(kSince).flatMap(([service, methods]) =>
    Object.entries(methods).map(([name, since]): [string, number] => [`${service}.${name}`, since]),
  ),
);

export type UciVersion = 'v22' | 'v30';

/** Whether that version of UCI has the method, as far as public sources say. */
export function isKnownIn(version: UciVersion, method: Method): boolean {
  const since = kTable.get(method);
  return since !== undefined && since <= Number(version.slice(1));
}

export function serviceOf(method: Method): string {
  return method.slice(0, method.indexOf('.'));
}

export function wireName(version: UciVersion, method: Method): string {
  return `ucp.${version}.requests.${method}`;
}

/** An event's service and name in any version: `ucp.v30.events.call.receiveCallState`. */
export function eventName(method: string): { service: string; name: string } | null {
  const found = /^ucp\.v\d+\.events\.(\w+)\.(\w+)$/.exec(method);
  const [, service, name] = found ?? [];
  return service === undefined || name === undefined ? null : { service, name };
}
