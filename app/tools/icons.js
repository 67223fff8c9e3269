// Writes views/controls/icons.ts out of Microsoft's icon set, which is far too large to be
// installed for every build. To add an icon: put its name here, then
//
//   npm install --no-save --ignore-scripts @fluentui/svg-icons@1.1.343
//   node tools/icons.js
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// Name of ours: name in the set, without size. All are of 20 pixels. These are in the script that
// every visit loads before its first screen.
const FIRST = {
  alert: 'alert_20_regular',
  check: 'checkmark_20_filled',
  checkCircle: 'checkmark_circle_20_filled',
  chevronDown: 'chevron_down_20_regular',
  circle: 'circle_20_regular',
  copy: 'copy_20_regular',
  dismiss: 'dismiss_20_regular',
  keyFile: 'document_arrow_up_20_regular',
  error: 'error_circle_20_filled',
  eye: 'eye_20_regular',
  eyeOff: 'eye_off_20_regular',
  info: 'info_20_regular',
  key: 'key_20_regular',
  person: 'person_20_regular',
  signOut: 'sign_out_20_regular',
  warning: 'warning_20_filled',
  window: 'window_new_20_regular',
};

/** Of the work screens only, which come later. */
const WORK = {
  ringing: 'alert_20_filled',
  edit: 'edit_20_regular',
  handset: 'call_20_regular',
  mailRead: 'mail_read_20_regular',
  mailUnread: 'mail_unread_20_regular',
  presenceUnknown: 'presence_unknown_20_regular',
  people: 'people_20_regular',
  seat: 'premium_person_20_regular',
  call: 'call_20_filled',
  callEnd: 'call_end_20_filled',
  callForward: 'call_forward_20_regular',
  callIn: 'call_inbound_20_regular',
  callMissed: 'call_missed_20_regular',
  callOut: 'call_outbound_20_regular',
  callTransfer: 'call_transfer_20_regular',
  trash: 'delete_20_regular',
  dialpad: 'dialpad_20_regular',
  group: 'people_team_20_regular',
  history: 'history_20_regular',
  more: 'more_horizontal_20_regular',
  pause: 'pause_20_filled',
  peopleAdd: 'people_add_20_regular',
  play: 'play_20_filled',
  presenceAvailable: 'presence_available_20_filled',
  presenceAway: 'presence_away_20_filled',
  presenceBusy: 'presence_busy_20_filled',
  presenceDnd: 'presence_dnd_20_filled',
  presenceOffline: 'presence_offline_20_regular',
  refresh: 'arrow_clockwise_20_regular',
  search: 'search_20_regular',
  settings: 'settings_20_regular',
  sound: 'speaker_2_20_regular',
  voicemail: 'voicemail_20_regular',
};

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = process.argv[2] ?? path.join(root, 'node_modules', '@fluentui', 'svg-icons');

function pathsOf(file) {
  const svg = readFileSync(path.join(source, 'icons', `${file}.svg`), 'utf8');
  const paths = [...svg.matchAll(/<path d="([^"]+)"\/>/g)].map((match) => match[1]);
  if (paths.length === 0 || svg.split('<path').length - 1 !== paths.length) {
    throw new Error(`${file}.svg has something else than plain paths`);
  }
  return paths.join(' ');
}

function write(file, icons, about) {
  const lines = Object.entries(icons).map(
    ([name, from]) => `export const ${name} =\n  '${pathsOf(from)}';`,
  );
  writeFileSync(
    path.join(root, 'views', file),
    `// Made by tools/icons.js out of Fluent UI System Icons, (c) Microsoft Corporation, MIT licence.\n\n${about}\n${lines.join('\n')}\n`,
  );
}

write(
  'controls/icons.ts',
  FIRST,
  `// Paths in a box of 20 by 20, for the screens that come first:
//
//     import * as icons from '../controls/icons.ts';
//     <Icon of={icons.call} />
`,
);
write(
  'phone/icons.ts',
  WORK,
  `// Those of the work screens only: they are loaded with them. With them all others.

export * from '../controls/icons.ts';
`,
);
