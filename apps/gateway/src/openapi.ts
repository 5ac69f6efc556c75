import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** `/openapi.json`, and pages for people at `/docs`; both are made when first asked for. */
export const serveOpenApi = (app: NestFastifyApplication): void => {
  const outline = new DocumentBuilder()
    .setTitle('Passerelle')
    .setDescription('Bank connections, their syncs and their transactions.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key of Passerelle' })
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, outline), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Passerelle API',
  });
};
