import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Stage } from '../../../gallery/stage.tsx';
import { Colleagues } from '../../../views/phone/people/colleagues.tsx';
import { initials } from '../../../views/phone/people/lamp.tsx';
import { matcher } from '../../../views/phone/search.ts';
import { RpcError } from '../../telephony/fakes.ts';
import { doing, find, has, text, type } from '../page.ts';
import { announced, named, plain, press, sitDown } from './desk.ts';

async function list(change?: (stage: Stage) => void) {
  const dialled: string[] = [];
  const desk = await sitDown(
    (telephony) => (
      <Colleagues telephony={telephony} onDial={(number) => void dialled.push(number)} />
    ),
    change,
  );
  return { ...desk, dialled };
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('li.row')];

const many = ({ session }: Stage): void => {
  session.on('functionKey.getFunctionKeys', () =>
    Array.from({ length: 900 }, (_, at) => ({
      id: `k${at}`,
      type: 'BUSY_LAMP_FIELD',
      name: `Colleague ${at + 1}`,
      number: String(2000 + at),
    })),
  );
};

test('each colleague has a state by shape, by colour and in words', async () => {
  await list();
  const states = rows().map((row) => row.querySelector('.state')?.textContent);
  assert.deepEqual(states, [
    'In a call',
    'Available',
    'Phone rings',
    'Do not disturb',
    'Available',
    'Not available',
    'In a call',
    'State unknown',
  ]);
  const shapes = rows().map((row) => row.querySelector('.lamp path')?.getAttribute('d'));
  assert.equal(new Set(shapes).size, new Set(states).size);
  assert.ok(find('li.row.busy .lamp').classList.contains('busy'));
  assert.match(rows()[2]?.textContent ?? '', /from Zoë Zimmermann/);
});

test('a state that changes is shown', async () => {
  const { session, wait } = await list();
  session.on('functionKey.getCallInfoForKey', () => ({ id: 'c', state: 'CONNECTED' }));
  await wait(10_000);
  await wait(10);
  assert.equal(rows()[1]?.querySelector('.state')?.textContent, 'In a call');
});

test('nobody is asked for states while the page is hidden', async () => {
  const { session, host, wait } = await list();
  await doing(() => {
    host.visible.value = false;
  });
  await wait(20_000);
  const before = session.count('functionKey.getCallInfoForKey');
  await wait(60_000);
  assert.equal(session.count('functionKey.getCallInfoForKey'), before);
  await doing(() => {
    host.visible.value = true;
  });
  await wait(10_000);
  assert.ok(session.count('functionKey.getCallInfoForKey') > before);
});

test('a click calls, and the button reads the number digit by digit', async () => {
  const { dialled } = await list();
  const button = named('Call Carla Conrad');
  assert.equal(plain(button.getAttribute('aria-label')), 'Call Carla Conrad, 1 0 0 3');
  await press(button);
  assert.deepEqual(dialled, ['1003']);
});

test('names are text: markup is not executed, and each stands for itself in its direction', async () => {
  await list();
  assert.match(text(), /<b>Fritz<\/b> & "Söhne"/);
  assert.equal(has('b'), false);
  const names = rows().map((row) => row.querySelector('.title > bdi')?.textContent);
  assert.equal(names[4], 'ליאור כהן');
  assert.ok(rows()[6]?.querySelector('.title')?.getAttribute('title')?.endsWith('Langenburg'));
});

test('a search finds by name and number, tells how many, and is emptied by Esc', async () => {
  await list();
  await type('Search colleagues', 'gross');
  assert.equal(rows().length, 0);
  await type('Search colleagues', 'groß');
  assert.equal(rows().length, 1);
  assert.match(announced(), /1 colleague found/);
  await type('Search colleagues', '0721-5550');
  assert.match(rows()[0]?.textContent ?? '', /^DHDonau/);
  await type('Search colleagues', 'nobody');
  assert.match(plain(text()), /Nobody found for “nobody”/);
  await doing(() => {
    find('input').dispatchEvent(
      new window.KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }),
    );
  });
  assert.equal(rows().length, 8);
});

test('of many hundreds a piece is rendered, the rest is found, and comes when asked for', async () => {
  const { session } = await list(many);
  assert.equal(rows().length, 50);
  assert.ok(session.count('functionKey.getCallInfoForKey') <= 12);
  await press(named('Show 50 more'));
  assert.equal(rows().length, 100);
  // Colleague 777, and the one with the number 2777.
  await type('Search colleagues', 'colleague 777');
  assert.equal(rows().length, 2);
  // As short as at first: hundreds of rows at once would hold up the page.
  await type('Search colleagues', '');
  assert.equal(rows().length, 50);
});

