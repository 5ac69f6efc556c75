/** Who logs in at the bank sees the accounts with this login. */
export const loginOf = (scenarioId: string, isListed: boolean, connectorId: number): string =>
  isListed ? `bank-${connectorId}` : `scenario-${scenarioId}`;
