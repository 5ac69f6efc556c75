import { Type } from 'class-transformer';
import { Equals, ValidateNested } from 'class-validator';
import { CloudEvent } from './cloud-event.js';
import { SyncData } from './sync.data.js';

/** A run ended without success, or ran out of time: `data.errorCode` and `data.errorMessage` say why. */
export class SyncFailedV1 extends CloudEvent {
  @Equals('passerelle.sync.failed.v1')
  readonly type!: 'passerelle.sync.failed.v1';

  @ValidateNested()
  @Type(() => SyncData)
  readonly data!: SyncData;
}
