import type * as en from '../en/index.ts';

export const work: typeof en.work = {
  heading: 'Anrufe',
};
