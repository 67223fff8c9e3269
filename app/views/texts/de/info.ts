import type { Step } from '../../connection.ts';
import type * as en from '../en/index.ts';

const steps: Record<Step, string> = {
  connector: 'Cloud-Connector erreicht',
  key: 'Name und Schlüssel angenommen',
  agent: 'Agent der Anlage verbunden',
  session: 'Verschlüsselte Sitzung geöffnet',
  pbx: 'An der Anlage angemeldet',
};

const stepHelp: Record<Step, string> = {
  connector:
    'Prüfen Sie das Netzwerk. Firmennetze können die Adresse des Cloud-Connectors sperren, auch durch TLS-Prüfung oder durch Regeln des Browsers für lokale Netze.',
  key: 'Bitten Sie Ihren Administrator um die aktuelle Schlüsseldatei.',
  agent: 'Ihr Administrator muss prüfen, ob der Agent neben der Anlage läuft.',
  session:
    'Laden Sie die Seite neu. Hält es an, brauchen Seite und Agent möglicherweise ein Update.',
  pbx: 'Melden Sie sich auf der Seite Main an. Gelingt das nicht, muss Ihr Administrator die Anlage prüfen.',
};

export const info: typeof en.info = {
  heading: 'Info',
  way: 'Weg zur Anlage',
  steps,
  stepHelp,
  good: 'in Ordnung',
  bad: 'nicht erreicht',
  pending: 'offen',
  noSystem: 'Es ist noch keine STARFACE verbunden.',
  goConnect: 'Auf der Seite Main verbinden',
  roundTrip: 'Antwortzeit des Agenten',
  milliseconds: (ms) => `${ms} ms`,
  system: 'STARFACE',
  name: 'STARFACE Name',
  connector: 'Cloud-Connector',
  keyId: 'Schlüssel-ID',
  user: 'Angemeldet als',
  nobody: 'niemand',
  versions: 'Versionen',
  app: 'App',
  agent: 'Agent',
  host: 'Läuft in',
  hosts: { teams: 'Microsoft Teams', browser: 'Browser' },
  appearance: 'Sprache und Darstellung',
  language: 'Sprache',
  languages: { auto: 'Automatisch', de: 'Deutsch', en: 'English' },
  theme: 'Darstellung',
  themes: { auto: 'Automatisch', light: 'Hell', dark: 'Dunkel', contrast: 'Hoher Kontrast' },
  themeByTeams: 'folgt Teams',
  notices: 'Benachrichtigungen bei Anrufen einschalten',
  telLinks: 'Telefonnummern-Links mit dieser App öffnen',
  telLinksDone:
    'Ihr Browser fragt um Erlaubnis. Ein Link trägt die Nummer nur ein, gewählt wird nie von selbst.',
  diagnosis: 'Diagnose',
  diagnosisHint:
    'Enthält weder Passwörter noch Schlüssel. Sie können sie Ihrem Administrator schicken.',
  copy: 'Diagnose kopieren',
  copied: 'Kopiert.',
  copyFailed:
    'Kopieren ist hier nicht erlaubt. Markieren Sie den Text und kopieren Sie ihn selbst.',
  signOut: 'Abmelden',
  other: 'Andere STARFACE wählen',
  privacyHeading: 'Datenschutz',
  privacyText:
    'Der Cloud-Connector leitet nur verschlüsselte Daten weiter und kann sie nicht lesen. Passwörter und Anrufe sieht allein Ihre STARFACE.',
  privacy: 'Hinweise zum Datenschutz',
  terms: 'Nutzungsbedingungen',
  licences: 'Lizenzen der verwendeten Bibliotheken',
};
