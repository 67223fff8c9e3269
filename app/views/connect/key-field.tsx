import { checkSystemKey, type KeyCheck } from '../../protocol/index.ts';
import { Field } from '../controls/field.tsx';
import { texts } from '../texts/language.ts';

const GROUP = 5;

/** The characters of a key as they were typed, in groups of five, without separators. */
function typedGroups(text: string): string[] {
  const bare = text.replace(/[\s_-]/g, '').toUpperCase();
  return bare.match(/.{1,5}/gsu) ?? [];
}

/** Word processors and mail programs turn hyphens into dashes, blanks into wider ones. */
function plain(text: string): string {
  return text
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u200b\u2060\ufeff]/g, '')
    .replace(/\s/g, ' ');
}

/** What is wrong so far, in the user's language; null while nothing is. */
export function keyError(text: string, check: KeyCheck): string | null {
  const t = texts.value.connect;
  if (check.error === null) return null;
  const groups = typedGroups(text);
  const { place } = check;
  if (check.error.code === 'keygen.key-length') return t.tooLong(check.symbols);
  if (place === null) return t.wrongSomewhere;
  const group = groups[place.group - 1] ?? '';
  if (check.error.code === 'keygen.key-checksum') return t.wrongGroup(place.group, group);
  return t.wrongCharacter(place.group, Array.from(group)[place.character - 1] ?? '');
}

/** The key's groups below the field, as they stand on paper, the wrong one marked. */
function Groups({ text, check }: { readonly text: string; readonly check: KeyCheck }) {
  const t = texts.value.connect;
  const wrong = check.place;
  return (
    <ol class={`groups ${check.canonical === null ? '' : 'right'}`} aria-label={t.keyGroups}>
      {typedGroups(text)
        .slice(0, 9)
        .map((group, index) => {
          if (wrong?.group !== index + 1) return <li key={index}>{group}</li>;
          const letters = Array.from(group);
          const at = wrong.character - 1;
          return (
            <li key={index} class="wrong" title={t.group(index + 1)}>
              {letters.slice(0, at).join('')}
              <mark>{letters[at]}</mark>
              {letters.slice(at + 1).join('')}
            </li>
          );
        })}
    </ol>
  );
}

export interface KeyFieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** After an attempt to connect: also what is only missing is said. */
  readonly strict: boolean;
}

export function KeyField({ value, onInput, strict }: KeyFieldProps) {
  const t = texts.value.connect;
  const check = checkSystemKey(value);
  const missing = strict && check.error === null && check.canonical === null;
  const error = missing ? t.tooShort(check.symbols) : keyError(value, check);
  const hint = check.canonical === null ? t.keyHint(check.symbols) : t.keyRight;
  return (
    <>
      <Field
        class="key-field"
        label={t.key}
        value={value}
        onInput={(typed) => {
          onInput(plain(typed));
        }}
        error={error}
        hint={hint}
        maxLength={4 * GROUP * GROUP}
      />
      {check.symbols > 0 || check.error !== null ? <Groups text={value} check={check} /> : null}
    </>
  );
}
