import type { BankIncidentView } from '../views/bank-incident.view.js';
import { problemText } from './problem-text.js';
import type { Language } from './problem-words.js';

/** That a bank fails, for everybody or one connection, with a next step. */
export const bankIncidentText = (
  { failures, connections, until }: Pick<BankIncidentView, 'failures' | 'connections' | 'until'>,
  language: Language,
): string => {
  const isForAll = connections > 1;
  const code = isForAll
    ? until === null
      ? 'bank.look-due'
      : 'bank.left-alone'
    : until === null
      ? 'bank.connection-look-due'
      : 'bank.connection-left-alone';
  const parameters = {
    failures: String(failures),
    ...(isForAll && { connections: String(connections) }),
    ...(until !== null && { until }),
  };
  return problemText({ code, parameters }, language) ?? code;
};
