import type { Language } from '#contracts';

export type CallbackPage = 'linked' | 'refused' | 'used' | 'not-yet' | 'later' | 'not-valid';

interface Words {
  readonly heading: string;
  readonly text: string;
}

const TEXTS: Readonly<Record<CallbackPage, Readonly<Record<Language, Words>>>> = {
  linked: {
    fr: { heading: 'Banque reliée', text: 'Votre banque est reliée. Vous pouvez fermer cette page.' },
    en: { heading: 'Bank linked', text: 'Your bank is linked. You may close this page.' },
  },
  refused: {
    fr: {
      heading: 'Liaison non aboutie',
      text: 'La liaison n’a pas abouti. Rien n’a changé ; demandez un nouveau lien pour réessayer.',
    },
    en: {
      heading: 'Link not completed',
      text: 'The link was not completed. Nothing has changed; ask for a fresh link to try again.',
    },
  },
  used: {
    fr: {
      heading: 'Lien déjà utilisé',
      text: 'Ce lien a déjà servi. Si votre banque vient d’être reliée, tout est en ordre et vous pouvez fermer cette page ; sinon, demandez un nouveau lien.',
    },
    en: {
      heading: 'Link used already',
      text: 'This link has been used already. If your bank has just been linked, all is well and you may close this page; otherwise ask for a fresh link.',
    },
  },
  'not-yet': {
    fr: {
      heading: 'Encore un instant',
      text: 'Votre banque n’apparaît pas encore. Rechargez cette page dans un instant, ou demandez un nouveau lien.',
    },
    en: {
      heading: 'One more moment',
      text: 'Your bank does not show yet. Load this page again in a moment, or ask for a fresh link.',
    },
  },
  later: {
    fr: {
      heading: 'Pas pour le moment',
      text: 'La liaison ne peut pas être terminée pour le moment. Rechargez cette page dans un instant ; si cela dure, demandez un nouveau lien.',
    },
    en: {
      heading: 'Not at the moment',
      text: 'The link cannot be completed at the moment. Load this page again shortly; if that goes on, ask for a fresh link.',
    },
  },
  'not-valid': {
    fr: {
      heading: 'Lien non valable',
      text: 'Ce lien n’est pas valable ou n’est plus valable. Demandez un nouveau lien.',
    },
    en: { heading: 'Link not valid', text: 'This link is not valid, or no longer. Ask for a fresh link.' },
  },
};

const PAGES: Readonly<Record<string, CallbackPage>> = {
  'link.state-used': 'used',
  'link.nothing-linked': 'not-yet',
};

const isOurTrouble = (status: number): boolean => status === 429 || status >= 500;

/** The page for a callback that came to nothing: what a person may do depends on whether the link is to blame. */
export const pageOfProblem = ({
  code,
  status,
}: {
  readonly code: string;
  readonly status: number;
}): CallbackPage => PAGES[code] ?? (isOurTrouble(status) ? 'later' : 'not-valid');

const STYLE = `:root{color-scheme:light dark}
body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem}
h1{line-height:1.2}
.from{opacity:.75;margin:0}`;

/** What the person sees at the end, whichever way it went. */
export const callbackPage = (page: CallbackPage, language: Language): string => {
  const { heading, text } = TEXTS[page][language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${heading} · Passerelle</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="from">Passerelle</p>
<h1>${heading}</h1>
<p>${text}</p>
</main>
</body>
</html>
`;
};
