import { IsString } from 'class-validator';
import { SyncView } from '../views/sync.view.js';

/** A finished run, as `GET /v1/syncs/{id}` shows it, and the accounts it concerned. */
export class SyncData extends SyncView {
  @IsString()
  readonly companyId!: string;

  /** The caller's ids of the accounts that the run looked at. */
  @IsString({ each: true })
  readonly accountIds!: string[];
}
