import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Stage } from '../../../gallery/stage.tsx';
import { PhoneChoice } from '../../../views/phone/settings/phone-choice.tsx';
import { Settings } from '../../../views/phone/settings/settings.tsx';
import { RpcError } from '../../telephony/fakes.ts';
import { doing, field, find, has, submit, text, type } from '../page.ts';
import { announced, named, plain, press, sitDown, tick } from './desk.ts';

function open(change?: (stage: Stage) => void) {
  return sitDown((telephony) => <Settings telephony={telephony} />, change);
}

function card(title: string): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>('section.card')];
  const found = all.find((one) => one.querySelector('h3')?.textContent === title);
  assert.ok(found !== undefined, `no card ${title}`);
  return found;
}

const cards = (): (string | null | undefined)[] =>
  [...document.querySelectorAll('h3')].map((one) => one.textContent);

const alert = (): string => plain(find('[role="alert"]').textContent);

/** The numbers' switches of forwardings, in their order. */
function forwarding(number: string): Element {
  const found = [...document.querySelectorAll('fieldset.number')].find((one) =>
    one.querySelector('legend')?.textContent.includes(number),
  );
  assert.ok(found !== undefined);
  return found;
}

test('a card stands for each part that the PBX offers, and for no other', async () => {
  await open();
  assert.deepEqual(cards(), ['Phones', 'Forwarding', 'Groups', 'Licences']);
  for (const section of document.querySelectorAll('section')) {
    assert.ok(document.getElementById(section.getAttribute('aria-labelledby') ?? '') !== null);
  }
  await open(({ session }) => {
    session.on('service.getProvidedRequests', () => ['ucp.v30.requests.group']);
    session.on('license.list', () => {
      throw new RpcError('license.not-administrator');
    });
  });
  assert.deepEqual(cards(), ['Groups']);
});

test('where nothing is offered it says so', async () => {
  await open(({ session }) => {
    session.on('service.getProvidedRequests', () => ['ucp.v30.requests.call']);
    session.on('license.list', () => {
      throw new RpcError('license.not-administrator');
    });
  });
  assert.match(text(), /Your PBX offers no settings here/);
});

test('a part that failed says why and is read again, the others stand', async () => {
  const { session } = await open((stage) => {
    stage.session.on('group.getGroupSettings', () => {
      throw new RpcError('uci.unreachable', 'no way');
    });
  });
  assert.match(card('Groups').textContent, /could not be loaded/);
  session.on('group.getGroupSettings', () => []);
  await press(named('Try again'));
  assert.match(card('Groups').textContent, /You are in no group/);
  assert.equal(tick('1001.desk').checked, true);
});

test('another phone rings at once, and the old one again when the PBX refuses', async () => {
  const { session, wait } = await open();
  await press(tick('1001.dect'));
  assert.deepEqual(session.last('phone.setPrimaryPhoneId'), ['SIP/1001.dect']);
  assert.equal(plain(announced()), '1001.dect now rings when you dial');
  assert.equal(tick('1001.dect').checked, true);
  session.on('phone.setPrimaryPhoneId', () => false);
  session.on('phone.getPrimaryPhoneId', () => 'SIP/1001.dect');
  await press(tick('1001.desk'));
  await wait(1);
  assert.equal(tick('1001.dect').checked, true);
  assert.match(alert(), /^Phones: not changed\. The PBX has refused this/);
  await press(named('Dismiss'));
  assert.equal(has('[role="alert"]'), false);
});

test('phones that cannot be chosen are only listed', async () => {
  await open(({ session }) => {
    session.on('service.getProvidedRequests', () => [
      'ucp.v30.requests.phone.getPhoneIds',
      'ucp.v30.requests.phone.getPrimaryPhoneId',
    ]);
  });
  assert.equal(has('input'), false);
  assert.match(card('Phones').textContent, /1001\.deskThis phone rings when you dial here/);
});

test('the number that others see is chosen from those that the PBX has', async () => {
  const { session } = await open();
  const select = find<HTMLSelectElement>('select');
  assert.equal(select.value, '1');
  await doing(() => {
    select.value = '2';
    select.dispatchEvent(new window.Event('change', { bubbles: true }));
  });
  assert.deepEqual(session.last('phone.setDisplayNumberId'), ['2']);
  assert.equal(announced(), 'Others now see +49 7211230');
  assert.equal(select.value, '2');
});

test('call waiting is switched', async () => {
  const { session } = await open();
  await press(tick('Call waiting'));
  assert.deepEqual(session.last('phone.setCallWaitingIndication'), [false]);
  assert.equal(tick('Call waiting').getAttribute('role'), 'switch');
  assert.equal(announced(), 'Call waiting is off');
});

