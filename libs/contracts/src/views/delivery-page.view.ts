import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { DeliveryView } from './delivery.view.js';

/** Some webhook deliveries, newest first, and where the next ones begin. */
export class DeliveryPageView {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DeliveryView)
  readonly items!: DeliveryView[];

  /** To be given back as `cursor`; `null` on the last page. */
  @Nullable()
  @IsString()
  readonly nextCursor!: string | null;
}
