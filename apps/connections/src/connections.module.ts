import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ChangeSettingsController } from './change-settings/change-settings.controller.js';
import { ChangeSettingsHandler } from './change-settings/change-settings.handler.js';
import { ConnectionStatusController } from './connection-status/connection-status.controller.js';
import { GetConnectionHandler } from './connection-status/get-connection.handler.js';
import { ConnectionsDeps } from './connections-deps.js';
import { DecideOnAccountController } from './decide-on-account/decide-on-account.controller.js';
import { DecideOnAccountHandler } from './decide-on-account/decide-on-account.handler.js';
import { DisconnectAtProviderController } from './disconnect-connection/disconnect-at-provider.controller.js';
import { DisconnectAtProviderHandler } from './disconnect-connection/disconnect-at-provider.handler.js';
import { DisconnectConnectionController } from './disconnect-connection/disconnect-connection.controller.js';
import { DisconnectConnectionHandler } from './disconnect-connection/disconnect-connection.handler.js';
import { FindLinkController } from './find-lost-links/find-link.controller.js';
import { FindLinkHandler } from './find-lost-links/find-link.handler.js';
import { CompleteLinkHandler } from './link-connection/complete-link.handler.js';
import { LinkConnectionController } from './link-connection/link-connection.controller.js';
import { StartLinkHandler } from './link-connection/start-link.handler.js';
import { OpenConnectionController } from './open-connection/open-connection.controller.js';
import { OpenConnectionHandler } from './open-connection/open-connection.handler.js';

@Module({})
export class ConnectionsModule {
  static with(deps: ConnectionsDeps): DynamicModule {
    return {
      module: ConnectionsModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        OpenConnectionController,
        LinkConnectionController,
        ChangeSettingsController,
        DecideOnAccountController,
        DisconnectConnectionController,
        DisconnectAtProviderController,
        FindLinkController,
        ConnectionStatusController,
      ],
      providers: [
        { provide: ConnectionsDeps, useValue: deps },
        OpenConnectionHandler,
        StartLinkHandler,
        CompleteLinkHandler,
        ChangeSettingsHandler,
        DecideOnAccountHandler,
        DisconnectConnectionHandler,
        DisconnectAtProviderHandler,
        FindLinkHandler,
        GetConnectionHandler,
      ],
    };
  }
}
