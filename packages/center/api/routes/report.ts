/** The report of a month or other days, as `noroshi report` prints it. */
import { REPORT_FORMATS, REPORT_LANGUAGES } from '@noroshi/wire/api/report.ts';
import { z } from 'zod';
import { FRESH } from '../answer.ts';
import type { Figures } from '../deps.ts';
import { feed, month, oneOf, period } from '../parameters.ts';
import { Refused } from '../problem.ts';
import { reportSchema } from '../schemas.ts';
import { type App, reportOf } from './route.ts';

export function reportRoute(app: App, figures: Figures): void {
  const format = oneOf(REPORT_FORMATS).default('json').describe('HTML is one page that needs nothing else.');
  const lang = oneOf(REPORT_LANGUAGES).default('en').describe('Language of what people read.');
  app.get(
    '/v1/report',
    {
      schema: {
        tags: ['figures'],
        summary: 'The report of a month, or of other days: accesses, detections, DoS victims',
        querystring: z.strictObject({ feed, month: month.optional(), period, format, lang }),
        response: reportOf(reportSchema, 'The same figures in every form.'),
      },
    },
    async ({ query }, reply) => {
      const days = query.month ?? query.period;
      if (days === undefined || (query.month !== undefined && query.period !== undefined)) {
        throw new Refused('bad_parameter', 'Cannot answer: one of the parameters month and period says of which days');
      }
      const { body, contentType, policy } = await figures.report(query.feed, days, query.format, query.lang);
      if (policy !== undefined) reply.header('content-security-policy', policy);
      return reply.header('cache-control', FRESH).type(contentType).send(body);
    },
  );
}
