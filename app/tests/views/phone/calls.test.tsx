import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { deferred, RpcError } from '../../telephony/fakes.ts';
import { closeScreen, incoming, openScreen, talking } from './screen.tsx';
import type { Screen } from './screen.tsx';

after(closeScreen);

const outgoing = { ...talking, state: 'RINGBACK' };

/** An outgoing call that is answered. */
async function talk(screen: Screen): Promise<void> {
  await screen.change(() => {
    screen.session.call(outgoing);
    screen.session.call(talking);
  });
}

async function ring(screen: Screen, call: Record<string, unknown> = incoming): Promise<void> {
  await screen.change(() => {
    screen.session.call(call);
  });
}

test('an incoming call is shown at once, on top, without taking the focus', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.type(screen.numberField(), '07');
  await ring(screen);
  assert.deepEqual(screen.cards(), ['Zoe Zimmermann', 'Ben Brandt']);
  assert.equal(document.activeElement, screen.numberField());
  assert.equal(screen.numberField().value, '07');
  const card = screen.card(0);
  assert.equal(card.getAttribute('role'), 'alertdialog');
  assert.equal(card.getAttribute('aria-modal'), 'false');
  const title = document.getElementById(card.getAttribute('aria-labelledby') ?? '');
  assert.equal(title?.textContent, 'Zoe Zimmermann');
  assert.equal(screen.text('.calls > [role=alert]'), 'Incoming call from Zoe Zimmermann');
});

test('each call has a card of its own, and each its own buttons', async () => {
  const screen = await openScreen();
  await talk(screen);
  await ring(screen);
  assert.deepEqual(screen.buttons(screen.card(0)), ['Reject', 'Transfer']);
  assert.deepEqual(screen.buttons(screen.card(1)), ['Hold', 'Transfer', 'Hang up']);
  await screen.clock.advance(1000);
  await screen.press('Reject');
  assert.deepEqual(screen.session.last('call.hangupCall'), ['in']);
  await screen.press('Hang up');
  assert.deepEqual(screen.session.last('call.hangupCall'), ['out']);
});

test('what the PBX does not offer is not shown', async () => {
  const services = ['ucp.v30.requests.call.hangupCall', 'ucp.v30.requests.call.getCallIds'];
  const screen = await openScreen({ services });
  await talk(screen);
  assert.deepEqual(screen.buttons(screen.card(0)), ['Hang up']);
});

test('states are live, and unknown ones are shown as themselves', async () => {
  const screen = await openScreen();
  await ring(screen, outgoing);
  assert.match(screen.text('.card .state'), /Ringing/);
  await ring(screen, talking);
  assert.match(screen.text('.card .state'), /Connected/);
  assert.equal(screen.text('.calls > [role=status]'), 'Ben Brandt: Connected');
  await ring(screen, { ...talking, state: 'LEVITATING' });
  assert.match(screen.text('.card .state'), /LEVITATING/);
  await ring(screen, { ...talking, state: 'HANGUP' });
  assert.deepEqual(screen.cards(), []);
  assert.equal(screen.text('.calls > [role=status]'), 'Call with Ben Brandt has ended');
});

test('the duration ticks by the own clock', async () => {
  const screen = await openScreen();
  await talk(screen);
  assert.equal(screen.text('.elapsed'), '0:00');
  await screen.change(() => screen.clock.advance(62_000));
  assert.equal(screen.text('.elapsed'), '1:02');
  await screen.change(() => screen.clock.advance(3_600_000));
  assert.equal(screen.text('.elapsed'), '1:01:02');
});

test('a call is held and taken up again', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.press('Hold');
  assert.match(screen.text('.card .state'), /On hold/);
  await screen.press('Resume');
  assert.match(screen.text('.card .state'), /Connected/);
  assert.equal(screen.session.count('call.hold'), 2);
});

