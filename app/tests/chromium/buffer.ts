// Node's Buffer, for tests in a page.

export { Buffer } from 'buffer/';
