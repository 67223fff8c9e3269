import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Stage } from '../../../gallery/stage.tsx';
import { CallCards } from '../../../views/phone/calls/call-cards.tsx';
import { Colleagues } from '../../../views/phone/people/colleagues.tsx';
import { Picture } from '../../../views/phone/people/picture.tsx';
import { SuggestionList } from '../../../views/phone/dial/suggestion-list.tsx';
import type { Suggestion } from '../../../views/phone/dial/suggestions.ts';
import { RpcError } from '../../telephony/fakes.ts';
import { doing, find, has } from '../page.ts';
import { sitDown } from './desk.ts';

const pictures = ({ session }: Stage): void => {
  session
    .on('users.me', () => ({ id: '1', lastName: 'Arnold' }))
    .on('users.list', () => ({
      users: [
        { accountId: '2', lastName: 'Brandt', number: '1002' },
        { accountId: '3', lastName: 'Conrad', number: '1003' },
      ],
    }))
    .on('users.avatar', () => ({ type: 'image/png', data: btoa('x') }));
};

function asked({ session }: Stage): unknown[] {
  return session.asked.flatMap(({ method, params }) =>
    method === 'users.avatar' ? [(params[0] as { user: unknown }).user] : [],
  );
}

async function load(image: HTMLImageElement, event: 'load' | 'error'): Promise<void> {
  await doing(() => image.dispatchEvent(new Event(event)));
}

test('colleagues on the screen have their pictures over their initials', async () => {
  const desk = await sitDown(
    (telephony) => <Colleagues telephony={telephony} onDial={() => undefined} />,
    pictures,
  );
  await desk.wait(1000);
  assert.deepEqual(asked(desk), ['2', '3'], 'those who are users');
  const [image] = document.querySelectorAll<HTMLImageElement>('li.person img');
  assert.ok(image !== undefined);
  assert.match(image.src, /^blob:/);
  assert.equal(image.alt, '');
  assert.equal(document.querySelectorAll('li.person img').length, 2);
  const avatar = image.parentElement;
  assert.equal(avatar?.querySelector('bdi')?.textContent, 'BB');
  assert.equal(avatar.ariaHidden ?? avatar.getAttribute('aria-hidden'), 'true');
  assert.ok(avatar.querySelector('.lamp') !== null, 'the lamp stands above it');
});

test('a picture is seen when the browser has drawn it, and never where it cannot', async () => {
  const desk = await sitDown((telephony) => <Picture telephony={telephony} of={null} />, pictures);
  await desk.wait(1000);
  const image = find<HTMLImageElement>('img');
  assert.equal(image.className, 'picture');
  await load(image, 'error');
  assert.equal(image.className, 'picture');
  await load(image, 'load');
  assert.equal(image.className, 'picture drawn');
});

test('calls and suggestions show the users among those they are of', async () => {
  const suggestion = (number: string): Suggestion => ({
    name: 'x',
    number,
    from: 'contacts',
    lamp: null,
    kind: 'office',
    company: '',
  });
  const desk = await sitDown(
    (telephony) => (
      <SuggestionList
        telephony={telephony}
        id="list"
        itemId="item"
        list={[suggestion('1003'), suggestion('+4972112')]}
        chosen={-1}
        onTake={() => undefined}
      />
    ),
    pictures,
  );
  await desk.wait(1000);
  assert.ok(has('#item-0 .face > img'));
  assert.ok(!has('#item-1 img'));
  assert.deepEqual(asked(desk), ['3']);
});

test('the sign of a call is the picture of the user who is on the phone', async () => {
  const desk = await sitDown((telephony) => <CallCards telephony={telephony} />, pictures);
  const call = { state: 'RINGING', calledNumber: '0011', callerName: 'x' };
  await doing(() => {
    desk.session.call({ ...call, id: 'a', callerNumber: '1002' });
    desk.session.call({ ...call, id: 'b', callerNumber: '004972112' });
  });
  await desk.wait(1000);
  assert.deepEqual(asked(desk), ['2']);
  assert.equal(document.querySelectorAll('.card.call').length, 2);
  assert.equal(document.querySelectorAll('.card.call .sign > img').length, 1);
});

test('without pictures everything looks as it did', async () => {
  const desk = await sitDown(
    (telephony) => <Colleagues telephony={telephony} onDial={() => undefined} />,
    (stage) => {
      pictures(stage);
      stage.session.on('users.avatar', () => {
        throw new RpcError('rest.not-offered');
      });
    },
  );
  await desk.wait(1000);
  assert.deepEqual(asked(desk), ['2'], 'asked once');
  assert.ok(!has('img'));
  assert.ok(has('.avatar > bdi'));
});
