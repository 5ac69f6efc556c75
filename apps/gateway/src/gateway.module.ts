import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './api-key.guard.js';
import { Callers } from './callers.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { GatewayDeps } from './gateway-deps.js';
import { LinkCallbackController } from './link-callback/link-callback.controller.js';
import { LiveEventsController } from './live-events/live-events.controller.js';
import { StatsController } from './stats/stats.controller.js';
import { SyncsController } from './syncs/syncs.controller.js';
import { TransactionsController } from './transactions/transactions.controller.js';

@Module({})
export class GatewayModule {
  static with(deps: GatewayDeps, callers: Callers): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [
        ConnectionsController,
        SyncsController,
        StatsController,
        TransactionsController,
        DeliveriesController,
        LinkCallbackController,
        LiveEventsController,
      ],
      providers: [
        { provide: GatewayDeps, useValue: deps },
        { provide: Callers, useValue: callers },
        { provide: APP_GUARD, useClass: ApiKeyGuard },
      ],
    };
  }
}
