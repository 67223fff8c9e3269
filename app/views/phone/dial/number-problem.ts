import type { TelephonyError } from '../../../telephony/index.ts';
import { texts } from '../../texts/language.ts';
import { refusalText } from '../refusal.ts';

/** Why a field that takes names, too, cannot be used as it is. */
export function numberProblem(error: TelephonyError): string {
  return error.reason === 'letters' ? texts.value.work.chooseContact : refusalText(error);
}
