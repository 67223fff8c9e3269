export const legal = {
  back: 'Back to the app',
  privacy: {
    heading: 'Privacy notice',
    paragraphs: [
      'This app connects you with the STARFACE of your organisation. Your organisation operates the PBX and is responsible for the data that is processed there: calls, call lists, contacts, voicemail.',
      'All data between this app and the agent beside the PBX is encrypted end to end. The connector passes it on without being able to read it, and stores no passwords. It sees your IP address and when you are connected.',
      'In this browser the app stores the name of your PBX, keys that other web pages cannot read, your settings and, while you stay signed in, a sealed ticket. “Choose other STARFACE” on the page Info removes all of it. The app sets no cookies and contacts no other servers.',
    ],
  },
  terms: {
    heading: 'Terms of use',
    paragraphs: [
      'The operator of this page makes the app available to the users of a STARFACE. Only users who have received a key file from their administrator may use it. Treat the key file as confidential.',
      'The app is free software under the Apache License 2.0 and is provided without warranty. Do not rely on it for emergency calls.',
    ],
  },
};
