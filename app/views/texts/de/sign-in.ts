import type * as en from '../en/index.ts';

export const signIn: typeof en.signIn = {
  heading: 'STARFACE Anmeldung',
  system: (name) => `Anlage ${name} ist erreichbar`,
  picture: 'Teams, durch die Cloud mit Ihrer STARFACE verbunden',
  user: 'STARFACE Benutzername',
  userHint: 'Die Login-ID oder der Name, mit dem Sie sich an Ihrer STARFACE anmelden',
  password: 'STARFACE Passwort',
  show: 'Passwort anzeigen',
  hide: 'Passwort verbergen',
  capsLock: 'Die Feststelltaste ist eingeschaltet.',
  remember: 'Passwort lokal speichern',
  rememberHint:
    'Sie bleiben auf diesem Gerät bis zu 30 Tage angemeldet. Gespeichert wird ein versiegelter Ausweis, nicht das Passwort selbst.',
  submit: 'Anmelden',
  busy: 'Anmeldung läuft …',
  other: 'Andere STARFACE wählen',
  missingUser: 'Geben Sie Ihren Benutzernamen ein.',
  missingPassword: 'Geben Sie Ihr Passwort ein.',
  retry: 'Erneut versuchen',
  wait: 'Verbleibende Zeit:',
  otherTitle: 'Andere STARFACE wählen?',
  otherText: (name) =>
    `Der Schlüssel für ${name}, Ihre Anmeldung und alles, was dazu auf diesem Gerät gespeichert ist, werden entfernt. Um sich wieder zu verbinden, brauchen Sie die Schlüsseldatei.`,
  otherConfirm: 'Entfernen',
  cancel: 'Abbrechen',
};
