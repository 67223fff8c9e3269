export const work = {
  heading: 'Calls',
};
