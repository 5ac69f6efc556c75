import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ConnectionStatsController } from './connection-stats/connection-stats.controller.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { TransactionsController } from './ledger-entries/transactions.controller.js';
import { PostponedRuns } from './postponed-runs.js';
import { ReplayDeliveryController } from './replay-delivery/replay-delivery.controller.js';
import { ReplayDeliveryHandler } from './replay-delivery/replay-delivery.handler.js';
import { RequestSyncController } from './request-sync/request-sync.controller.js';
import { RequestSyncHandler } from './request-sync/request-sync.handler.js';
import { RunSyncController } from './run-sync/run-sync.controller.js';
import { RunSyncHandler } from './run-sync/run-sync.handler.js';
import { Staging } from './run-sync/staging.js';
import { SyncHistoryController } from './sync-history/sync-history.controller.js';
import { SyncDeps } from './sync-deps.js';

@Module({})
export class SyncModule {
  static with(deps: SyncDeps, staging: Staging, postponed: PostponedRuns): DynamicModule {
    return {
      module: SyncModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        RequestSyncController,
        RunSyncController,
        SyncHistoryController,
        TransactionsController,
        ConnectionStatsController,
        DeliveriesController,
        ReplayDeliveryController,
      ],
      providers: [
        { provide: SyncDeps, useValue: deps },
        { provide: Staging, useValue: staging },
        { provide: PostponedRuns, useValue: postponed },
        RequestSyncHandler,
        RunSyncHandler,
        ReplayDeliveryHandler,
      ],
    };
  }
}
