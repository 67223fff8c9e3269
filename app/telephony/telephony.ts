// All of it joined: what is asked at sign-in and in which order, what each event means, and what
// is read again after a gap.

import type { Clock } from '../connection/clock.ts';
import type { Session } from '../connection/session.ts';
import type { Readable } from '../connection/store.ts';
import { Store } from '../connection/store.ts';
import { Avatars } from './avatars.ts';
import { Calls } from './calls.ts';
import type { Call } from './call.ts';
import type { Capabilities } from './capabilities.ts';

import { Colleagues, defaultPace } from './colleagues.ts';
import type { PollingPace } from './colleagues.ts';
import { ContactSearch } from './contact-search.ts';
import { Dialler } from './dialler.ts';
import type { DialMemory } from './dialler.ts';
import { TelephonyError, toTelephonyError, codes } from './errors.ts';
import { Forwardings } from './forwardings.ts';
import { Groups } from './groups.ts';
import { Journal } from './journal.ts';
import { eventName } from './methods.ts';
import { MissedCalls } from './missed.ts';
import type { SeenMark, SeenMemory } from './missed.ts';
import { Names } from './names.ts';
import { defaultRules } from './numbers.ts';
import type { NumberRules } from './numbers.ts';
import { Phones } from './phones.ts';
import { Presence } from './presence.ts';
import { Refresher } from './refresher.ts';
import { Rest } from './rest.ts';
import { routeEvent } from './routing.ts';
import { Seats } from './seats.ts';
import { Uci } from './uci.ts';
import { OwnName, Users } from './users.ts';
import { flag, list, member, texts } from './values.ts';
import { Voicemail } from './voicemail.ts';

export interface TelephonyOptions {
  readonly newId: () => string;
  readonly rules?: NumberRules;
  readonly pace?: PollingPace;
  readonly dials?: DialMemory;
  readonly seen?: SeenMemory;
  /** From 0 to 1. */
  readonly random?: () => number;
}

export interface TelephonyState {
  readonly phase: 'stopped' | 'starting' | 'ready';
  /** Whether the agent has the user's connection to the PBX. */
  readonly connected: boolean;
  /** Why the user was signed out; the session needs another sign-in. */
  readonly signedOut: TelephonyError | null;
}

/** Event services that are worth having, without `ucp.vNN.events.`, where the PBX has them. */
const kServices = [
  'call',
  'conferencecall',
  'ccbscall',
  'userState',
  'functionKey',
  'callList',
  'redirect',
  'phone',
  'group',
  'voicemailList',
];

/** After a gap, settings are read within so many ms. */
const kSpread = 20_000;

export class Telephony {
  private readonly session: Session;
  private readonly uci: Uci;
  private readonly store = new Store<TelephonyState>({
    phase: 'stopped',
    connected: true,
    signedOut: null,
  });
  private readonly rest: Rest;
  private readonly gaps: Refresher;
  private readonly clock: Clock;
  private readonly random: () => number;
  private callOffSettings: (() => void) | null = null;
  private endEvents: (() => void) | null = null;
  private run = 0;

  readonly state: Readable<TelephonyState> = this.store;
  readonly capabilities: Capabilities;
  readonly calls: Calls;
  readonly dialler: Dialler;
  readonly journal: Journal;
  readonly missed: MissedCalls;
  readonly presence: Presence;
  readonly colleagues: Colleagues;
  readonly forwardings: Forwardings;
  readonly phones: Phones;
  readonly voicemail: Voicemail;
  readonly groups: Groups;
  readonly seats: Seats;
  readonly users: Users;
  readonly ownName: OwnName;
  readonly avatars: Avatars;
  readonly names: Names;

  constructor(session: Session, clock: Clock, options: TelephonyOptions) {
    const rules = options.rules ?? defaultRules;
    const uci = new Uci(session);
    this.session = session;
    this.uci = uci;
    this.clock = clock;
    this.random = options.random ?? Math.random;
    this.capabilities = uci.capabilities;
    this.rest = new Rest(uci);
    this.users = new Users(uci, clock, this.rest);
    this.ownName = new OwnName(uci, clock, this.rest);
    this.avatars = new Avatars(this.rest, this.users, this.ownName);
    this.names = new Names(this.rest, clock, rules, this.users);
    this.calls = new Calls(uci, clock, rules, this.names);
    this.dialler = new Dialler(uci, this.calls, rules, options.newId, options.dials);
    this.journal = new Journal(uci, clock, this.names);
    this.missed = new MissedCalls(uci, clock, options.seen ?? pageMemory());
    this.presence = new Presence(uci, clock);
    this.colleagues = new Colleagues(uci, clock, options.pace ?? defaultPace);
    this.forwardings = new Forwardings(uci, clock, rules, () => {
      this.presence.readSoon();
    });
    this.phones = new Phones(uci, clock);
    this.voicemail = new Voicemail(uci, clock);
    this.groups = new Groups(uci, clock);
    this.seats = new Seats(uci, clock);
    this.gaps = new Refresher(clock, () => this.readAfterGap());
    this.calls.list.subscribe((calls) => {
      this.presence.follow(calls);
    });
    this.calls.table.onEnded((call) => {
      this.ended(call);
    });
  }

