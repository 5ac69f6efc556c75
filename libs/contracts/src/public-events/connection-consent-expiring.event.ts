import { Type } from 'class-transformer';
import { Equals, IsInt, IsString, Matches, ValidateNested } from 'class-validator';
import { CloudEvent } from './cloud-event.js';
import { ConnectionData } from './connection.data.js';

export class ConnectionConsentExpiringData extends ConnectionData {
  /** ISO 8601 UTC. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly expiresAt!: string;

  /** Which warning it is: 30, 14, 7 or 1. */
  @IsInt()
  readonly withinDays!: number;

  /** Days of the calendar (UTC) from the warning until then; 0: it ends on the same day. */
  @IsInt()
  readonly daysLeft!: number;

  /** In words, with a next step. */
  @IsString()
  readonly message!: string;
}

/** The account holder's consent soon ends; once each within 30, 14, 7 and 1 days of it. */
export class ConnectionConsentExpiringV1 extends CloudEvent {
  @Equals('passerelle.connection.consent-expiring.v1')
  readonly type!: 'passerelle.connection.consent-expiring.v1';

  @ValidateNested()
  @Type(() => ConnectionConsentExpiringData)
  readonly data!: ConnectionConsentExpiringData;
}
