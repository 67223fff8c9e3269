export { frame } from './frame.ts';
export { work } from './work.ts';
