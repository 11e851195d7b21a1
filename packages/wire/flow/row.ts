/**
 * The packed row in memory: sixteen 32-bit words, one cache line, so that finding and updating a row touches one line.
 *
 *   0 source          IPv4 word, or number of an interned IPv6 address      (key)
 *   1 destination     the same                                             (key)
 *   2 ports           service port 16 | ICMP code 8 | ICMP type 8          (key)
 *   3 meta            minute number 16 | is IPv6 1 | class 7 | protocol 8   (key)
 *   4 marks           bits                                                 (key)
 *   5 quote           0, or number of an interned quoted victim            (key)
 *   6 packets
 *   7 bytes, low word            8  bytes, high word
 *   9 first, µs                 10  last, µs, behind the minute's start
 *  11 TTL min 8 | TTL max 8 | TCP flags 16
 *  12 client port min 16 | max 16
 *  13 predicates, bits, OR
 *  14 IP id 16 | window 16, first packet
 *  15 sequence number, first packet
 *
 * Low bits first. Beside the words each row has: layout number of its TCP options, IP and payload length, payload sample.
 */
export const ROW_WORDS = 16;
/** Largest number of rows that an index entry (20 bits, counting from 1) can name. */
export const ROW_NUMBER_MAX = 0xfffff;

export const SRC = 0;
export const DST = 1;
export const PORTS = 2;
export const META = 3;
export const MARKS_WORD = 4;
export const QUOTE = 5;
export const PACKETS = 6;
export const BYTES_LOW = 7;
export const BYTES_HIGH = 8;
export const FIRST_US = 9;
export const LAST_US = 10;
export const TTL_FLAGS = 11;
export const CLIENT_PORTS = 12;
export const PREDICATES_WORD = 13;
export const WINDOW_ID = 14;
export const SEQ = 15;
/** Not a word of the row but of the array beside it: IP length 16 | payload length 16 of the first packet. */
export const LENGTHS = 16;

export const PORTS_ICMP_CODE_SHIFT = 16;
export const PORTS_ICMP_TYPE_SHIFT = 24;
export const META_IPV6 = 0x10000;
export const META_CLASS_SHIFT = 17;
export const META_CLASS_MASK = 0x7f;
export const META_PROTO_SHIFT = 24;
export const META_MINUTE_MASK = 0xffff;
export const TTL_MAX_SHIFT = 8;
export const FLAGS_SHIFT = 16;
export const CLIENT_MAX_SHIFT = 16;
export const WINDOW_SHIFT = 16;
export const PAYLOAD_BYTES_SHIFT = 16;
