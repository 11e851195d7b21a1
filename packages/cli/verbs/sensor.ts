/** `noroshi sensor`: live capture on this machine, into segments, to a center. */
import { defineVerb, flag, list, text, type Values } from '../verb.ts';

const sensorOptions = {
  config: text('<file>', 'the configuration, key = value', 'files'),
  check: flag('say what would run; start nothing'),
  init: text('<file>', 'write a commented configuration', 'files'),
  json: flag('what the doctor finds as one JSON object'),
  name: text('<name>', 'without a file: name of the sensor, as the center knows it (sensor-1)'),
  interface: list('<name>', 'without a file: where the packets come in; again or with commas for more'),
  prefixes: list('<prefix>', 'without a file: addresses whose packets come in on each of them'),
  center: text('<url>', 'without a file: where the center answers'),
  tokenFile: text('<file>', 'without a file: file with the token that the center expects', 'files'),
  state: text('<folder>', 'without a file: folder of the spool', 'files'),
  respond: flag('answer TCP connections to the prefixes as well (noroshi respond, as a process of its own)'),
  except: list('<prefix>', 'with --respond: addresses within the prefixes that are left alone'),
};
export type SensorOptionValues = Values<typeof sensorOptions>;

export const sensor = defineVerb({
  name: 'sensor',
  sentence: 'Capture live through tcpdump or dumpcap, and send what was seen to a center, a segment a minute.',
  argument: {
    name: 'doctor',
    takes: 'any',
    completion: ['doctor'],
    sentence: 'doctor: say what this machine lacks for a sensor, and how to get it; without it the sensor runs',
  },
  options: sensorOptions,
  examples: [
    ['noroshi sensor --init /etc/noroshi/sensor.conf', 'write a configuration to begin with'],
    ['noroshi sensor doctor --config /etc/noroshi/sensor.conf', 'what is missing on this machine'],
    ['noroshi sensor --config /etc/noroshi/sensor.conf', 'run until Ctrl-C or SIGTERM'],
    ['noroshi sensor --config /etc/noroshi/sensor.conf --respond', 'and answer whoever connects'],
    [
      'noroshi sensor --interface eth1 --prefixes 192.0.2.0/24 --center http://127.0.0.1:8642 --token-file token --state state',
      'try it without a file',
    ],
  ],
  note:
    'The doctor ends with 0 when nothing is missing, with 1 when something should be better, with 3 when something is missing. ' +
    'Capturing needs root or CAP_NET_RAW; the capture program alone uses it. Addresses are in no log.',
  run: async (io, args, values) => (await import('../sensor/run.ts')).runSensorVerb(io, args, values),
});
