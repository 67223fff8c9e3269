import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotOffered } from '../../telephony/errors.ts';
import { Telephony, toTelephonyError } from '../../telephony/index.ts';
import type { Params, Session } from '../../connection/session.ts';
import { FakeClock, settle } from '../connection/fake_clock.ts';
import { recording } from './recording.ts';

interface Step {
  readonly request?: string;
  readonly event?: string;
  readonly mark?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { code: string; message: string };
}

/** Commands of the recording move it on; questions are answered by its next or last answer. */
class Replay implements Session {
  readonly unexpected: string[] = [];
  readonly steps: readonly Step[];
  private place = 0;
  private handler: (method: string, params: unknown) => void = () => undefined;

  constructor(text: string) {
    this.steps = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Step);
  }

  onEvent(handler: (method: string, params: unknown) => void): () => void {
    this.handler = handler;
    return () => undefined;
  }

  async request(method: string, params: Params = []): Promise<unknown> {
    await Promise.resolve();
    const wanted = JSON.stringify(params);
    const places = this.steps.flatMap((step, at) =>
      step.request === method && JSON.stringify(step.params) === wanted ? [at] : [],
    );
    const at = places.find((one) => one >= this.place) ?? places.at(-1);
    const step = at === undefined ? undefined : this.steps[at];
    if (at === undefined || step === undefined) {
      this.unexpected.push(`${method} ${wanted}`);
      throw toTelephonyError({ code: 'uci.fault', message: 'not in the recording' });
    }
    const isCommand = /\.(hold|hangupCall|placeCallWithPhone|set\w+)$/.test(method);
    if (isCommand && at >= this.place) this.playTo(at + 1);
    if (step.error !== undefined) throw toTelephonyError(step.error);
    return step.result;
  }

  play(mark: string): void {
    const end = this.steps.findIndex((step) => step.mark === mark);
    assert.ok(end >= this.place, mark);
    this.playTo(end + 1);
  }

  private playTo(end: number): void {
    const begin = this.place;
    this.place = end;
    for (const { event, params } of this.steps.slice(begin, end)) {
      if (event !== undefined) this.handler(event, params);
    }
  }
}

test('a recorded conversation with agent and PBX is followed from sign-in to the end', async () => {
  const clock = new FakeClock();
  const session = new Replay(recording);
  const id = '6e0c3ab5-9f6c-4d7e-8a34-2f1d5e7b9c01';
  const telephony = new Telephony(session, clock, { newId: () => id });
  const { calls } = telephony;
  const login = session.steps.find((step) => step.request === 'session.login')?.result;
  await telephony.start(login);
  session.play('started');
  assert.equal(telephony.state.get().phase, 'ready');
  assert.deepEqual(telephony.phones.state.get().value.primaryId, 'SIP/1001');
  assert.equal(telephony.colleagues.state.get().value[0]?.name, 'Ben Brandt');
  assert.equal(telephony.forwardings.state.get().value.length, 3);
  assert.equal(telephony.seats.state.get().status, 'ready');

  session.play('rings');
  const ringing = calls.list.get()[0];
  assert.deepEqual(
    [ringing?.phase, ringing?.direction, ringing?.caller.name],
    ['ringing', 'incoming', 'Zoe <b>Zimmer</b>'],
  );
  session.play('talks');
  const talking = calls.list.get()[0];
  assert.ok(talking?.phase === 'connected');
  await telephony.gap();
  assert.equal(calls.list.get()[0], talking);
  assert.equal(calls.status.get().stale, false);
  await calls.hold(talking.id, true);
  await calls.hold(talking.id, false);
  await calls.hangUp(talking.id);
  assert.deepEqual(calls.list.get(), []);

  session.play('missed');
  await clock.advance(2000);
  assert.equal(telephony.missed.state.get().value.count, 1);
  assert.equal(telephony.presence.state.get().value.telephony, 'available');

  const attempt = await telephony.dialler.dial('10 02');
  assert.equal(attempt.status, 'placed');
  session.play('dialled');
  assert.deepEqual(
    calls.list.get().map((call) => [call.id, call.phase]),
    [[id, 'connected']],
  );
  assert.equal(calls.list.get()[0]?.called.name, 'Ben Brandt');
  const stopWatching = telephony.colleagues.watch(['blf-1002']);
  await settle();
  assert.equal(telephony.colleagues.state.get().value[0]?.lamp, 'busy');
  stopWatching();
  await calls.hangUp(id);
  assert.deepEqual(calls.list.get(), []);

  session.play('end of dial');
  await clock.advance(2000);
  const entries = telephony.journal.state.get().entries;
  assert.deepEqual(
    entries.map((one) => [one.direction, one.result, one.name]),
    [
      ['outgoing', 'answered', 'Ben Brandt'],
      ['incoming', 'missed', 'Missed Caller'],
      ['incoming', 'answered', 'Zoe <b>Zimmer</b>'],
    ],
  );
  await telephony.presence.setDoNotDisturb(true);
  assert.equal(telephony.presence.state.get().value.doNotDisturb, true);
  assert.deepEqual(session.unexpected, []);
  telephony.stop();
  assert.equal(clock.pending, 0);
});

test('the fault for a request that the recorded PBX does not have is recognised', () => {
  const step = new Replay(recording).steps.find((one) => one.request?.endsWith('.conference'));
  assert.ok(step?.error !== undefined && isNotOffered(toTelephonyError(step.error)));
});
