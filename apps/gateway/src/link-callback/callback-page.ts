export type CallbackPage = 'linked' | 'refused' | 'failed';

const TEXTS: Readonly<Record<CallbackPage, { readonly fr: string; readonly en: string }>> = {
  linked: {
    fr: 'Votre banque est reliée. Vous pouvez fermer cette page.',
    en: 'Your bank is linked. You may close this page.',
  },
  refused: {
    fr: 'La liaison n’a pas abouti. Rien n’a changé ; demandez un nouveau lien pour réessayer.',
    en: 'The link was not completed. Nothing has changed; ask for a fresh link to try again.',
  },
  failed: {
    fr: 'Ce lien n’est pas valable ou n’est plus valable. Demandez un nouveau lien.',
    en: 'This link is not valid, or no longer. Ask for a fresh link.',
  },
};

/** What the person sees at the end, whichever way it went. */
export const callbackPage = (page: CallbackPage): string => `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Passerelle</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;color:#1b2733}
p[lang=en]{color:#5b6875}</style>
</head>
<body>
<h1>Passerelle</h1>
<p>${TEXTS[page].fr}</p>
<p lang="en">${TEXTS[page].en}</p>
</body>
</html>
`;
