import { type DynamicModule, Module } from '@nestjs/common';
import { DoorSettings } from './receive-webhook/door-settings.js';
import { Reception } from './receive-webhook/reception.js';
import { ReceiveWebhookController } from './receive-webhook/receive-webhook.controller.js';

@Module({})
export class WebhookIngressModule {
  static with(reception: Reception, settings: DoorSettings): DynamicModule {
    return {
      module: WebhookIngressModule,
      controllers: [ReceiveWebhookController],
      providers: [
        { provide: Reception, useValue: reception },
        { provide: DoorSettings, useValue: settings },
      ],
    };
  }
}
