/**
 * Everything that can be said in a sensor's configuration: the one table from which reading, checking, the template and the
 * reference come.
 *
 * The file is `key = value`, a line each, `#` begins a comment; a key that may come several times is a list. Not YAML, as the
 * center's is: the sensor has no dependency, a parser of YAML would be its only one and larger than its uplink, and two levels
 * need no indentation. Sections are written into the key: `center.url`.
 */
import { SENSOR_NAME } from '@noroshi/wire/segment/segment.ts';

export type ConfigValue = string | number | boolean;

export interface ConfigKey {
  readonly name: string;
  readonly type: 'text' | 'path' | 'whole' | 'flag' | 'word';
  /** How the value is called in template and reference. */
  readonly value: string;
  readonly sentence: string;
  /** In force when the key is not there; undefined: nothing is. */
  readonly initially?: ConfigValue;
  readonly isRequired?: boolean;
  readonly isList?: boolean;
  readonly least?: number;
  readonly most?: number;
  readonly words?: readonly string[];
  readonly shape?: RegExp;
}

const INTERFACE = /^[A-Za-z0-9_.:@-]{1,15}(\s+\S+)+$/;
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;
const MEBIBYTES_MAX = 2 ** 30;

export const CONFIG_KEYS = [
  key('name', 'text', '<name>', 'Name of the sensor, as the center knows it: a-z, 0-9 and hyphens.', {
    isRequired: true,
    shape: SENSOR_NAME,
  }),
  key(
    'interface',
    'text',
    '<interface> <prefix> …',
    'An interface, and the addresses whose packets come in there. Again for another one. Prefixes are secret; never shown.',
    { isRequired: true, isList: true, shape: INTERFACE },
  ),
  key('manager', 'text', '<prefix>', 'Addresses from which the machine is looked after: their packets are left out.', {
    isList: true,
  }),
  key('state_folder', 'path', '<folder>', 'Folder of the spool and of everything else the sensor keeps.', {
    initially: '/var/lib/noroshi-sensor',
  }),
  key('center.url', 'text', '<url>', 'Where the center answers, https://…', { isRequired: true }),
  key('center.token_file', 'path', '<file>', 'File with the token that the center expects.'),
  key('center.certificate_file', 'path', '<file>', 'Client certificate, PEM.'),
  key('center.key_file', 'path', '<file>', 'Its key, PEM.'),
  key(
    'center.authority_file',
    'path',
    '<file>',
    'Authorities that sign the center’s certificate, in place of the system’s.',
  ),
  key('capture.program', 'word', '<word>', 'The program that captures; auto takes tcpdump where it is there.', {
    initially: 'auto',
    words: ['auto', 'tcpdump', 'dumpcap'],
  }),
  key(
    'capture.user',
    'text',
    '<user>',
    'Whom tcpdump becomes when the sensor runs as root; Debian’s becomes tcpdump by itself.',
    {
      shape: USER,
    },
  ),
  key('capture.snap_bytes', 'whole', '<bytes>', 'Bytes kept of each packet.', {
    initially: 512,
    least: 96,
    most: 65_535,
  }),
  key(
    'capture.buffer_mebibytes',
    'whole',
    '<MiB>',
    'Room in the kernel for each interface; more of it outlasts longer bursts.',
    {
      initially: 8,
      least: 1,
      most: 1024,
    },
  ),
  key(
    'capture.promiscuous',
    'flag',
    '<true|false>',
    'Take packets to other machines’ link addresses: for a mirror port.',
    {
      initially: false,
    },
  ),
  key(
    'spool.mebibytes',
    'whole',
    '<MiB>',
    'Segments that wait while the center does not answer; the oldest give way.',
    {
      initially: 2048,
      least: 16,
      most: MEBIBYTES_MAX,
    },
  ),
  key('ring.mebibytes', 'whole', '<MiB>', 'Raw packets kept for noroshi evidence, at most so much; 0: none.', {
    initially: 0,
    least: 0,
    most: MEBIBYTES_MAX,
  }),
  key('ring.hours', 'whole', '<hours>', 'And not longer than so many hours.', {
    initially: 48,
    least: 1,
    most: 24 * 366,
  }),
  key('log.level', 'word', '<word>', 'Least grave events that are written.', {
    initially: 'info',
    words: ['debug', 'info', 'warning', 'error'],
  }),
  key('log.format', 'word', '<word>', 'One line of text or one JSON object an event.', {
    initially: 'human',
    words: ['human', 'json'],
  }),
  key('log.status_seconds', 'whole', '<seconds>', 'A line that says how it stands, so often.', {
    initially: 300,
    least: 1,
    most: 86_400,
  }),
  key(
    'metrics_file',
    'path',
    '<file>',
    'Figures about the process for Prometheus (node_exporter’s textfile collector), every 15 s.',
  ),
] as const satisfies readonly ConfigKey[];

function key<const N extends string>(
  name: N,
  type: ConfigKey['type'],
  value: string,
  sentence: string,
  more: Omit<ConfigKey, 'name' | 'type' | 'value' | 'sentence'> = {},
): ConfigKey & { readonly name: N } {
  return { name, type, value, sentence, ...more };
}

export type KeyName = (typeof CONFIG_KEYS)[number]['name'];
