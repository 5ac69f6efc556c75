import { IsOptional, IsString, Matches } from 'class-validator';

/** What every request over NATS carries beside its own fields. */
export class ScopedRequest {
  /** The only tenant that the caller may see; `null`: every tenant (admin). Set by the gateway from the API key. */
  @IsOptional()
  @IsString()
  scope!: string | null;

  /** Log position that the answer must include: what the caller wrote before. */
  @IsOptional()
  @Matches(/^\d{1,19}$/)
  minPosition?: string | null;
}
