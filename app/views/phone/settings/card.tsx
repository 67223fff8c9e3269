import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import { Icon } from '../../controls/icon.tsx';

/** One part of the settings under its heading. */
export function Card(props: {
  readonly title: string;
  readonly icon: string;
  /** Stands at the end of the heading. */
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class="card setting" aria-labelledby={id}>
      <div class="head">
        <Icon of={props.icon} />
        <h3 id={id}>{props.title}</h3>
        {props.action}
      </div>
      {props.children}
    </section>
  );
}