  /**
   * After the sign-in. Running calls come first, the settings last; what fails is in the state of
   * its part and holds up nothing else. Also after another sign-in: what is shown stays.
   *
   * @param login the answer to session.login.
   */
  async start(login: unknown): Promise<void> {
    const run = ++this.run;
    this.endEvents ??= this.session.onEvent((method, params) => {
      this.event(method, params);
    });
    this.rest.reset();
    this.store.set({ phase: 'starting', connected: true, signedOut: null });
    this.capabilities.setVersion(login);
    const running = this.calls.read();
    await this.askCapabilities();
    if (run !== this.run) return;
    await Promise.all([running, this.subscribe(login), this.presence.read(), this.phones.read()]);
    if (run !== this.run) return;
    this.store.patch({ phase: 'ready' });
    await Promise.all([this.dialler.restore(), this.journal.read(), this.missed.read()]);
    if (run !== this.run) return;
    await this.readSettings();
  }

  /** Reads again what events may have changed unseen; for a session that was opened anew, `start`. */
  gap(): Promise<void> {
    this.calls.lost();
    return this.gaps.now();
  }

  /** For one field in which somebody types. */
  newSearch(): ContactSearch {
    return new ContactSearch(this.rest, this.clock);
  }

  stop(): void {
    this.run += 1;
    this.endEvents?.();
    this.endEvents = null;
    this.gaps.stop();
    this.callOffSettings?.();
    this.callOffSettings = null;
    this.calls.stop();
    this.dialler.stop();
    this.capabilities.reset();
    for (const part of [this.journal, this.missed, this.presence, this.colleagues]) part.stop();
    for (const part of [this.forwardings, this.phones, this.voicemail]) part.stop();
    for (const part of [this.groups, this.seats, this.users]) part.stop();
    for (const part of [this.ownName, this.avatars, this.names]) part.stop();
    this.store.patch({ phase: 'stopped' });
  }

  private async askCapabilities(): Promise<void> {
    const { uci } = this;
    const info = await uci.agent('system.info').catch(() => null);
    this.capabilities.setVersion(info);
    const [requests, events] = await Promise.all([
      uci.read('service.getProvidedRequests').catch(() => null),
      uci.read('service.getProvidedEvents').catch(() => null),
    ]);
    this.capabilities.setProvided(requests, events);
  }

  /** The agent has subscribed some; each of the others is one wish, and may be refused. */
  private async subscribe(login: unknown): Promise<void> {
    const { version, events } = this.capabilities.state.get();
    const have = new Set(texts(member(login, 'services'), 100));
    const wanted = kServices
      .map((service) => `ucp.${version}.events.${service}`)
      .filter((service) => events.has(service) && !have.has(service));
    await Promise.all(
      wanted.map((service) =>
        this.uci.read('service.subscribeEvents', [service]).catch(() => null),
      ),
    );
  }

  private async readSettings(): Promise<void> {
    await Promise.all([
      this.colleagues.read(),
      this.forwardings.read(),
      this.groups.read(),
      this.voicemail.read(),
      this.seats.read(),
      this.users.read(),
      this.ownName.read(),
    ]);
  }

  private async readAfterGap(): Promise<void> {
    if (this.endEvents === null) return;
    await this.calls.read();
    await Promise.all([this.presence.read(), this.missed.read(), this.journal.read()]);
    // All users of a PBX see the gap at the same moment; what can wait does so for different times.
    this.callOffSettings ??= this.clock.after(this.random() * kSpread, () => {
      this.callOffSettings = null;
      void Promise.all([this.phones.read(), this.readSettings()]);
    });
  }

  private event(method: string, params: unknown): void {
    if (method === 'session.pbx') {
      this.pbx(flag(member(params, 'connected'), true));
      return;
    }
    if (method === 'session.signedOut') {
      this.signedOut(params);
      return;
    }
    const found = eventName(method);
    if (found !== null) routeEvent(this, found.service, found.name, list(params, 10)[0]);
  }

  private pbx(connected: boolean): void {
    this.store.patch({ connected });
    this.calls.lost();
    if (connected) this.gaps.soon();
    else this.gaps.cancel();
  }

  private signedOut(params: unknown): void {
    const told = toTelephonyError(params);
    const error =
      told.code === codes.unknown
        ? new TelephonyError('session.signed-out', told.message, told.hint)
        : told;
    this.stop();
    this.store.patch({ signedOut: error });
  }

  private ended(call: Call): void {
    if (this.store.get().phase !== 'ready') return;
    this.journal.readSoon();
    if (call.direction === 'outgoing' || call.connectedAt !== null) return;
    this.missed.readSoon();
    this.voicemail.readSoon();
  }
}

/** For a host without a place to keep things: as long as the page lives. */
function pageMemory(): SeenMemory {
  let kept: SeenMark | null = null;
  return {
    load: () => kept,
    save: (mark) => {
      kept = mark;
    },
  };
}
