import { IsUUID } from 'class-validator';

/** Durable command `passerelle.commands.sync.run`: a worker is to carry out this run, unless it has ended. */
export class RunSyncMessage {
  @IsUUID()
  connectionId!: string;

  @IsUUID()
  syncId!: string;
}
