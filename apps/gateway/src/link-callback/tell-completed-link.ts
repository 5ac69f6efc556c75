import { type CompletedLinkReply, type Language, linkedText, linkRefusalText } from '#contracts';

/** What came of a link page in words of this language; the service tells it in English. */
export const tellCompletedLink = (
  { code, by, message, otherLinks }: CompletedLinkReply,
  language: Language,
): string => {
  if (language === 'en') return message;
  return code === null ? linkedText(otherLinks, language) : linkRefusalText({ code, by }, language);
};
