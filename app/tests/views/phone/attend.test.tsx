import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { closeScreen, incoming, openScreen, talking } from './screen.tsx';
import type { Screen } from './screen.tsx';

after(closeScreen);

async function ring(screen: Screen, call: Record<string, unknown> = incoming): Promise<void> {
  await screen.change(() => {
    screen.session.call(call);
  });
}

test('an incoming call rings and is in the title, until it is over', async () => {
  const screen = await openScreen();
  await ring(screen);
  assert.equal(screen.host.ringing, true);
  assert.equal(screen.host.title, 'Zoe Zimmermann is calling');
  await ring(screen, { ...incoming, state: 'CONNECTED' });
  assert.equal(screen.host.ringing, false);
  assert.equal(screen.host.title, '');
});

test('a second call does not ring into the ear of somebody who talks', async () => {
  const screen = await openScreen();
  await ring(screen, talking);
  await ring(screen);
  assert.equal(screen.host.ringing, false);
  assert.equal(screen.host.title, 'Zoe Zimmermann is calling');
});

test('nothing rings on while it is not known whether the call does', async () => {
  const screen = await openScreen();
  await ring(screen);
  await screen.change(() => {
    screen.connection.show({ phase: 'interrupted' });
  });
  assert.equal(screen.host.ringing, false);
  await screen.change(() => {
    screen.connection.show({ phase: 'signed-in' });
  });
  assert.equal(screen.host.ringing, true);
  await screen.change(() => {
    screen.session.emit('session.pbx', { connected: false });
  });
  assert.equal(screen.host.ringing, false);
});

test('a notice is shown to whoever looks elsewhere, once, and taken away', async () => {
  const screen = await openScreen();
  screen.host.visible.value = false;
  await ring(screen, { ...incoming, callerName: '' });
  assert.deepEqual(screen.host.shown, ['+49 7215550123 is calling']);
  await ring(screen);
  assert.deepEqual(screen.host.shown, ['Zoe Zimmermann is calling'], 'the name came late');
  await screen.change(() => {
    screen.host.visible.value = true;
  });
  assert.equal(screen.host.shown.length, 1);
  await ring(screen, { ...incoming, state: 'HANGUP' });
  assert.deepEqual(screen.host.shown, []);
});

test('a hundred calls at once are not a hundred notices', async () => {
  const screen = await openScreen();
  screen.host.visible.value = false;
  for (let at = 0; at < 100; at += 1) await ring(screen, { ...incoming, id: `in ${at}` });
  assert.equal(screen.host.shown.length, 5);
  await ring(screen, { ...incoming, id: 'in 0', state: 'HANGUP' });
  assert.equal(screen.host.shown.length, 5, 'another one takes its place');
});

test('no notice for somebody who looks at the page', async () => {
  const screen = await openScreen();
  await ring(screen);
  assert.deepEqual(screen.host.shown, []);
});

test('on another page the header says who calls, and leads back', async () => {
  const screen = await openScreen();
  await screen.change(() => {
    screen.shell.show('info');
  });
  await ring(screen);
  await screen.press('Zoe Zimmermann is calling');
  assert.equal(screen.shell.page.value, 'main');
});

test('the ring tone can be turned on where the browser wants a click first', async () => {
  const screen = await openScreen();
  screen.host.soundAllowed.value = false;
  await ring(screen);
  assert.ok(screen.buttons().includes('Turn on ring tone'));
  await screen.change(() => {
    screen.host.soundAllowed.value = true;
  });
  assert.ok(!screen.buttons().includes('Turn on ring tone'));
});

test('notices are offered once; who declines is not asked again', async () => {
  const screen = await openScreen();
  await screen.change(() => {
    screen.host.notices.value = 'ask';
  });
  await screen.press('Not now');
  assert.ok(!screen.buttons().includes('Turn on'));
  assert.equal(await screen.host.cabinet.load('notices-declined', 'long'), true);
});

test('when the user has gone, nothing of that one is left', async () => {
  const screen = await openScreen();
  const { host } = screen;
  await screen.type(screen.numberField(), '0721');
  await ring(screen);
  await closeScreen();
  assert.equal(host.ringing, false);
  assert.equal(host.title, '');
  assert.equal(host.badge, 0);
  const { deskOf } = await import('../../../views/phone/desk.ts');
  assert.equal(deskOf(screen.telephony).number.value, '');
});
