/** `noroshi evidence`: the packets behind a finding, cut from a sensor's raw ring. */
import { defineVerb, flag, text, type Values } from '../verb.ts';

const evidenceOptions = {
  config: text('<file>', 'configuration of the sensor whose ring it is', 'files'),
  ring: text('<folder>', 'folder of the ring, in place of --config', 'files'),
  out: text('<file>', 'the capture to write; its manifest goes beside it as *.json', 'files'),
  finding: text(
    '<file>',
    'a finding, JSON as the center’s API gives it: whose packets, of which service and time',
    'files',
  ),
  subject: text('<address>', 'without a finding: address or prefix of the source, or of the victim'),
  service: text('<service>', 'without a finding: tcp/80, udp/53, icmp'),
  from: text('<time>', 'without a finding: beginning, ISO 8601'),
  to: text('<time>', 'without a finding: end, ISO 8601; packets at that moment do not belong to it'),
  json: flag('the manifest as one JSON object'),
};
export type EvidenceOptionValues = Values<typeof evidenceOptions>;

export const evidence = defineVerb({
  name: 'evidence',
  sentence: 'Cut the packets behind a finding from raw captures, with digest and manifest.',
  argument: { name: 'file', takes: 'any', completion: 'files', sentence: 'further captures to cut from' },
  options: evidenceOptions,
  examples: [
    ['noroshi evidence --config sensor.conf --finding finding.json --out case-17.pcap', 'what stands behind a finding'],
    [
      'noroshi evidence --ring /var/lib/noroshi-sensor/ring --subject 198.51.100.7 --service tcp/80 --from 2026-03-01T09:00:00Z --to 2026-03-01T10:00:00Z --out a.pcap',
      'an hour of answers from a victim',
    ],
  ],
  note:
    'A packet belongs to it when the subject sent it, or when it is an ICMP error about a packet to the subject. The service is the port ' +
    'that was asked, or that answers. The capture holds addresses of the sensor: it is not for publication.',
  run: async (io, files, values) => (await import('../sensor/run.ts')).runEvidenceVerb(io, files, values),
});
