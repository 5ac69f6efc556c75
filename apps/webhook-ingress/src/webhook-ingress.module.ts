import { type DynamicModule, Module } from '@nestjs/common';
import { DoorSettings } from './receive-webhook/door-settings.js';
import { ReceiveWebhookController } from './receive-webhook/receive-webhook.controller.js';
import { WebhookDoor } from './receive-webhook/webhook-door.js';

@Module({})
export class WebhookIngressModule {
  static with(door: WebhookDoor, settings: DoorSettings): DynamicModule {
    return {
      module: WebhookIngressModule,
      controllers: [ReceiveWebhookController],
      providers: [
        { provide: WebhookDoor, useValue: door },
        { provide: DoorSettings, useValue: settings },
      ],
    };
  }
}
