import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { deferred, RpcError } from '../../telephony/fakes.ts';
import { closeScreen, openScreen } from './screen.tsx';

after(closeScreen);

test('a typed number is dialled by Enter, once, and the field is empty for the next', async () => {
  const screen = await openScreen();
  await screen.type(screen.numberField(), '1002');
  await screen.key(screen.numberField(), 'Enter');
  assert.deepEqual(screen.session.last('call.placeCallWithPhone'), ['1002', null, 'new-1']);
  assert.equal(screen.session.count('call.placeCallWithPhone'), 1);
  assert.equal(screen.numberField().value, '');
});

test('while a call is being placed, the button is busy and a second press does nothing', async () => {
  const answer = deferred<unknown>();
  const screen = await openScreen({
    pbx: (session) => session.on('call.placeCallWithPhone', () => answer.promise),
  });
  await screen.type(screen.numberField(), '1002');
  await screen.key(screen.numberField(), 'Enter');
  assert.equal(screen.button('Call').getAttribute('aria-busy'), 'true');
  await screen.key(screen.numberField(), 'Enter');
  assert.equal(screen.session.count('call.placeCallWithPhone'), 1);
  assert.deepEqual(screen.cards(), ['10021 0 0 2']);
  await screen.type(screen.numberField(), '1003');
  await screen.change(() => {
    answer.resolve('new-1');
  });
  assert.equal(screen.numberField().value, '1003', 'what was typed meanwhile stays');
});

test('Esc clears the field', async () => {
  const screen = await openScreen();
  await screen.type(screen.numberField(), '0721 15');
  await screen.key(screen.numberField(), 'Escape');
  assert.equal(screen.numberField().value, '');
});

test('the button that clears the field leads the focus back to it', async () => {
  const screen = await openScreen();
  await screen.type(screen.numberField(), '0721 15');
  screen.button('Clear').focus();
  await screen.press('Clear');
  assert.equal(screen.numberField().value, '');
  assert.equal(document.activeElement, screen.numberField());
});

test('a pasted number may be spelled in any way', async () => {
  const screen = await openScreen();
  for (const spelled of [
    'tel:+49-721-5550123',
    ' +49 (0)721 / 555 01 23\n',
    '＋４９ 721 5550123',
  ]) {
    await screen.type(screen.numberField(), '');
    await screen.paste(screen.numberField(), spelled);
    assert.equal(screen.numberField().value, '+49 7215550123');
  }
  await screen.key(screen.numberField(), 'Enter');
  assert.equal(screen.session.last('call.placeCallWithPhone')?.[0], '00497215550123');
});

test('two pasted numbers do not become one', async () => {
  const screen = await openScreen();
  await screen.paste(screen.numberField(), '0721 1234\n0721 5678');
  await screen.key(screen.numberField(), 'Enter');
  assert.equal(screen.session.count('call.placeCallWithPhone'), 0);
  assert.match(screen.text('.dial [role=alert]'), /only one phone number/);
});

test('what cannot be dialled is said, until the number is changed', async () => {
  const screen = await openScreen();
  await screen.type(screen.numberField(), 'flowers');
  await screen.key(screen.numberField(), 'Enter');
  assert.match(screen.text('.dial [role=alert]'), /choose a contact/);
  assert.equal(screen.numberField().getAttribute('aria-invalid'), 'true');
  await screen.type(screen.numberField(), 'flower');
  assert.equal(screen.all('.dial [role=alert]').length, 0);
});

test('a name finds a contact; arrow and Enter take the number, another Enter dials', async () => {
  const screen = await openScreen();
  const field = screen.numberField();
  await screen.type(field, 'car');
  assert.deepEqual(
    screen.all('[role=option] bdi:first-child').map((one) => one.title),
    ['Carla Conrad', '1003'],
  );
  assert.equal(field.getAttribute('aria-expanded'), 'true');
  await screen.key(field, 'ArrowDown');
  const chosen = screen.one('[role=option][aria-selected=true]');
  assert.equal(field.getAttribute('aria-activedescendant'), chosen.id);
  await screen.key(field, 'Enter');
  assert.equal(field.value, '1003');
  assert.equal(screen.session.count('call.placeCallWithPhone'), 0);
  await screen.key(field, 'Enter');
  assert.equal(screen.session.last('call.placeCallWithPhone')?.[0], '1003');
});