test('forwardings stand under their number, always first, with where they lead', async () => {
  await open();
  const labels = [...forwarding('1001').querySelectorAll('.switch')].map((one) => one.textContent);
  assert.deepEqual(labels, [
    'Alwaysno destination',
    'When busyto voicemail',
    'No answer after 20\u00a0sto +49 1711234567',
  ]);
  assert.match(forwarding('7211230').textContent, /Group calls to.*Not used while/);
});

test('a forwarding is switched at once, and back when the PBX refuses it', async () => {
  const { session, wait } = await open();
  const busy = (): HTMLInputElement => tick('When busy', forwarding('1001'));
  await press(busy());
  assert.equal(busy().checked, false);
  const [sent] = session.last('redirect.setRedirectSetting') ?? [];
  assert.equal((sent as { enabled: boolean }).enabled, false);
  assert.equal(announced(), 'When busy: forwarding is off');
  session.on('redirect.setRedirectSetting', () => {
    throw new RpcError('uci.fault', 'the destination is missing', 'name one');
  });
  await press(busy());
  await wait(1);
  assert.equal(busy().checked, false);
  assert.match(alert(), /^When busy: not changed\. The PBX did not carry this out/);
});

test('switching on what leads nowhere asks for the destination first', async () => {
  const { session } = await open();
  const always = (): HTMLInputElement => tick('Always', forwarding('1001'));
  await press(always());
  assert.equal(session.count('redirect.setRedirectSetting'), 0);
  assert.equal(always().checked, false);
  assert.match(find('dialog').textContent, /Forward: Always/);
  await press(named('Save and switch on'));
  assert.match(find('dialog [role="alert"]').textContent, /Enter a phone number/);
  await type('Phone number', 'Ben');
  await press(named('Save and switch on'));
  assert.match(find('dialog [role="alert"]').textContent, /no letters/);
  await type('Phone number', '+49 (171) 123-4567');
  await submit();
  const [sent] = session.last('redirect.setRedirectSetting') ?? [];
  const { enabled, destination } = sent as { enabled: boolean; destination: string };
  assert.deepEqual([enabled, destination], [true, '00491711234567']);
  assert.equal(always().checked, true);
  assert.equal(has('dialog'), false);
});

test('a destination becomes the voicemail, and the seconds are checked', async () => {
  const { session } = await open();
  await press(named('Change destination: No answer after 20'));
  await press(tick('Voicemail', find('dialog')));
  assert.equal(has('dialog input[type="tel"]'), false);
  for (const wrong of ['0', '3601', '', '1.5', 'x']) {
    await type('Seconds until forwarding', wrong);
    await press(named('Save'));
    assert.match(find('dialog').textContent, /Enter 1 to 3600 seconds/);
  }
  await type('Seconds until forwarding', '35');
  await press(named('Save'));
  const [sent] = session.last('redirect.setRedirectSetting') ?? [];
  const { destinationType, timeout } = sent as Record<string, unknown>;
  assert.deepEqual([destinationType, timeout], ['VOICEMAIL', 35]);
  assert.match(text(), /No answer after 35/);
});

test('forwardings that cannot be changed show their state only', async () => {
  await open(({ session }) => {
    session.on('service.getProvidedRequests', () => [
      'ucp.v30.requests.redirect.getRedirectSettings',
    ]);
  });
  assert.equal(tick('When busy', forwarding('1001')).disabled, true);
  assert.equal(card('Forwarding').querySelector('button'), null);
});

test('the user signs in to a group and out of it', async () => {
  const { session } = await open();
  await press(tick('Support'));
  const [sent] = session.last('group.setGroupSetting') ?? [];
  assert.deepEqual(sent, { id: 'g2', name: 'Support', phoneNumbers: ['201'], active: true });
  assert.equal(tick('Support').checked, true);
  assert.equal(plain(announced()), 'Signed in to group Support');
  assert.match(card('Groups').textContent, /The PBX does not tell/);
});

test('a method that turns out to be refused for this user loses its switch', async () => {
  const { session, wait } = await open();
  session.on('group.setGroupSetting', () => {
    throw new RpcError('session.method-not-allowed', 'not allowed');
  });
  await press(tick('Support'));
  await wait(1);
  assert.match(alert(), /^Support: not changed\./);
  assert.equal(card('Groups').querySelector('input'), null);
  assert.match(card('Groups').textContent, /Vertriebsigned in/);
});

