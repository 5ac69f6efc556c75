import type { INestApplication } from '@nestjs/common';
import type { CorrelationScope } from '#kernel';
import { rpcValidationPipe } from './request-invalid.js';
import { RpcCorrelationInterceptor } from './rpc-correlation.interceptor.js';
import { RpcProblemFilter, type TranslateError } from './rpc-problem.filter.js';
import { natsRpcOptions, type RpcServerOptions } from './rpc-server.js';

/**
 * Makes an app answer its `@MessagePattern(subject)` handlers over NATS: payloads validated, errors as problems, the
 * caller's correlation in scope. Its HTTP side stays as it is. Begins with `app.startAllMicroservices()`.
 */
export const serveRpc = (
  app: INestApplication,
  options: RpcServerOptions & { readonly scope: CorrelationScope; readonly translate?: TranslateError },
): void => {
  // Without the deferral Nest binds the handlers now and ignores what is set afterwards.
  const rpc = app.connectMicroservice(natsRpcOptions(options), { deferInitialization: true });
  rpc.useGlobalPipes(rpcValidationPipe());
  rpc.useGlobalFilters(new RpcProblemFilter(options.translate));
  rpc.useGlobalInterceptors(new RpcCorrelationInterceptor(options.scope));
};
