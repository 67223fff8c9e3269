import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeStage, onStage, type Stage } from '../../gallery/stage.tsx';
import type { Problem } from '../../views/connection.ts';
import { setLanguage } from '../../views/texts/language.ts';
import { FakeClock } from '../connection/fake_clock.ts';
import { button, click, doing, field, find, has, show, submit, text, type } from './page.ts';

const problem = (code: string, retryAt: number | null = null): Problem => ({
  code,
  message: 'the peer says so',
  hint: 'do this',
  retryAt,
});

async function signInScreen(clock = new FakeClock()): Promise<Stage & { clock: FakeClock }> {
  await setLanguage('de');
  const stage = makeStage(
    { phase: 'open', reached: ['connector', 'key', 'agent', 'session'] },
    clock,
  );
  await show(onStage(stage.shell));
  return { ...stage, clock };
}

async function fill(user = '0011', password = 'secret'): Promise<void> {
  await type('STARFACE Benutzername', user);
  await type('STARFACE Passwort', password);
}

test('the window has the words of the original', async () => {
  await signInScreen();
  for (const words of ['STARFACE Anmeldung', 'Passwort lokal speichern', 'Anmelden']) {
    assert.ok(text().includes(words), words);
  }
  assert.ok(button('Andere STARFACE wählen'));
  assert.equal(field('STARFACE Benutzername').autocomplete, 'username');
  assert.equal(field('STARFACE Passwort').autocomplete, 'current-password');
});

test('user and password sign in, for this window or for longer', async () => {
  const stage = await signInScreen();
  await fill(' 0011 ');
  await submit();
  assert.deepEqual(stage.connection.asked, ['signIn 0011']);

  const other = await signInScreen();
  await fill();
  await doing(() => {
    field('Passwort lokal speichern').click();
  });
  await submit();
  assert.deepEqual(other.connection.asked, ['signIn 0011 remember']);
});

test('without a user or a password nothing is asked, and the empty field says so', async () => {
  const stage = await signInScreen();
  await submit();
  assert.match(text(), /Geben Sie Ihren Benutzernamen ein/);
  assert.match(text(), /Geben Sie Ihr Passwort ein/);
  assert.deepEqual(stage.connection.asked, []);
});

test('a refused password is taken out of the field, so that it is not tried twice', async () => {
  const stage = await signInScreen();
  stage.connection.refuse = problem('uci.login-refused');
  await fill();
  await submit();
  assert.match(find('[role="alert"]').textContent, /Benutzername oder Passwort ist falsch/);
  assert.equal(field('STARFACE Passwort').value, '');
  assert.equal(field('STARFACE Benutzername').value, '0011');
});

test('without a seat the same sign-in can be tried again by one click', async () => {
  const stage = await signInScreen();
  stage.connection.refuse = problem('license.no-seat');
  await fill();
  await submit();
  assert.match(text(), /alle Lizenzen belegt/);
  stage.connection.refuse = null;
  await click('Erneut versuchen');
  assert.deepEqual(stage.connection.asked, ['signIn 0011', 'signIn 0011']);
  assert.equal(stage.connection.state.get().phase, 'signed-in');
});

test('a pause counts down the time that is left', async () => {
  const stage = await signInScreen();
  stage.connection.refuse = problem('session.login-paused', stage.clock.now() + 272_000);
  await fill();
  await submit();
  assert.match(text(), /Verbleibende Zeit: 4:32/);
  await doing(() => stage.clock.advance(3_000));
  assert.match(text(), /Verbleibende Zeit: 4:29/);
  await doing(() => stage.clock.advance(300_000));
  assert.match(text(), /Verbleibende Zeit: 0:00/);
  assert.equal(stage.clock.pending, 0);
});

test('each reason for a refusal has a text of its own', async () => {
  const seen = new Set<string>();
  const codes = [
    'uci.login-refused',
    'session.login-paused',
    'license.no-seat',
    'license.not-named',
    'uci.disabled',
    'uci.unreachable',
    'session.ticket-refused',
  ];
  for (const code of codes) {
    const stage = await signInScreen();
    stage.connection.refuse = problem(code);
    await fill();
    await submit();
    seen.add(find('.message').textContent);
  }
  assert.equal(seen.size, codes.length);
});

test('a code that is not known shows what the agent says, as text', async () => {
  const stage = await signInScreen();
  stage.connection.refuse = { ...problem('uci.new'), message: '<img src=x onerror=1> \u202eabc' };
  await fill();
  await submit();
  assert.match(text(), /<img src=x onerror=1>.*\(do this\) \[uci\.new\]/);
  assert.equal(has('img'), false);
});

test('the password can be shown, and the caps lock is reported', async () => {
  await signInScreen();
  await click('Passwort anzeigen');
  assert.equal(field('STARFACE Passwort').type, 'text');
  await click('Passwort verbergen');
  const password = field('STARFACE Passwort');
  assert.equal(password.type, 'password');
  const key = new Event('keydown', { bubbles: true });
  await doing(() => password.dispatchEvent(Object.assign(key, { getModifierState: () => true })));
  assert.match(text(), /Feststelltaste ist eingeschaltet/);
});

test('another STARFACE is chosen after a confirmation only, and nothing is left of this one', async () => {
  const stage = await signInScreen();
  const { cabinet } = stage.host;
  await cabinet.save('system', 'long', {});
  await cabinet.save('ticket pbx', 'tab', {});
  await click('Andere STARFACE wählen');
  assert.equal(document.activeElement, button('Abbrechen'));
  await click('Abbrechen');
  assert.equal(has('dialog'), false);
  assert.notEqual(await cabinet.load('system', 'long'), undefined);
  await click('Andere STARFACE wählen');
  await click('Entfernen');
  assert.equal(await cabinet.load('system', 'long'), undefined);
  assert.equal(await cabinet.load('ticket pbx', 'tab'), undefined);
  assert.match(text(), /Verbindung zu Ihrer STARFACE/);
  assert.deepEqual(stage.connection.asked, ['disconnect']);
});

test('while a kept sign-in is tried again, the reason is shown and a password can be typed', async () => {
  const stage = await signInScreen();
  await doing(() => {
    stage.connection.show({
      phase: 'signing-in',
      problem: problem('license.no-seat', stage.clock.now() + 30_000),
    });
  });
  assert.match(find('.message').textContent, /alle Lizenzen belegt.*Nächster Versuch in 30 s/);
  await click('Erneut versuchen');
  assert.deepEqual(stage.connection.asked, ['retryNow']);
  await fill();
  await submit();
  assert.deepEqual(stage.connection.asked, ['retryNow', 'signIn 0011']);
});

test('a password that is on its way is waited for, though the line is interrupted', async () => {
  const stage = await signInScreen();
  stage.connection.signIn = () => new Promise(() => undefined);
  await fill();
  await submit();
  await doing(() => {
    stage.connection.show({ phase: 'signing-in', problem: problem('client.connection-lost') });
  });
  assert.equal(button('Anmeldung läuft …').ariaBusy, 'true');
  assert.equal(has('.message'), false);
});

test('where the PBX gives the kept sign-in no token, the password can be typed', async () => {
  for (const code of ['oauth.refused', 'oauth.client-refused', 'oauth.no-password-grant']) {
    const stage = await signInScreen();
    await doing(() => {
      stage.connection.show({ phase: 'failed', problem: problem(code) });
    });
    assert.ok(field('STARFACE Passwort'), code);
    await click('Erneut versuchen');
    assert.deepEqual(stage.connection.asked, ['retryNow'], code);
  }
});
