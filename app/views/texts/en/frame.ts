export const frame = {
  product: 'STARFACE',
  pages: 'Pages',
  main: 'Main',
  info: 'Info',
  skip: 'Skip to content',
  loading: 'Loading …',
  connecting: 'Connecting …',
  retryNow: 'Try now',
  interrupted: 'The connection is interrupted. It will be restored automatically.',
  interruptedRetry: (seconds: number) =>
    `The connection is interrupted. Next attempt in ${seconds} s.`,
  offline: 'This device is offline. The connection will be restored as soon as it is online again.',
  account: (user: string) => `Signed in as ${user}`,
  signOut: 'Sign out',
  ownWindow: 'Open in own window',
};
