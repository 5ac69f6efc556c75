/** Advisory lock of whoever carries out the runs of a connection: saves work, decides nothing. */
export const runLock = (connectionId: string): string => `passerelle:sync:${connectionId}`;
