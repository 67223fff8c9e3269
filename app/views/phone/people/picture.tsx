import { useEffect } from 'preact/hooks';

import type { AvatarOwner, Telephony } from '../../../telephony/index.ts';
import { useReadable } from '../../controls/use-readable.ts';

/**
 * The picture of a user over what stands in its place (initials, a sign), which has to be a
 * `position: relative` of a fixed size. What the browser cannot draw is not seen.
 */
export function Picture(props: {
  readonly telephony: Telephony;
  readonly of: AvatarOwner;
  /** Somebody else asks for it, when it is seen. */
  readonly lazy?: boolean;
}) {
  const { of, lazy } = props;
  const { avatars } = props.telephony;
  const { value: change } = useReadable(avatars.changed);
  useEffect(() => {
    if (lazy !== true) avatars.want(of);
  }, [avatars, of, lazy, change]);
  const src = avatars.of(of);
  return src === '' ? null : (
    <img
      key={src}
      class="picture"
      src={src}
      alt=""
      onLoad={({ currentTarget }) => {
        currentTarget.classList.add('drawn');
      }}
    />
  );
}
