export { connect } from './connect.ts';
export { frame } from './frame.ts';
export { info } from './info.ts';
export { legal } from './legal.ts';
export { problems } from './problems.ts';
export { signIn } from './sign-in.ts';
export { work } from './work.ts';
