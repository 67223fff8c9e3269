import type * as en from '../en/index.ts';

export const frame: typeof en.frame = {
  product: 'STARFACE',
  pages: 'Seiten',
  main: 'Main',
  info: 'Info',
  skip: 'Zum Inhalt springen',
  loading: 'Wird geladen …',
  connecting: 'Verbindung wird hergestellt …',
  retryNow: 'Jetzt versuchen',
  interrupted: 'Verbindung unterbrochen. Sie wird automatisch wiederhergestellt.',
  interruptedRetry: (seconds) => `Nächster Versuch in ${seconds} s.`,
  offline:
    'Dieses Gerät ist offline. Die Verbindung wird wiederhergestellt, sobald es wieder online ist.',
  account: (user) => `Angemeldet als ${user}`,
  signOut: 'Abmelden',
  ownWindow: 'In eigenem Fenster öffnen',
};
