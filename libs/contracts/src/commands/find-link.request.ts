import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { PROVIDERS } from '../rpc/connection.request.js';

/** Durable command: a provider told of a link that may be the one a connection waits for. Repeating it costs a look, no more. */
export class FindLinkMessage {
  @IsUUID()
  connectionId!: string;

  @IsIn(PROVIDERS)
  provider!: (typeof PROVIDERS)[number];

  /** As the provider calls the link; `null`: it did not say. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  providerConnectionId!: string | null;
}
