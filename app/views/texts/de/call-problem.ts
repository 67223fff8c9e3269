import type * as en from '../en/index.ts';

export const callProblem: typeof en.callProblem = {
  badNumber: {
    empty: 'Geben Sie eine Nummer ein.',
    letters: 'Geben Sie eine Nummer ein, oder wählen Sie einen Kontakt aus der Liste.',
    characters:
      'Die Nummer enthält Zeichen, die nicht gewählt werden können. Geben Sie nur Ziffern, +, * und # ein.',
    several: 'Das sind mehrere Nummern. Geben Sie eine ein.',
    'too-long': 'Die Nummer ist zu lang.',
  },
  problems: {
    'telephony.refused': 'Die STARFACE hat das abgelehnt.',
    'telephony.gone': 'Das ist nicht mehr vorhanden.',
    'telephony.not-offered': 'Die STARFACE bietet Ihnen das nicht an.',
    'telephony.busy': 'Der vorige Befehl läuft noch.',
    'telephony.uncertain': 'Es ist nicht bekannt, ob die STARFACE das ausgeführt hat.',
    'telephony.stopped': 'Sie sind abgemeldet.',
  },
};
