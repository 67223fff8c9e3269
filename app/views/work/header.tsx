import type { Telephony } from '../../telephony/index.ts';

/** Stands in the header beside the user's name: own presence, do not disturb. */
export function WorkHeader({ telephony }: { readonly telephony: Telephony }) {
  return <span hidden data-phase={telephony.state.get().phase} />;
}