test('a number from a link fills the field and never dials', async () => {
  const screen = await openScreen({ startNumber: '+49 721 5550123' });
  assert.equal(screen.numberField().value, '+49 721 5550123');
  assert.equal(document.activeElement, screen.numberField());
  assert.equal(screen.session.count('call.placeCallWithPhone'), 0);
  await screen.type(screen.numberField(), '');
  assert.equal(screen.numberField().value, '', 'it is filled in once');
});

test('a refused call says why, keeps the number, and can be tried again', async () => {
  let refuse = true;
  const screen = await openScreen({
    pbx: (session) =>
      session.on('call.placeCallWithPhone', (...call: unknown[]) => (refuse ? '' : call[2])),
  });
  await screen.type(screen.numberField(), '1002');
  await screen.key(screen.numberField(), 'Enter');
  assert.match(screen.text('.dial .message.error'), /1002 was not placed.*refused/);
  assert.equal(screen.numberField().value, '1002');
  refuse = false;
  await screen.press('Call again');
  assert.equal(screen.session.count('call.placeCallWithPhone'), 2);
  assert.equal(screen.all('.dial .message').length, 0);
});

test('a call that may have been placed is repeated with the same id only', async () => {
  let lost = true;
  const screen = await openScreen({
    pbx: (session) =>
      session
        .on('call.getCallState', () => ({}))
        .on('call.placeCallWithPhone', (...call: unknown[]) => {
          if (lost) throw new RpcError('uci.timeout');
          return call[2];
        }),
  });
  await screen.type(screen.numberField(), '1002');
  await screen.key(screen.numberField(), 'Enter');
  assert.match(screen.text('.dial .message.warning'), /not certain whether 1002 is being called/);
  lost = false;
  await screen.press('Call again');
  const ids = screen.session.asked
    .filter((one) => one.method === 'call.placeCallWithPhone')
    .map((one) => one.params[2]);
  assert.deepEqual(ids, ['new-1', 'new-1']);
});

test('the reason stays when the refusal shows that calls are not offered', async () => {
  const screen = await openScreen({
    pbx: (session) =>
      session.on('call.placeCallWithPhone', () => {
        throw new RpcError('session.method-not-allowed');
      }),
  });
  await screen.type(screen.numberField(), '1002');
  await screen.key(screen.numberField(), 'Enter');
  assert.equal(screen.all('.dial form').length, 0);
  assert.match(screen.text('.message.error'), /administrator does not allow/);
  // Nor is it offered to try again.
  assert.deepEqual(screen.buttons(screen.one('.message.error')), ['Dismiss']);
});

test('a number that the user may not call leaves the field for others', async () => {
  const screen = await openScreen({
    pbx: (session) =>
      session.on('call.placeCallWithPhone', () => {
        throw new RpcError('uci.access-refused');
      }),
  });
  await screen.type(screen.numberField(), '0012125550100');
  await screen.key(screen.numberField(), 'Enter');
  assert.match(screen.text('.message.error'), /no right or licence/);
  assert.ok(screen.button('Call again'));
  await screen.type(screen.numberField(), '1002');
  await screen.key(screen.numberField(), 'Enter');
  assert.equal(screen.session.count('call.placeCallWithPhone'), 2);
});

test('while the connection is interrupted nothing is dialled, and the field says why', async () => {
  const screen = await openScreen();
  await screen.type(screen.numberField(), '1002');
  await screen.change(() => {
    screen.connection.show({ phase: 'interrupted' });
  });
  assert.equal(screen.button('Call').getAttribute('aria-disabled'), 'true');
  assert.match(screen.text('.dial .below'), /as soon as the connection is restored/);
  await screen.key(screen.numberField(), 'Enter');
  assert.equal(screen.session.count('call.placeCallWithPhone'), 0);
  assert.equal(screen.numberField().value, '1002');
  await screen.change(() => {
    screen.connection.show({ phase: 'signed-in' });
  });
  await screen.key(screen.numberField(), 'Enter');
  assert.equal(screen.session.count('call.placeCallWithPhone'), 1);
});

test('a PBX that is away is said, and nothing is dialled', async () => {
  const screen = await openScreen();
  await screen.change(() => {
    screen.session.emit('session.pbx', { connected: false });
  });
  assert.match(screen.text('.message.warning'), /STARFACE cannot be reached/);
  assert.equal(screen.button('Call').getAttribute('aria-disabled'), 'true');
});

test('without the request there is no number field', async () => {
  const services = ['ucp.v30.requests.call.getCallIds', 'ucp.v30.requests.callList'];
  const screen = await openScreen({ services });
  assert.equal(screen.all('.dial').length, 0);
});
