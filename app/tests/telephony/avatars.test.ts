import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Avatars } from '../../telephony/avatars.ts';
import { settle } from '../connection/fake_clock.ts';
import { deferred, RpcError } from './fakes.ts';
import { restParts } from './rest-parts.ts';

const kBytes = 'not looked at here';

async function setUp({ read = true } = {}) {
  const parts = restParts();
  const { session, rest, users, own } = parts;
  const avatars = new Avatars(rest, users, own);
  session
    .on('users.me', () => ({ id: '7', lastName: 'Arnold' }))
    .on('users.list', () => ({
      users: Array.from({ length: 400 }, (_, at) => ({
        accountId: `${at + 1}`,
        lastName: `User ${at}`,
        number: `${1000 + at}`,
      })),
    }))
    .on('users.avatar', () => ({ type: 'image/png', data: btoa(kBytes) }));
  if (read) await Promise.all([users.read(), own.read()]);
  const asked = (): unknown[] => parts.asked('users.avatar', 'user');
  return { ...parts, avatars, asked };
}

test('a picture is asked for once, by the id of the user with that number', async () => {
  const { avatars, asked } = await setUp();
  assert.equal(avatars.of('1004'), '');
  avatars.want('1004');
  avatars.want('1004');
  await settle();
  avatars.want('1004');
  assert.deepEqual(asked(), ['5']);
  const url = avatars.of('1004');
  assert.match(url, /^blob:/);
  assert.equal(await (await fetch(url)).text(), kBytes);
  avatars.want(null);
  await settle();
  assert.deepEqual(asked(), ['5', '7']);
  assert.equal(avatars.of('1006'), avatars.of(null), 'the own user has a number, too');
  // Of others there is none.
  avatars.want('+49721151042');
  avatars.want('');
  await settle();
  assert.equal(asked().length, 2);
});

test('nobody is asked for before it is known who that is', async () => {
  const { avatars, users, asked } = await setUp({ read: false });
  let changes = 0;
  avatars.changed.subscribe(() => {
    changes += 1;
    avatars.want('1004');
  });
  avatars.want('1004');
  avatars.want(null);
  await settle();
  assert.deepEqual(asked(), []);
  await users.read();
  await settle();
  assert.ok(changes > 0);
  assert.deepEqual(asked(), ['5']);
});

test('one picture comes after the other, and no more than some hundreds', async () => {
  const { session, avatars, asked } = await setUp();
  const first = deferred<unknown>();
  session.on('users.avatar', () => first.promise);
  for (let at = 0; at < 400; at += 1) avatars.want(`${1000 + at}`);
  await settle();
  assert.equal(asked().length, 1);
  session.on('users.avatar', () => null);
  first.resolve(null);
  for (let turn = 0; turn < 100; turn += 1) await settle();
  assert.equal(asked().length, 300);
});

test('where there is none, or no whole one, nothing is shown or asked for again', async () => {
  const answers = [
    null,
    {},
    { type: 'image/png', data: 7 },
    { type: 'image/png', data: '' },
    { type: 'image/png', data: '*' },
    new RpcError('rest.busy'),
    new RpcError('transport.timeout'),
  ];
  for (const answer of answers) {
    const { session, avatars, asked } = await setUp();
    session.on('users.avatar', () => {
      if (answer instanceof RpcError) throw answer;
      return answer;
    });
    avatars.want('1004');
    await settle();
    avatars.want('1004');
    avatars.want('1005');
    await settle();
    assert.equal(avatars.of('1004'), '');
    assert.deepEqual(asked(), ['5', '6'], JSON.stringify(answer));
  }
});

test('where pictures are not offered, they are not asked for again in the session', async () => {
  for (const code of ['rest.disabled', 'rest.not-offered', 'rpc.method-not-found']) {
    const { session, rest, avatars, asked } = await setUp();
    session.on('users.avatar', () => {
      throw new RpcError(code);
    });
    avatars.want('1004');
    avatars.want('1005');
    await settle();
    avatars.want('1006');
    await settle();
    assert.deepEqual(asked(), ['5'], code);
    assert.equal(rest.offers('users.list'), code !== 'rest.disabled');
  }
});

test('the end of a session takes its pictures along, also those on their way', async () => {
  const { session, users, own, avatars } = await setUp();
  avatars.want('1004');
  await settle();
  const url = avatars.of('1004');
  const late = deferred<unknown>();
  session.on('users.avatar', () => late.promise);
  avatars.want('1005');
  await settle();
  for (const part of [avatars, users, own]) part.stop();
  await assert.rejects(fetch(url));
  late.resolve({ type: 'image/png', data: btoa(kBytes) });
  await settle();
  await Promise.all([users.read(), own.read()]);
  assert.deepEqual([avatars.of('1004'), avatars.of('1005')], ['', '']);
});

test("another user's picture is not shown as the own one", async () => {
  const { session, own, avatars } = await setUp();
  avatars.want(null);
  await settle();
  assert.notEqual(avatars.of(null), '');
  own.stop();
  assert.equal(avatars.of(null), '');
  session.on('users.me', () => ({ lastName: 'Brandt' }));
  await own.read();
  assert.equal(avatars.of(null), '');
});
