// Nothing is logged by teams-js: tools/bundle.js puts this file in the place of the package "debug",
// which is as large as a tenth of the library, and reads localStorage when it is loaded: where the
// browser blocks storage, the page would not start.

interface Log {
  (...values: unknown[]): void;
  extend(name: string): Log;
}

const silent: Log = Object.assign(() => undefined, { extend: () => silent });

export const b = { debug: Object.assign(() => silent, { formatArgs: () => undefined }) };
