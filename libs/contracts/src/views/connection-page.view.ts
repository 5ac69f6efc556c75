import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { ConnectionView } from './connection.view.js';

/** Some connections and where the next ones begin. */
export class ConnectionPageView {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ConnectionView)
  readonly items!: ConnectionView[];

  /** To be given back as `cursor`; `null` on the last page. */
  @Nullable()
  @IsString()
  readonly nextCursor!: string | null;
}
