import { pathOf } from '../../host/location.ts';
import { texts } from '../texts/language.ts';

/** Pages that the manifest of the Teams package names; they need no sign-in. */
export function Legal({ page }: { readonly page: 'privacy' | 'terms' }) {
  const t = texts.value.legal;
  const { heading, paragraphs } = t[page];
  return (
    <main class="legal content" id="content">
      <article class="card">
        <h1>{heading}</h1>
        {paragraphs.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p>
          <a href={pathOf('main', location.pathname)}>{t.back}</a>
        </p>
      </article>
    </main>
  );
}
