const badNumber = {
  empty: 'Enter a number.',
  letters: 'Enter a number, or choose a contact from the list.',
  characters:
    'The number contains characters that cannot be dialled. Enter digits, +, * and # only.',
  several: 'These are several numbers. Enter one.',
  'too-long': 'The number is too long.',
};

const problems = {
  'telephony.refused': 'The STARFACE has refused this.',
  'telephony.gone': 'This is no longer there.',
  'telephony.not-offered': 'The STARFACE does not offer this to you.',
  'telephony.busy': 'The previous command is still running.',
  'telephony.uncertain': 'It is not known whether the STARFACE has carried this out.',
  'telephony.stopped': 'You are signed out.',
  'uci.timeout': 'The STARFACE did not answer in time.',
  'uci.unreachable': 'The STARFACE cannot be reached.',
  'uci.connection-closed': 'The connection to the STARFACE was closed.',
  'uci.access-refused': 'You do not have the right to do this on the STARFACE.',
  'session.method-not-allowed': 'Your administrator has not allowed this.',
  'session.not-signed-in': 'You are signed out. Sign in again.',
  'session.signed-out': 'You are signed out. Sign in again.',
  'session.shutting-down': 'The service is restarting. Try again in a moment.',
};

export const callProblem = {
  badNumber,
  problems,
  unknownProblem: (message: string, code: string) =>
    message === '' ? code : `${message} (${code})`,
};
