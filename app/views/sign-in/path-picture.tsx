import type { Step } from '../connection.ts';
import { texts } from '../texts/language.ts';

export interface PathPictureProps {
  readonly reached: readonly Step[];
  readonly broken: boolean;
}

/** Teams ⌒ cloud ⌒ STARFACE: each arc is green when that part of the way is good. */
export function PathPicture({ reached, broken }: PathPictureProps) {
  const arc = (good: boolean, first: boolean): string => {
    if (good) return 'arc alive';
    return broken && first ? 'arc broken' : 'arc';
  };
  const toCloud = reached.includes('connector');
  const toPbx = reached.includes('agent');
  return (
    <svg
      class="path-picture"
      viewBox="0 0 280 84"
      role="img"
      aria-label={texts.value.signIn.picture}
    >
      <path class={arc(toCloud, true)} d="M62 26 Q90 4 114 24" />
      <path class={arc(toPbx, toCloud)} d="M166 24 Q190 4 218 26" />
      <rect class="plate" x="18" y="18" width="44" height="44" rx="8" />
      <path class="glyph" d="M30 34h20v8a6 6 0 0 1-6 6h-8l-6 5z" />
      <path class="plate" d="M124 56a11 11 0 0 1-1-22 17 17 0 0 1 32-4 13 13 0 0 1 3 26z" />
      <rect class="plate" x="218" y="18" width="44" height="44" rx="8" />
      <path class="glyph" d="M230 45a10 10 0 0 1 20 0M230 45v3M250 45v3M236 45v4h8v-4M240 35v-4" />
      <text x="40" y="79">
        Teams
      </text>
      <text x="140" y="79">
        Cloud
      </text>
      <text x="240" y="79">
        STARFACE
      </text>
    </svg>
  );
}
