import { IsUUID, Matches } from 'class-validator';

/** Durable command: what was disconnected here is to end at the provider too. Repeating it changes nothing. */
export class DisconnectAtProviderMessage {
  @IsUUID()
  connectionId!: string;

  /** Revision of the `ConnectionDisconnected`: the access is the one of that moment, whatever was opened since. */
  @Matches(/^\d{1,19}$/)
  revision!: string;
}
