import assert from 'node:assert/strict';
import { test } from 'node:test';

import { utf8 } from '../../protocol/bytes.ts';
import { RpcClient } from '../../protocol/rpc_client.ts';

const BAD = { name: 'ProtocolError', code: 'rpc.bad-response' };

function answer(rpc: RpcClient, value: unknown) {
  return rpc.read(utf8(JSON.stringify(value)));
}

test('answers are joined to their calls by id, in any order', () => {
  const rpc = new RpcClient();
  const [one, two] = [rpc.call('a').call, rpc.call('b', []).call];
  assert.deepEqual(answer(rpc, { jsonrpc: '2.0', id: two.id, result: 2 }), {
    type: 'result',
    call: two,
    result: 2,
  });
  const error = { code: -32000, message: 'no', data: { code: 'x.y', hint: 'wait' } };
  assert.deepEqual(answer(rpc, { jsonrpc: '2.0', id: one.id, error }), {
    type: 'error',
    call: one,
    error: { number: -32000, message: 'no', code: 'x.y', hint: 'wait', retryAfter: null },
  });
  assert.deepEqual(rpc.underWay, []);
});

test('ids are never used twice, and null is a result', () => {
  const rpc = new RpcClient();
  const first = rpc.call('a').call;
  assert.equal(answer(rpc, { jsonrpc: '2.0', id: first.id, result: null }).type, 'result');
  assert.notEqual(rpc.call('a').call.id, first.id);
});

test('an error without data is an error', () => {
  const rpc = new RpcClient();
  const { id } = rpc.call('a').call;
  const event = answer(rpc, { jsonrpc: '2.0', id, error: { code: -32603, message: 'm' } });
  assert.ok(event.type === 'error');
  assert.deepEqual(event.error, {
    number: -32603,
    message: 'm',
    code: '',
    hint: '',
    retryAfter: null,
  });
});

test('how long to wait is a whole number of seconds, or nothing', () => {
  for (const [sent, read] of [
    [1, 1],
    [86_400, 86_400],
    [86_401, null],
    [0, null],
    [-1, null],
    [1.5, null],
    ['5', null],
    [null, null],
  ]) {
    const rpc = new RpcClient();
    const { id } = rpc.call('a').call;
    const data = { code: 'session.login-paused', retryAfter: sent };
    const event = answer(rpc, { jsonrpc: '2.0', id, error: { code: -32003, message: 'm', data } });
    assert.ok(event.type === 'error');
    assert.equal(event.error.retryAfter, read, String(sent));
  }
});

test('params are left out, or an array or object', () => {
  const rpc = new RpcClient();
  assert.equal(rpc.call('a').text, '{"id":1,"jsonrpc":"2.0","method":"a"}');
  assert.equal(rpc.call('a', []).text, '{"id":2,"jsonrpc":"2.0","method":"a","params":[]}');
  assert.equal(rpc.call('a', {}).text, '{"id":3,"jsonrpc":"2.0","method":"a","params":{}}');
});

test('the 65th call waits for an answer', () => {
  const rpc = new RpcClient();
  const calls = Array.from({ length: 64 }, () => rpc.call('a').call);
  assert.throws(() => rpc.call('a'), { code: 'session.too-many-calls' });
  const [first] = calls;
  assert.ok(first !== undefined);
  rpc.forget(first);
  assert.equal(rpc.call('a').call.id, 65);
  assert.equal(rpc.forgetAll().length, 64);
});

test('a call that cannot be written is not under way', () => {
  const rpc = new RpcClient();
  assert.throws(() => rpc.call('a', [NaN]), RangeError);
  assert.throws(() => rpc.call(''), RangeError);
  assert.throws(() => rpc.call('ü'.repeat(129)), RangeError);
  assert.deepEqual(rpc.underWay, []);
});

test('what is no answer and no notification is refused, and its call stays under way', () => {
  const rpc = new RpcClient();
  rpc.call('a');
  const base = { jsonrpc: '2.0', id: 1 };
  const error = { code: 1, message: '' };
  const wrong: unknown[] = [
    1,
    [],
    [{ ...base, result: 1 }],
    { id: 1, result: 1 },
    { jsonrpc: '1.0', id: 1, result: 1 },
    base,
    { ...base, result: 1, error },
    { ...base, id: 2, result: 1 },
    { ...base, id: '1', result: 1 },
    { ...base, id: 1.5, result: 1 },
    { ...base, id: null, result: 1 },
    { jsonrpc: '2.0', result: 1 },
    { jsonrpc: '2.0', error },
    { ...base, error: null },
    { ...base, error: { code: 'x', message: '' } },
    { ...base, error: { code: 1 } },
    { ...base, method: 'a' },
    { jsonrpc: '2.0', method: 1 },
    { jsonrpc: '2.0', method: '' },
    { jsonrpc: '2.0', method: 'a', params: 1 },
    { jsonrpc: '2.0', method: 'a', params: null },
    { jsonrpc: '2.0', method: 'a', result: 1 },
  ];
  for (const value of wrong) assert.throws(() => answer(rpc, value), BAD, JSON.stringify(value));
  assert.equal(rpc.underWay.length, 1);
});
