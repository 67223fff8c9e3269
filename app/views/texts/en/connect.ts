export const connect = {
  heading: 'Connect to your STARFACE',
  intro: 'You have received a key file, or a name and a key, from your administrator.',
  dropHere: 'Drag the key file here',
  dropNow: 'Drop the key file now',
  chooseFile: 'choose a file',
  ways: { before: 'or ', after: ', or paste it with Ctrl+V' },
  fileInput: 'Key file',
  orByHand: 'or enter it by hand',
  name: 'STARFACE name',
  namePlaceholder: 'pbx.example.com',
  key: 'Key',
  keyHint: (symbols: number) =>
    symbols === 0 ? 'Eight groups of five characters' : `${symbols} of 40 characters`,
  keyRight: 'The key is complete and correct.',
  keyGroups: 'Groups of the key',
  group: (number: number) => `Group ${number}`,
  wrongGroup: (number: number, text: string) =>
    `Group ${number} is not correct. Compare “${text}” with your original.`,
  wrongCharacter: (number: number, character: string) =>
    `“${character}” in group ${number} cannot be part of a key. A key has digits and letters, but no U.`,
  wrongSomewhere:
    'The key has more than one typing error. Compare it with your original group by group.',
  tooLong: (symbols: number) => `A key has 40 characters, this has ${symbols}.`,
  tooShort: (symbols: number) => `A key has 40 characters, this has only ${symbols}.`,
  connect: 'Connect',
  connecting: (system: string) => `Connecting to ${system} …`,
  fileRejected: 'The file was not used.',
  severalFiles: 'Several files were dropped. Drop only the key file.',
  fileUnreadable: 'The file could not be read. Copy it to this device and try again.',
  notConnected: 'No connection.',
  retry: 'Try again',
  retryIn: (seconds: number) => `Next attempt in ${seconds} s.`,
  other: 'Choose other STARFACE',
  foreign: (host: string) =>
    `This key file belongs to another connector: ${host}. A page can only reach its own connector.`,
  openForeign: (host: string) => `Open ${host}`,
  notKept:
    'This browser does not let the page store anything. You will need the key file again after a reload.',
};
