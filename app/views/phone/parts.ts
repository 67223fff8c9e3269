// What only a signed-in user needs. It is loaded while the connection is being made, so that the
// first screens need not wait for it.

export { Telephony } from '../../telephony/index.ts';
export { WorkHeader } from './header.tsx';
export { openMemory } from './memory.ts';
export { Picture } from './people/picture.tsx';
export { Work } from './work.tsx';
