import { IsUUID, Matches } from 'class-validator';

/** Durable command: what is not needed here any more is to end at the provider too. Repeating it changes nothing. */
export class DisconnectAtProviderMessage {
  @IsUUID()
  connectionId!: string;

  /** Revision of the event that says so: the access is the one of that moment, whatever was opened since. */
  @Matches(/^\d{1,19}$/)
  revision!: string;
}
