// What the tests of the protocol use of node:assert/strict.

type Matcher = RegExp | Readonly<Record<string, unknown>> | ((error: never) => unknown);
type Class = new (...parameters: never[]) => unknown;

class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

function fail(message: string): never {
  throw new AssertionError(message);
}

function shown(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null
      ? JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one))
      : String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** As deepEqual() of node:assert/strict: prototypes count, and so does -0. */
function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  if (one === null || other === null) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Map || one instanceof Set) {
    return same([...one], [...(other as Iterable<unknown>)]);
  }
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(other, name) &&
      same((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  );
}

function fits(error: unknown, expected: Matcher): boolean {
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected !== 'function') {
    const found = error as Record<string, unknown>;
    return Object.entries(expected).every(([name, value]) => same(found[name], value));
  }
  const isClass = expected === Error || expected.prototype instanceof Error;
  if (isClass) return error instanceof (expected as unknown as Class);
  return (expected as (error: unknown) => unknown)(error) === true;
}

function check(error: unknown, expected: Matcher | undefined, message: string): void {
  if (expected === undefined || fits(error, expected)) return;
  fail(`${message}: another error: ${String(error)}`);
}

function equal(one: unknown, other: unknown, message = ''): void {
  if (!Object.is(one, other)) fail(`${message}: ${shown(one)} is not ${shown(other)}`);
}

function throws(work: () => unknown, expected?: Matcher, message = ''): void {
  try {
    work();
  } catch (error) {
    check(error, expected, message);
    return;
  }
  fail(`${message}: nothing was thrown`);
}

async function rejects(
  work: Promise<unknown> | (() => Promise<unknown>),
  expected?: Matcher,
  message = '',
): Promise<void> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    check(error, expected, message);
    return;
  }
  fail(`${message}: it was not rejected`);
}

export default {
  fail,
  equal,
  throws,
  rejects,
  ok: (value: unknown, message = 'not true'): void => {
    if (value !== true && !value) fail(message);
  },
  notEqual: (one: unknown, other: unknown, message = ''): void => {
    if (Object.is(one, other)) fail(`${message}: it is ${shown(one)}`);
  },
  deepEqual: (one: unknown, other: unknown, message = ''): void => {
    if (!same(one, other)) fail(`${message}: ${shown(one)} is not ${shown(other)}`);
  },
  match: (text: string, pattern: RegExp, message = ''): void => {
    if (!pattern.test(text)) fail(`${message}: ${text} does not match ${String(pattern)}`);
  },
};
