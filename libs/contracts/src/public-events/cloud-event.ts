import { Equals, IsString, Matches } from 'class-validator';

/** The CloudEvents 1.0 attributes that every public event carries. */
export abstract class CloudEvent {
  @Equals('1.0')
  readonly specversion!: '1.0';

  /** The same however often the event is delivered; also the `Nats-Msg-Id`. */
  @IsString()
  readonly id!: string;

  /** Which part of Passerelle says so: `/passerelle/sync` or `/passerelle/connections`. */
  @Matches(/^\/passerelle\/[a-z-]+$/)
  readonly source!: string;

  /** The ledger's id for transactions and balances, the connection's id otherwise. */
  @IsString()
  readonly subject!: string;

  /** When it was recorded, ISO 8601 UTC. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly time!: string;

  @Equals('application/json')
  readonly datacontenttype!: 'application/json';

  @Matches(/^[A-Za-z0-9_-]{1,64}$/)
  readonly tenantid!: string;

  /** Events with the same key are delivered in the order of their `sequence`. */
  @IsString()
  readonly partitionkey!: string;

  /** Strictly increasing within its `partitionkey`, with holes. A whole number as a decimal string: compare as number, not as text. */
  @Matches(/^\d+$/)
  readonly sequence!: string;
}
