export interface Connector {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly color: string;
  readonly slug: string;
  readonly bic: string;
  readonly mechanism: 'credentials' | 'webauth';
}

/** The demo bank: holds the account of the original guide and opens accounts on demand. */
export const DEMO_CONNECTOR_ID = 40;

export const CONNECTORS: readonly Connector[] = [
  {
    id: DEMO_CONNECTOR_ID,
    uuid: '7c1f0e52-93ab-5d64-8e0f-2b6a41d9c375',
    name: 'BNP Paribas (démonstration)',
    color: '00915a',
    slug: 'BNP',
    bic: 'BNPAFRPP',
    mechanism: 'webauth',
  },
  {
    id: 59,
    uuid: '338178e6-3d01-564f-9a7b-52ca442459bf',
    name: 'Connecteur de test',
    color: 'ff6100',
    slug: 'TST',
    bic: 'TESTFRPPXXX',
    mechanism: 'credentials',
  },
  {
    id: 12,
    uuid: '0a6f8c1e-52d7-5f4b-9d36-77c1b8e2a490',
    name: 'Banque Exemple',
    color: '1f4e9c',
    slug: 'BEX',
    bic: 'EXEMFRPPXXX',
    mechanism: 'credentials',
  },
];

export const connectorById = (id: number): Connector | undefined =>
  CONNECTORS.find((connector) => connector.id === id);

export const connectorView = (connector: Connector): Record<string, unknown> => ({
  id: connector.id,
  uuid: connector.uuid,
  name: connector.name,
  hidden: false,
  charged: false,
  beta: false,
  code: null,
  color: connector.color,
  slug: connector.slug,
  capabilities: ['bank', 'document', 'profile'],
  products: ['bank'],
  auth_mechanism: connector.mechanism,
  available_auth_mechanisms: [connector.mechanism],
  account_usages: ['PRIV', 'ORGA'],
  restricted: false,
  months_to_fetch: null,
  sync_frequency: null,
  siret: null,
});