test('a row whose state did not change is not rendered again', async () => {
  const { telephony } = await list(many);
  const before = rows().map((row) => row.outerHTML);
  let changed = 0;
  const observer = new window.MutationObserver((records) => {
    changed += records.length;
  });
  observer.observe(find('ul'), { subtree: true, childList: true, characterData: true });
  await doing(() => {
    telephony.colleagues.event({ id: 'k3', telephonyState: 'ACTIVE' });
  });
  observer.disconnect();
  const after = rows().map((row) => row.outerHTML);
  assert.deepEqual(
    after.flatMap((html, at) => (html === before[at] ? [] : [at])),
    [3],
  );
  assert.equal(changed, 1);
});

test('arrow keys move between the rows', async () => {
  await list();
  const buttons = rows().map((row) => row.querySelector('button'));
  buttons[0]?.focus();
  const key = (name: string): void => {
    document.activeElement?.dispatchEvent(
      new window.KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }),
    );
  };
  key('ArrowDown');
  assert.equal(document.activeElement, buttons[1]);
  key('End');
  assert.equal(document.activeElement, buttons.at(-1));
});

test('what the PBX does not offer is not there', async () => {
  await list(({ session }) => {
    session.on('service.getProvidedRequests', () => ['ucp.v30.requests.call']);
  });
  assert.equal(text(), '');
});

test('without keys it says where they come from', async () => {
  await list(({ session }) => {
    session.on('functionKey.getFunctionKeys', () => []);
  });
  assert.match(text(), /busy lamp field/);
  assert.equal(has('input'), false);
});

test('a failure says why, and reading again helps; the button keeps its place meanwhile', async () => {
  const { session } = await list((stage) => {
    stage.session.on('functionKey.getFunctionKeys', () => {
      throw new RpcError('uci.unreachable', 'no way');
    });
  });
  assert.match(find('[role="alert"]').textContent, /could not be loaded.*PBX does not answer/);
  let answer: (keys: unknown) => void = () => undefined;
  session.on('functionKey.getFunctionKeys', () => new Promise((resolve) => (answer = resolve)));
  await press(named('Try again'));
  assert.equal(named('Try again').getAttribute('aria-busy'), 'true');
  await doing(() => {
    answer([{ id: 'a', type: 'BUSY_LAMP_FIELD', name: 'Ann', number: '7' }]);
  });
  assert.equal(has('[role="alert"]'), false);
  assert.equal(rows().length, 1);
});

test('a reading that took too long leaves nothing uncertain', async () => {
  await list((stage) => {
    stage.session.on('functionKey.getFunctionKeys', () => {
      throw new RpcError('uci.timeout');
    });
  });
  const said = find('[role="alert"]').textContent;
  assert.match(said, /did not answer in time/);
  assert.doesNotMatch(said, /carried out|not known/);
});

test('what was read stays when it cannot be read again', async () => {
  const { session, telephony } = await list();
  session.on('functionKey.getFunctionKeys', () => {
    throw new RpcError('uci.timeout', 'no answer');
  });
  await doing(() => telephony.colleagues.read());
  assert.equal(rows().length, 8);
  assert.match(text(), /may be out of date/);
});

test('while it is loaded, screen readers hear of it', async () => {
  await list(({ session }) => {
    session.on('functionKey.getFunctionKeys', () => new Promise(() => undefined));
  });
  assert.equal(announced(), 'Loading colleagues …');
  assert.ok(has('.ghost'));
});

test('initials are of the first and the last word, whatever the script', () => {
  assert.equal(initials('Ben von Brandt'), 'BB');
  assert.equal(initials('ليلى'), 'ل');
  assert.equal(initials('é\u0301va (home)'), 'É\u0301');
  assert.equal(initials('1002 <script>'), '');
  assert.equal(initials(''), '');
});

test('a search takes accents, parts of words and every spelling of a number', () => {
  assert.ok(matcher('zoe zim')('Zoë Zimmermann', ''));
  assert.ok(matcher('+49 (721) 5')('X', '00497215550'));
  assert.ok(matcher('7215')('X', '+49 721 555'));
  assert.equal(matcher('zoe x')('Zoë Zimmermann', '12'), false);
  assert.ok(matcher('')('anything'));
});
