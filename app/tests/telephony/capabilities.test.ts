import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Capabilities } from '../../telephony/capabilities.ts';
import { toTelephonyError } from '../../telephony/errors.ts';
import { Uci } from '../../telephony/uci.ts';
import { FakeSession } from './fakes.ts';

test('nothing is offered until the PBX has been asked', () => {
  assert.equal(new Capabilities().offers('call.hold'), false);
});

test('a PBX that names services has the methods of their version', () => {
  const capabilities = new Capabilities();
  capabilities.setProvided(['ucp.v30.requests.call', 'ucp.v22.requests.phone'], []);
  assert.ok(capabilities.offers('call.hold'));
  assert.ok(!capabilities.offers('phone.getPhoneIds'));
  capabilities.setVersion({ services: ['ucp.v22.events.call'] });
  capabilities.setProvided(['ucp.v22.requests.call'], []);
  assert.ok(capabilities.offers('call.placeCallWithPhone'));
  assert.ok(!capabilities.offers('call.hold'));
});

test('a PBX that names methods has those and no others', () => {
  const capabilities = new Capabilities();
  capabilities.setProvided(
    ['ucp.v30.requests.call', 'ucp.v30.requests.call.hangupCall', 'ucp.v30.requests.phone'],
    [],
  );
  assert.ok(capabilities.offers('call.hangupCall'));
  assert.ok(!capabilities.offers('call.hold'));
  assert.ok(capabilities.offers('phone.getPhoneIds'));
});

test('a PBX that does not tell is taken to have what is known of its version', () => {
  for (const answer of [undefined, null, [], {}, [7, null, 'odd'], 'no']) {
    const capabilities = new Capabilities();
    capabilities.setProvided(answer, answer);
    assert.ok(capabilities.offers('functionKey.getFunctionKeys'));
  }
});

test('no answer leaves what was known', () => {
  const capabilities = new Capabilities();
  capabilities.setProvided(['ucp.v30.requests.call'], ['ucp.v30.events.call']);
  capabilities.setProvided(null, null);
  assert.ok(!capabilities.offers('phone.getPhoneIds'));
  assert.ok(capabilities.state.get().events.has('ucp.v30.events.call'));
});

test('a refusal is remembered until the next sign-in', () => {
  const capabilities = new Capabilities();
  capabilities.setProvided(['ucp.v30.requests.call'], []);
  capabilities.learn('call.hold', toTelephonyError({ code: 'uci.timeout' }));
  assert.ok(capabilities.offers('call.hold'));
  capabilities.learn('call.hold', toTelephonyError({ code: 'session.method-not-allowed' }));
  assert.ok(!capabilities.offers('call.hold'));
  capabilities.setProvided(['ucp.v30.requests.call'], []);
  assert.ok(capabilities.offers('call.hold'));
});

test('the version comes from the sign-in or from the agent, and an odd one is ignored', () => {
  const capabilities = new Capabilities();
  capabilities.setVersion({ uci: { version: 'v22' } });
  assert.equal(capabilities.version, 'v22');
  for (const odd of [null, {}, { uci: 'v30' }, { uci: { version: 'v99' } }, { services: [7] }]) {
    capabilities.setVersion(odd);
  }
  assert.equal(capabilities.version, 'v22');
});

test('an order that is not offered asks nobody', async () => {
  const session = new FakeSession();
  const uci = new Uci(session);
  await assert.rejects(uci.order('call.hold', ['a']), { code: 'telephony.not-offered' });
  assert.deepEqual(session.asked, []);
});

test('reads go a few at a time, commands pass them', async () => {
  const session = new FakeSession();
  const uci = new Uci(session);
  let running = 0;
  let most = 0;
  session.on('call.getCallState', async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((go) => setImmediate(go));
    running -= 1;
    return {};
  });
  session.on('call.hangupCall', () => true);
  const reads = Array.from({ length: 50 }, () => uci.read('call.getCallState', ['a']));
  await uci.command('call.hangupCall', ['a']);
  assert.ok(session.count('call.getCallState') < 10);
  await Promise.all(reads);
  assert.equal(most, 4);
});
