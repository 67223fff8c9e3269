import { useId, useState } from 'preact/hooks';

import { Button } from '../controls/button.tsx';
import * as icons from '../controls/icons.ts';
import { useShell } from '../shell.ts';
import { texts } from '../texts/language.ts';

interface ChoiceProps<K extends string> {
  readonly label: string;
  readonly names: Readonly<Record<K | 'auto', string>>;
  readonly order: readonly (K | 'auto')[];
  readonly chosen: K | null;
  readonly onChoose: (key: K | null) => void;
}

/** One of a few, as the system's own list: every keyboard and screen reader knows it. */
function Choice<K extends string>(props: ChoiceProps<K>) {
  const id = useId();
  return (
    <div class="choice">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        value={props.chosen ?? 'auto'}
        onChange={(event) => {
          const { value } = event.currentTarget;
          const key = props.order.find((one) => one === value) ?? 'auto';
          props.onChoose(key === 'auto' ? null : key);
        }}
      >
        {props.order.map((key) => (
          <option key={key} value={key}>
            {props.names[key]}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Language, theme, and what the browser does with telephone links. */
export function Appearance() {
  const { host, preferences } = useShell();
  const t = texts.value.info;
  const [asked, setAsked] = useState(false);
  const { handleTelLinks } = host;
  return (
    <>
      <Choice
        label={t.language}
        names={t.languages}
        order={['auto', 'de', 'en']}
        chosen={preferences.language.value}
        onChoose={(key) => {
          preferences.language.value = key;
          void preferences.save();
        }}
      />
      {host.kind === 'teams' ? (
        <dl class="facts">
          <div>
            <dt>{t.theme}</dt>
            <dd>{t.themeByTeams}</dd>
          </div>
        </dl>
      ) : (
        <Choice
          label={t.theme}
          names={t.themes}
          order={['auto', 'light', 'dark', 'contrast']}
          chosen={preferences.theme.value}
          onChoose={(key) => {
            preferences.theme.value = key;
            void preferences.save();
          }}
        />
      )}
      {host.notices.value === 'ask' ? (
        <div class="actions">
          <Button icon={icons.alert} onClick={() => void host.askForNotices()}>
            {t.notices}
          </Button>
        </div>
      ) : null}
      {handleTelLinks === null ? null : (
        <div class="actions">
          <Button
            onClick={() => {
              handleTelLinks();
              setAsked(true);
            }}
          >
            {t.telLinks}
          </Button>
          <span class="hint" role="status">
            {asked ? t.telLinksDone : ''}
          </span>
        </div>
      )}
    </>
  );
}