test('a licence is withdrawn after a question, and comes back when the agent refuses', async () => {
  const { session, wait } = await open();
  assert.match(card('Licences').textContent, /3 of 5 licences are in use/);
  assert.match(card('Licences').textContent, /0011 \(you\)/);
  await press(named('Withdraw licence of 1007'));
  assert.match(plain(find('dialog').textContent), /1007 is signed out at once/);
  await press(named('Cancel'));
  assert.equal(session.count('license.revoke'), 0);
  const withdraw = async (): Promise<void> => {
    named('Withdraw licence of 1007').focus();
    await press(named('Withdraw licence of 1007'));
    await doing(() => {
      find('dialog .button.danger').click();
    });
    await wait(1);
  };
  session.on('license.revoke', () => {
    throw new RpcError('license.no-such-holder', 'nobody');
  });
  await withdraw();
  assert.match(card('Licences').textContent, /3 of 5/);
  assert.match(alert(), /holds no licence any more/);
  session.on('license.revoke', () => true);
  await withdraw();
  assert.deepEqual(session.last('license.revoke'), [{ user: '1007' }]);
  assert.match(card('Licences').textContent, /2 of 5/);
  assert.equal(plain(announced()), 'Licence of 1007 withdrawn');
  assert.equal(document.activeElement, named('Withdraw licence of dora'));
});

test('whoever withdraws the own licence is warned', async () => {
  await open();
  await press(named('Withdraw licence of 0011'));
  assert.match(find('dialog').textContent, /your own licence/);
});

test('many licences are shown a piece at a time, and searched', async () => {
  await open(({ session }) => {
    session.on('license.list', () => ({
      seats: 400,
      holders: Array.from({ length: 300 }, (_, at) => ({ user: `user${at}`, sessions: 1 })),
    }));
  });
  assert.equal(document.querySelectorAll('li.holder').length, 50);
  await type('Search users', 'user299');
  assert.equal(document.querySelectorAll('li.holder').length, 1);
});

test('of licences that were searched, the focus goes on in the rows that are shown', async () => {
  const { session, wait } = await open((stage) => {
    const holders = Array.from({ length: 11 }, (_, at) => ({ user: `user${at}`, sessions: 1 }));
    stage.session.on('license.list', () => ({ seats: 400, holders: [{ user: 'x' }, ...holders] }));
  });
  session.on('license.revoke', () => true);
  const withdraw = async (user: string): Promise<void> => {
    named(`Withdraw licence of ${user}`).focus();
    await press(named(`Withdraw licence of ${user}`));
    await doing(() => {
      find('dialog .button.danger').click();
    });
    await wait(1);
  };
  await type('Search users', 'user');
  await withdraw('user4');
  assert.equal(document.activeElement, named('Withdraw licence of user5'));
  await withdraw('user5');
  assert.equal(document.querySelectorAll('li.holder').length, 9);
  assert.ok(
    find<HTMLInputElement>('input[type="search"]').value === 'user',
    'what is filtered by stays',
  );
});

test('beside the dial button the phone is chosen, and the number that others see stands there', async () => {
  const { session } = await sitDown((telephony) => <PhoneChoice telephony={telephony} />);
  assert.match(text(), /1001\.deskshown: \+49 7211231001/);
  await press(named('Phone for calls: 1001.desk'));
  const chosen = document.querySelector('[role="menuitemradio"][aria-checked="true"]');
  assert.equal(chosen?.textContent, '1001.desk');
  await press(named('+49 1711234567'));
  assert.deepEqual(session.last('phone.setPrimaryPhoneId'), ['IFMC/+491711234567']);
  assert.match(announced(), /now rings when you dial/);
});

test('a single phone is no choice, and without phones nothing stands there', async () => {
  await sitDown(
    (telephony) => <PhoneChoice telephony={telephony} />,
    ({ session }) => {
      session.on('phone.getPhoneIds', () => ['SIP/1001.desk']);
    },
  );
  assert.equal(has('button'), false);
  assert.match(text(), /1001\.desk/);
  await sitDown(
    (telephony) => <PhoneChoice telephony={telephony} />,
    ({ session }) => {
      session.on('phone.getPhoneIds', () => []);
    },
  );
  assert.equal(text(), '');
});

test('the settings are read again when they are opened', async () => {
  const { session, telephony, wait } = await sitDown(() => <p>calls</p>);
  const before = session.count('redirect.getRedirectSettings');
  const { show } = await import('../page.ts');
  const { onStage } = await import('../../../gallery/stage.tsx');
  assert.equal(telephony.state.get().phase, 'ready');
  await wait(2000);
  await show(onStage((await open()).shell, <Settings telephony={telephony} />));
  await wait(2000);
  assert.equal(session.count('redirect.getRedirectSettings'), before + 1);
});

test('labels stand at their fields', async () => {
  await open();
  assert.ok(field('Number that others see'));
});
