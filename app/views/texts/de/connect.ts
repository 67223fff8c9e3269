import type * as en from '../en/index.ts';

export const connect: typeof en.connect = {
  heading: 'Verbindung zu Ihrer STARFACE',
  intro:
    'Von Ihrem Administrator haben Sie eine Schlüsseldatei oder einen Namen und einen Schlüssel erhalten.',
  dropHere: 'Schlüsseldatei hierher ziehen',
  dropNow: 'Schlüsseldatei jetzt ablegen',
  chooseFile: 'Datei auswählen',
  ways: { before: 'oder ', after: ', oder mit Strg+V einfügen' },
  fileInput: 'Schlüsseldatei',
  orByHand: 'oder von Hand eingeben',
  name: 'STARFACE Name',
  namePlaceholder: 'pbx.example.com',
  key: 'Schlüssel',
  keyHint: (symbols) =>
    symbols === 0 ? 'Acht Gruppen mit je fünf Zeichen' : `${symbols} von 40 Zeichen`,
  keyRight: 'Der Schlüssel ist vollständig und richtig.',
  keyGroups: 'Gruppen des Schlüssels',
  group: (number) => `Gruppe ${number}`,
  wrongGroup: (number, text) =>
    `Gruppe ${number} stimmt nicht. Bitte vergleichen Sie „${text}“ mit Ihrer Vorlage.`,
  wrongCharacter: (number, character) =>
    `„${character}“ in Gruppe ${number} kommt in keinem Schlüssel vor. Ein Schlüssel hat Ziffern und Buchstaben, aber kein U.`,
  wrongSomewhere:
    'Der Schlüssel enthält mehr als einen Tippfehler. Bitte vergleichen Sie ihn Gruppe für Gruppe mit Ihrer Vorlage.',
  tooLong: (symbols) => `Ein Schlüssel hat 40 Zeichen, dieser hat ${symbols}.`,
  tooShort: (symbols) => `Ein Schlüssel hat 40 Zeichen, dieser hat erst ${symbols}.`,
  connect: 'Verbinden',
  connecting: (system) => `Verbindung zu ${system} wird hergestellt …`,
  fileRejected: 'Die Datei wurde nicht übernommen.',
  severalFiles: 'Es wurden mehrere Dateien abgelegt. Legen Sie nur die Schlüsseldatei ab.',
  fileUnreadable:
    'Die Datei ließ sich nicht lesen. Kopieren Sie sie auf dieses Gerät und versuchen Sie es erneut.',
  notConnected: 'Keine Verbindung.',
  retry: 'Erneut versuchen',
  retryIn: (seconds) => `Nächster Versuch in ${seconds} s.`,
  other: 'Andere STARFACE wählen',
  foreign: (host) =>
    `Diese Schlüsseldatei gehört zu einem anderen Cloud-Connector: ${host}. Eine Seite erreicht nur ihren eigenen.`,
  openForeign: (host) => `${host} öffnen`,
  notKept:
    'Dieser Browser lässt die Seite nichts speichern. Nach dem Neuladen brauchen Sie die Schlüsseldatei erneut.',
};
