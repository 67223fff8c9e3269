// What asks the agent for people, over a PBX of a few functions.

import { Rest } from '../../telephony/rest.ts';
import { Uci } from '../../telephony/uci.ts';
import { OwnName, Users } from '../../telephony/users.ts';
import { FakeClock } from '../connection/fake_clock.ts';
import { allServices, FakeSession } from './fakes.ts';

export function restParts() {
  const clock = new FakeClock();
  const session = new FakeSession();
  const uci = new Uci(session);
  uci.capabilities.setProvided(allServices, []);
  const rest = new Rest(uci);
  const users = new Users(uci, clock, rest);
  const own = new OwnName(uci, clock, rest);
  /** That parameter of each call of the method. */
  const asked = (method: string, name: string): unknown[] =>
    session.asked
      .filter((one) => one.method === method)
      .map(({ params }) => (params[0] as Record<string, unknown>)[name]);
  return { clock, session, uci, rest, users, own, asked };
}
