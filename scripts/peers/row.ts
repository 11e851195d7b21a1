/** What is compared for every packet, as text: '' where a reader says nothing about the field. */
export const FIELDS = [
  'src',
  'dst',
  'proto',
  'sport',
  'dport',
  'tcp_flags',
  'ttl',
  'ip_id',
  'icmp_type',
  'icmp_code',
] as const;
export type Field = (typeof FIELDS)[number];
export type Row = Readonly<Record<Field, string>>;

/** A packet without an IP header. */
export const NO_IP: Row = {
  src: '',
  dst: '',
  proto: '',
  sport: '',
  dport: '',
  tcp_flags: '',
  ttl: '',
  ip_id: '',
  icmp_type: '',
  icmp_code: '',
};
