/** The description of the API, OpenAPI 3.1, made from the schemas that the routes check with. */
import fastifySwagger from '@fastify/swagger';
import { FEEDS } from '@noroshi/wire/api/feed.ts';
import type { SwaggerTransformObject } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { STEADY } from './answer.ts';

const DESCRIPTION = `What a network of sensors saw: packets that arrived although nobody had asked for them, per day and sensor
address. Feeds (${FEEDS.join(', ')}) are never added up. Times are Unix ms of event time. Every refusal is application/problem+json.`;

/** Before the routes: what is registered earlier is not described. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Noroshi', version, description: DESCRIPTION, license: { name: 'Apache-2.0' } },
      servers: [{ url: '/' }],
      tags: [
        { name: 'figures', description: 'Published figures' },
        { name: 'findings', description: 'What detectors found, and who is under attack' },
        { name: 'live', description: 'The last 24 hours' },
        { name: 'operations', description: 'For whoever runs the center' },
        { name: 'sensors', description: 'For sensors' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: withoutInputs,
  });
  app.get('/v1/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    return reply
      .header('cache-control', STEADY)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(app.swagger()));
  });
}

/** The provider names each schema twice, as it is sent and as it is taken; of ours nothing is taken. */
const withoutInputs: SwaggerTransformObject = (document) => {
  const whole = jsonSchemaTransformObject(document) as { components?: { schemas?: Record<string, unknown> } };
  const schemas = Object.entries(whole.components?.schemas ?? {}).filter(([name]) => !name.endsWith('Input'));
  return {
    ...whole,
    components: { ...whole.components, schemas: Object.fromEntries(schemas) },
  } as ReturnType<SwaggerTransformObject>;
};
