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
};

export const callProblem = {
  badNumber,
  problems,
};
