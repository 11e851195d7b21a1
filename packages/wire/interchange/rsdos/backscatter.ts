/**
 * One answer to an attack that somebody makes in our name, as the DoS plugins of Corsaro 2 and 3 see it. One object, overwritten
 * for every packet; a row of flows may stand for several packets of one moment.
 */
const NO_BYTES = new Uint8Array(0);

export class Backscatter {
  /** Time: whole seconds since 1970 and microseconds in the second. */
  seconds = 0;
  microseconds = 0;
  /** IPv4 address of who is attacked: the packet's source, or the destination that an ICMP error quotes. */
  victim = 0;
  /** IP protocol of the attack: that of the packet, or the quoted one. Corsaro 2 does not look at it. */
  protocol = 0;
  /** The port that the attacker chose: the packet's destination port, or the quoted source port. */
  attackPort = 0;
  /** The attacked port: the packet's source port, or the quoted destination port. */
  targetPort = 0;
  /** IPv4 address of the telescope that got it, "attacker" in Corsaro's words. */
  telescope = 0;
  /** Sum of the IP lengths by their headers. */
  ipBytes = 0;
  packets = 1;
  /** An ICMP error that quotes another source than the address it was sent to. */
  isMismatch = false;
  /** The same addresses and ports were seen earlier in this interval: nothing new to remember. Nobody has to know. */
  isKnown = false;
  /** The captured frame, `bytes[at, end)`: looked at only when it is the first of a vector. */
  bytes: Uint8Array = NO_BYTES;
  at = 0;
  end = 0;
}