test('a command under way shows that, and the others wait', async () => {
  const answer = deferred<unknown>();
  const screen = await openScreen({ pbx: (pbx) => pbx.on('call.hold', () => answer.promise) });
  await talk(screen);
  await screen.press('Hold');
  assert.equal(screen.button('Hold').getAttribute('aria-busy'), 'true');
  assert.equal(screen.button('Hang up').getAttribute('aria-disabled'), 'true');
  await screen.press('Hang up');
  assert.equal(screen.session.count('call.hangupCall'), 0);
  await screen.change(() => {
    answer.resolve(true);
  });
  assert.equal(screen.button('Hang up').getAttribute('aria-disabled'), null);
});

test('why a command failed stands on its card', async () => {
  const screen = await openScreen({
    pbx: (pbx) =>
      pbx
        .on('call.getCallIds', () => ['out'])
        .on('call.getCallState', () => talking)
        .on('call.hold', () => {
          throw new RpcError('uci.timeout');
        }),
  });
  await talk(screen);
  await screen.press('Hold');
  assert.match(screen.text('.card .message.error'), /did not answer in time/);
  await screen.press('Dismiss');
  assert.equal(screen.all('.card .message').length, 0);
});

test('a call is transferred to a number, or to a colleague who is offered at once', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.press('Transfer');
  const field = screen.one('.transfer input');
  assert.equal(document.activeElement, field);
  assert.deepEqual(
    screen.all('.transfer [role=option] bdi:first-child').map((one) => one.title),
    ['Carla Conrad', '1003', 'Dora Dietz', '1004'],
  );
  await screen.key(field, 'ArrowDown');
  await screen.key(field, 'Enter');
  await screen.key(field, 'Enter');
  assert.deepEqual(screen.session.last('call.forward'), ['out', '1003']);
});

test('a press beside the open list moves nothing before it is over, so that it is a click', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.press('Transfer');
  const options = (): number => screen.all('.transfer [role=option]').length;
  const press = (type: string): Promise<void> =>
    screen.change(() => {
      screen.one('.transfer .actions').dispatchEvent(new window.Event(type, { bubbles: true }));
    });
  assert.equal(options(), 2);
  await press('pointerdown');
  await screen.change(() => {
    screen.one('.transfer input').blur();
  });
  assert.equal(options(), 2, 'the pointer is down');
  await press('pointerup');
  await screen.change(() => screen.clock.advance(1));
  assert.equal(options(), 0);
});

test('a transfer that was begun survives a second call and its answer', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.press('Transfer');
  await screen.type(screen.one('.transfer input'), '07215');
  await ring(screen);
  assert.deepEqual(screen.cards(), ['Zoe Zimmermann', 'Ben Brandt']);
  const field = screen.one('.transfer input') as HTMLInputElement;
  assert.equal(field.value, '07215');
  assert.equal(document.activeElement, field);
  await ring(screen, { ...incoming, state: 'CONNECTED' });
  assert.deepEqual(screen.cards(), ['Ben Brandt', 'Zoe Zimmermann']);
  assert.equal(document.activeElement, screen.one('.transfer input'));
  await ring(screen, { ...talking, state: 'HANGUP' });
  assert.equal(screen.all('.transfer').length, 0);
});

test('a transfer that was begun while it rang survives the answer', async () => {
  const screen = await openScreen();
  await talk(screen);
  await ring(screen);
  await screen.press('Transfer', screen.card(0));
  await screen.type(screen.one('.transfer input'), '1004');
  await ring(screen, { ...incoming, state: 'CONNECTED' });
  assert.deepEqual(screen.cards(), ['Ben Brandt', 'Zoe Zimmermann']);
  assert.equal(document.activeElement, screen.one('.transfer input'), 'though the card has moved');
  await screen.key(screen.one('.transfer input'), 'Enter');
  assert.deepEqual(screen.session.last('call.forward'), ['in', '1004']);
});

test('Esc clears the target, then leaves the transfer', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.press('Transfer');
  await screen.type(screen.one('.transfer input'), '1');
  await screen.key(screen.one('.transfer input'), 'Escape');
  assert.equal((screen.one('.transfer input') as HTMLInputElement).value, '');
  await screen.key(screen.one('.transfer input'), 'Escape');
  assert.equal(screen.all('.transfer').length, 0);
  assert.equal(document.activeElement, screen.button('Transfer'));
});

