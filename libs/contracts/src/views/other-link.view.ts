import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';

/** A bank account that is shared through a link which nobody uses. */
export class OtherLinkAccountView {
  @Nullable()
  @IsString()
  readonly iban!: string | null;

  @IsString()
  readonly name!: string;
}

/** A link that the account holder made besides, on a page of this connection; nothing is imported from it. */
export class OtherLinkView {
  /** The provider's id of it. */
  @IsString()
  readonly id!: string;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => OtherLinkAccountView)
  readonly accounts!: OtherLinkAccountView[];
}
