import { Type } from 'class-transformer';
import { Equals, ValidateNested } from 'class-validator';
import { CloudEvent } from './cloud-event.js';
import { SyncData } from './sync.data.js';

/** A run ended well: `data.status` is `success` or `partial`. */
export class SyncCompletedV1 extends CloudEvent {
  @Equals('passerelle.sync.completed.v1')
  readonly type!: 'passerelle.sync.completed.v1';

  @ValidateNested()
  @Type(() => SyncData)
  readonly data!: SyncData;
}