test('a target that cannot be dialled is said beside it', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.press('Transfer');
  await screen.type(screen.one('.transfer input'), 'nobody');
  await screen.key(screen.one('.transfer input'), 'Enter');
  assert.match(screen.text('.transfer [role=alert]'), /choose a contact/);
  assert.equal(screen.session.count('call.forward'), 0);
});

test('two calls become a conference', async () => {
  const screen = await openScreen();
  await talk(screen);
  await ring(screen, { ...incoming, state: 'CONNECTED' });
  await screen.press('Conference', screen.card(0));
  assert.deepEqual(screen.session.last('call.conference'), [['out', 'in'], null]);
});

test('of three calls, it is asked which ones', async () => {
  const screen = await openScreen();
  await talk(screen);
  await ring(screen, { ...incoming, state: 'CONNECTED' });
  await ring(screen, { ...incoming, id: 'third', state: 'CONNECTED', callerName: 'Emil' });
  await screen.press('Conference', screen.card(0));
  await screen.press('Conference with Emil');
  assert.deepEqual(screen.session.last('call.conference'), [['out', 'third'], null]);
  await screen.press('Conference', screen.card(0));
  await screen.press('Conference with all');
  assert.deepEqual(screen.session.last('call.conference')?.[0], ['out', 'in', 'third']);
});

test('a click that was meant for another card does not reject the new call', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.clock.advance(5000);
  await ring(screen);
  await screen.press('Reject', screen.card(0), 1);
  assert.equal(screen.session.count('call.hangupCall'), 0);
  await screen.clock.advance(600);
  await screen.press('Reject', screen.card(0), 1);
  assert.equal(screen.session.count('call.hangupCall'), 1);
});

test('when a card goes, the focus does not fall onto another call', async () => {
  const screen = await openScreen();
  await talk(screen);
  await ring(screen, { ...incoming, state: 'CONNECTED' });
  screen.button('Hang up', screen.card(0)).focus();
  await ring(screen, { ...talking, state: 'HANGUP' });
  assert.equal(document.activeElement, screen.one('.calls'));
});

test('names are text, with a direction of their own', async () => {
  const screen = await openScreen();
  const name = '<img src=x onerror=alert(1)> \u202eאבג';
  await ring(screen, { ...incoming, callerName: name });
  const shown = screen.one('.card h3 bdi');
  assert.equal(shown.textContent, name);
  assert.equal(shown.title, name);
  assert.equal(screen.all('img').length, 0);
  assert.equal(screen.text('.calls > [role=alert]').includes('\u202e'), false);
});

test('numbers are read out digit by digit', async () => {
  const screen = await openScreen();
  await ring(screen, { ...incoming, callerName: '' });
  assert.equal(screen.text('.card h3 .unseen'), '+ 4 9 7 2 1 5 5 5 0 1 2 3');
  assert.equal(screen.text('.card h3 [aria-hidden]'), '+49 7215550123');
});

test('while the connection is interrupted cards stay, and their buttons wait', async () => {
  const screen = await openScreen();
  await talk(screen);
  await screen.change(() => {
    screen.connection.show({ phase: 'interrupted' });
    screen.telephony.calls.lost();
  });
  assert.deepEqual(screen.cards(), ['Ben Brandt']);
  assert.match(screen.text('.calls > .hint'), /out of date/);
  await screen.press('Hang up');
  assert.equal(screen.session.count('call.hangupCall'), 0);
});

test('of very many calls a piece is drawn, those that ring first; the others on request', async () => {
  const screen = await openScreen();
  await screen.change(() => {
    for (let number = 0; number < 40; ++number) {
      screen.session.call({ ...incoming, id: `talk ${number}`, state: 'CONNECTED' });
    }
    screen.session.call({ ...incoming, callerName: 'Last' });
  });
  assert.equal(screen.cards().length, 12);
  assert.equal(screen.cards()[0], 'Last');
  await screen.press('Show 12 more');
  assert.equal(screen.cards().length, 24);
});
