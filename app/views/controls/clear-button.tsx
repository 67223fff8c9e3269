import { IconButton } from './button.tsx';
import * as icons from './icons.ts';

/** Empties the field in whose box it stands; there is none while the field is empty. */
export function ClearButton(props: {
  readonly value: string;
  readonly label: string;
  readonly onClear: () => void;
}) {
  if (props.value === '') return null;
  return (
    <IconButton
      icon={icons.dismiss}
      label={props.label}
      onClick={(event) => {
        // The button goes, and would take the focus with it.
        (event.currentTarget as Element).parentElement?.querySelector('input')?.focus();
        props.onClear();
      }}
    />
  );
}
