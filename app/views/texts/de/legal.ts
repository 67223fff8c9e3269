import type * as en from '../en/index.ts';

export const legal: typeof en.legal = {
  back: 'Zurück zur App',
  privacy: {
    heading: 'Hinweise zum Datenschutz',
    paragraphs: [
      'Diese App verbindet Sie mit der STARFACE Ihrer Organisation. Ihre Organisation betreibt die Anlage und ist für die Daten verantwortlich, die dort verarbeitet werden: Anrufe, Anruflisten, Kontakte, Voicemail.',
      'Alle Daten zwischen dieser App und dem Agenten neben der Anlage sind durchgehend verschlüsselt. Der Cloud-Connector leitet sie weiter, ohne sie lesen zu können, und speichert keine Passwörter. Er sieht Ihre IP-Adresse und wann Sie verbunden sind.',
      'In diesem Browser speichert die App den Namen Ihrer Anlage, Schlüssel, die andere Webseiten nicht lesen können, Ihre Einstellungen und, solange Sie angemeldet bleiben, einen versiegelten Ausweis. „Andere STARFACE wählen“ auf der Seite Info entfernt alles davon. Die App setzt keine Cookies und wendet sich an keine anderen Server.',
    ],
  },
  terms: {
    heading: 'Nutzungsbedingungen',
    paragraphs: [
      'Der Betreiber dieser Seite stellt die App den Benutzern einer STARFACE zur Verfügung. Nutzen dürfen sie nur Personen, die von ihrem Administrator eine Schlüsseldatei erhalten haben. Behandeln Sie die Schlüsseldatei vertraulich.',
      'Die App ist freie Software unter der Apache License 2.0 und wird ohne Gewährleistung bereitgestellt. Verlassen Sie sich für Notrufe nicht auf sie.',
    ],
  },
};
