import { Button } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { useShell } from '../shell.ts';
import { texts } from '../texts/language.ts';

/** Asks before the key and everything else is forgotten. */
export function OtherSystem({ onClose }: { readonly onClose: () => void }) {
  const shell = useShell();
  const t = texts.value.signIn;
  return (
    <Dialog
      title={t.otherTitle}
      onClose={onClose}
      actions={
        <>
          <Button kind="danger" onClick={() => void shell.leave().finally(onClose)}>
            {t.otherConfirm}
          </Button>
          {/* Enter must not remove anything. */}
          <Button onClick={onClose} autoFocus>
            {t.cancel}
          </Button>
        </>
      }
    >
      <p>{t.otherText(shell.system.value?.name ?? '')}</p>
    </Dialog>
  );
}
