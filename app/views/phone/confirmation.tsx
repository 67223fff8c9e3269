import type { ComponentChildren } from 'preact';

import { Button } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { texts } from '../texts/language.ts';

/** Asks before something is done that cannot be taken back. */
export function Confirmation(props: {
  readonly title: string;
  /** On the button that does it. */
  readonly action: string;
  readonly children: ComponentChildren;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      actions={
        <>
          <Button kind="danger" onClick={props.onConfirm}>
            {props.action}
          </Button>
          <Button onClick={props.onClose}>{texts.value.settings.cancel}</Button>
        </>
      }
    >
      {props.children}
    </Dialog>
  );
}
