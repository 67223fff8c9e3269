import type { Telephony } from '../../telephony/index.ts';
import { texts } from '../texts/language.ts';

export interface WorkProps {
  readonly telephony: Telephony;
}

/** What is shown to a signed-in user. */
export function Work({ telephony }: WorkProps) {
  return (
    <section class="work" aria-busy={telephony.state.get().phase === 'starting'}>
      <h1>{texts.value.work.heading}</h1>
    </section>
  );
}
