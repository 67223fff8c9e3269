// ?state=NAME&theme=light|dark|contrast&lang=de|en shows one; without a state, links to all.

import { render } from 'preact';

import { language, languageOf, setLanguage } from '../views/texts/language.ts';
import { STATES } from './states.tsx';

const query = new URLSearchParams(location.search);
const theme = query.get('theme') ?? 'light';
const root = document.getElementById('app');
document.documentElement.dataset['theme'] = theme;
await setLanguage(languageOf(query.get('lang') ?? 'en'));
document.documentElement.lang = language.value;

function Links() {
  return (
    <ul>
      {Object.keys(STATES).map((name) => (
        <li key={name}>
          {['light', 'dark', 'contrast'].map((look) =>
            ['de', 'en'].map((lang) => (
              <a key={look + lang} href={`?state=${name}&theme=${look}&lang=${lang}`}>
                {`${name} ${look} ${lang} `}
              </a>
            )),
          )}
        </li>
      ))}
    </ul>
  );
}

root?.replaceChildren();
if (root !== null) render(STATES[query.get('state') ?? '']?.() ?? <Links />, root);
