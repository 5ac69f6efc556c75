import { RpcCorrelationInterceptor, RpcProblemFilter, rpcValidationPipe } from '#messaging';
import { correlation } from '#platform';
import { applyDecorators, UseFilters, UseInterceptors, UsePipes } from '@nestjs/common';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { translateServiceError } from './rpc-errors.js';

/**
 * A controller's method that answers requests on a NATS subject: the payload is validated against the class that its
 * parameter declares, failures leave as `{code, message}`, and the caller's correlation goes on.
 *
 * The parts are bound here and not to the transport: a hybrid Nest app would initialise every module once per transport.
 */
export const Answers = (subject: string): MethodDecorator =>
  applyDecorators(
    MessagePattern(subject, Transport.NATS),
    UsePipes(rpcValidationPipe()),
    UseFilters(new RpcProblemFilter(translateServiceError)),
    UseInterceptors(new RpcCorrelationInterceptor(correlation)),
  );
