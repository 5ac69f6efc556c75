import { IsBoolean, IsInt, Max, Min, ValidateIf } from 'class-validator';

const given = (_object: object, value: unknown): boolean => value !== undefined;

export class ChangeSettingsRequest {
  /** `false` pauses what comes by itself; a person may still ask for a sync. */
  @ValidateIf(given)
  @IsBoolean()
  syncEnabled?: boolean;

  @ValidateIf(given)
  @IsInt()
  @Min(1)
  @Max(3650)
  syncDaysBack?: number;
}
