import type { ComponentChildren } from 'preact';

import { Icon } from './icon.tsx';

/** Nothing is there, and why: an icon, a line, and what one can do. */
export function Empty(props: {
  readonly icon: string;
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon of={props.icon} />
      <p class="title">{props.title}</p>
      {props.children}
    </div>
  );
}

/** One row: what stands before it (an icon, a picture), two lines, what stands at its end. */
export function Row(props: {
  readonly before?: ComponentChildren;
  readonly title: ComponentChildren;
  readonly detail?: ComponentChildren;
  readonly after?: ComponentChildren;
  readonly class?: string;
}) {
  return (
    <li class={`row ${props.class ?? ''}`}>
      {props.before === undefined ? null : <div class="before">{props.before}</div>}
      <div class="words">
        <div class="title">{props.title}</div>
        {props.detail === undefined ? null : <div class="detail">{props.detail}</div>}
      </div>
      {props.after === undefined ? null : <div class="after">{props.after}</div>}
    </li>
  );
}
