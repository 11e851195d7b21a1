/** The DoS plugin's records of Corsaro 3 as Avro: `org.caida.corsaro.dos`. */
import type { AvroFile } from '../avro/container.ts';
import { schemaOf } from '../flowtuple/avro.ts';
import type { Corsaro3Attack } from './corsaro3.ts';

export const DOS_SCHEMA = schemaOf('dos', [
  ['bin_timestamp', 'long'],
  ['initial_packet_len', 'int'],
  ['target_ip', 'long'],
  ['target_protocol', 'int'],
  ['attacker_slash16_cnt', 'long'],
  ['attack_port_cnt', 'long'],
  ['target_port_cnt', 'long'],
  ['packet_cnt', 'long'],
  ['icmp_mismatches', 'long'],
  ['byte_cnt', 'long'],
  ['max_ppm_interval', 'long'],
  ['start_time_sec', 'long'],
  ['start_time_usec', 'int'],
  ['latest_time_sec', 'long'],
  ['latest_time_usec', 'int'],
  ['first_attack_port', 'int'],
  ['first_target_port', 'int'],
  ['maxmind_continent', 'string'],
  ['maxmind_country', 'string'],
  ['initial_packet', 'bytes'],
]);
const UNKNOWN_PLACE = '??';

export function writeAvroAttacks(file: AvroFile, time_s: number, attacks: readonly Corsaro3Attack[]): void {
  for (const attack of attacks) {
    const numbers = [
      time_s,
      attack.first_packet.length,
      attack.victim,
      attack.protocol,
      attack.slash16s,
      attack.attack_ports,
      attack.target_ports,
      attack.packets,
      attack.mismatches,
      attack.bytes,
      attack.max_ppm,
      attack.start_s,
      attack.start_us,
      attack.latest_s,
      attack.latest_us,
      attack.first_attack_port,
      attack.first_target_port,
    ];
    for (const number of numbers) file.long(number);
    file.string(UNKNOWN_PLACE);
    file.string(UNKNOWN_PLACE);
    file.blob(attack.first_packet);
    file.endRecord();
  }
}
