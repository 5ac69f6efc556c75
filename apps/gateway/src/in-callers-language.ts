import type { Language } from '#contracts';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { callerLanguage } from './caller-language.js';

type Telling<View> = (view: View, language: Language) => View;

@Injectable()
class LanguageInterceptor<View> implements NestInterceptor<View, View> {
  readonly #tell: Telling<View>;

  constructor(tell: Telling<View>) {
    this.#tell = tell;
  }

  intercept(context: ExecutionContext, next: CallHandler<View>): Observable<View> {
    const http = context.switchToHttp();
    const language = callerLanguage(http.getRequest<FastifyRequest>().headers['accept-language']);
    const reply = http.getResponse<FastifyReply>();
    void reply.header('content-language', language).header('vary', 'accept-language');
    return next.handle().pipe(map((view) => this.#tell(view, language)));
  }
}

/** The answer holds words of ours: `tell` puts them into the language that the caller likes best. */
export const InCallersLanguage = <View>(tell: Telling<View>): MethodDecorator =>
  applyDecorators(
    UseInterceptors(new LanguageInterceptor(tell)),
    ApiHeader({ name: 'Accept-Language', required: false, description: '`en` (default) or `fr`' }),
  );
