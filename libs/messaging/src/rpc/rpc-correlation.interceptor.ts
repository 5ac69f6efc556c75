import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { MsgHdrs } from '@nats-io/transport-node';
import { NatsContext } from '@nestjs/microservices';
import { Observable } from 'rxjs';
import type { CorrelationScope } from '#kernel';
import { correlationOf } from '../nats/correlation-headers.js';

/** Runs a handler of request/reply within the correlation that its caller sent; leaves other transports alone. */
export class RpcCorrelationInterceptor implements NestInterceptor {
  constructor(private readonly scope: CorrelationScope) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const transport: unknown = context.getType() === 'rpc' ? context.switchToRpc().getContext() : undefined;
    if (!(transport instanceof NatsContext)) return next.handle();
    const correlation = correlationOf(transport.getHeaders() as MsgHdrs | undefined);
    return new Observable((subscriber) =>
      this.scope.run(correlation, () => next.handle().subscribe(subscriber)),
    );
  }
}
