export class ChangeSettingsOf {
  readonly type = 'ChangeSettingsOf';
  constructor(
    readonly connectionId: string,
    readonly scope: string | null,
    readonly settings: {
      readonly syncEnabled?: boolean | undefined;
      readonly syncDaysBack?: number | undefined;
    },
  ) {}
}

export interface ChangedSettings {
  readonly position: bigint | null;
}
