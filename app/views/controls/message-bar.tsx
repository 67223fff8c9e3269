import type { ComponentChildren } from 'preact';

import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import * as icons from './icons.ts';

export type MessageKind = 'info' | 'success' | 'warning' | 'error';

const SIGNS = {
  info: icons.info,
  success: icons.checkCircle,
  warning: icons.warning,
  error: icons.error,
};

export interface MessageBarProps {
  readonly kind: MessageKind;
  readonly title?: string;
  readonly children: ComponentChildren;
  /** Buttons. */
  readonly actions?: ComponentChildren;
  readonly onDismiss?: () => void;
  readonly dismissLabel?: string;
  /** Not read out by itself: something else has said it, or it stood there from the start. */
  readonly quiet?: boolean;
}

/** What has happened and what to do, between the other content. */
export function MessageBar(props: MessageBarProps) {
  const { kind, quiet = false } = props;
  const role = quiet ? undefined : kind === 'error' ? 'alert' : 'status';
  return (
    <div class={`message ${kind}`} role={role}>
      <Icon of={SIGNS[kind]} />
      <div class="words">
        {props.title === undefined ? null : <strong>{props.title} </strong>}
        {props.children}
      </div>
      {props.actions === undefined ? null : <div class="actions">{props.actions}</div>}
      {props.onDismiss === undefined ? null : (
        <IconButton
          icon={icons.dismiss}
          label={props.dismissLabel ?? ''}
          onClick={props.onDismiss}
        />
      )}
    </div>
  );
}
