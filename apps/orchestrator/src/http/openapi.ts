import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** The OpenAPI document at `/api/docs-json`, for people at `/api/docs`. */
export function serveOpenApi(app: INestApplication, ui: boolean): void {
  const description = new DocumentBuilder()
    .setTitle('Flotilla')
    .setDescription('Errors are application/problem+json with a stable `code`.')
    .setVersion('1')
    .addBearerAuth()
    .build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, description), {
    ui,
  });
}
