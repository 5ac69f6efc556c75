import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { SyncView } from './sync.view.js';

/** Some sync runs, newest first, and where the next ones begin. */
export class SyncPageView {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => SyncView)
  readonly items!: SyncView[];

  /** To be given back as `cursor`; `null` on the last page. */
  @Nullable()
  @IsString()
  readonly nextCursor!: string | null;
}
