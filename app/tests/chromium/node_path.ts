// What the tests of the protocol use of node:path.

export default { join: (...parts: string[]): string => parts.join('/') };
