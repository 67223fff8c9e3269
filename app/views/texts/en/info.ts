import type { Step } from '../../connection.ts';

const steps: Record<Step, string> = {
  connector: 'Connector reached',
  key: 'Name and key accepted',
  agent: 'Agent of the PBX connected',
  session: 'Encrypted session open',
  pbx: 'Signed in at the PBX',
};

const stepHelp: Record<Step, string> = {
  connector:
    'Check the network. Company networks may block the address of the connector; TLS inspection and rules for local networks in the browser can do so, too.',
  key: 'Ask your administrator for the current key file.',
  agent: 'Your administrator has to check whether the agent beside the PBX is running.',
  session: 'Reload the page. If this goes on, page and agent may need an update.',
  pbx: 'Sign in on the page Main. If that fails, your administrator has to check the PBX.',
};

export const info = {
  heading: 'Info',
  way: 'Connection to the PBX',
  steps,
  stepHelp,
  good: 'in order',
  bad: 'not reached',
  pending: 'open',
  noSystem: 'No STARFACE is connected yet.',
  goConnect: 'Connect on the page Main',
  roundTrip: 'Response time of the agent',
  milliseconds: (ms: number) => `${ms} ms`,
  system: 'STARFACE',
  name: 'STARFACE name',
  connector: 'Connector',
  keyId: 'Key ID',
  user: 'Signed in as',
  nobody: 'nobody',
  versions: 'Versions',
  app: 'App',
  agent: 'Agent',
  host: 'Runs in',
  hosts: { teams: 'Microsoft Teams', browser: 'browser' },
  appearance: 'Language and appearance',
  language: 'Language',
  languages: { auto: 'Automatic', de: 'Deutsch', en: 'English' },
  theme: 'Appearance',
  themes: { auto: 'Automatic', light: 'Light', dark: 'Dark', contrast: 'High contrast' },
  themeByTeams: 'follows Teams',
  telLinks: 'Open telephone links with this app',
  telLinksDone: 'Your browser asks for permission. A link fills in the number; it never dials.',
  diagnosis: 'Diagnosis',
  diagnosisHint: 'Contains no passwords and no keys. You can send it to your administrator.',
  copy: 'Copy diagnosis',
  copied: 'Copied.',
  copyFailed: 'Copying is not allowed here. Select the text and copy it yourself.',
  signOut: 'Sign out',
  other: 'Choose other STARFACE',
  privacyHeading: 'Privacy',
  privacyText:
    'The connector passes on encrypted data only and cannot read it. Passwords and calls are visible to your STARFACE alone.',
  privacy: 'Privacy notice',
  terms: 'Terms of use',
  licences: 'Licences of the libraries used',
};
