/** Local networks that lead to LLC: 802.11 with and without radiotap, FDDI, token ring, ATM. */
import * as wlan from './ieee80211.ts';
import { lacks } from './lacks.ts';
import * as lan from './lan.ts';
import type { Packet } from './packet.ts';
import { RADIOTAP_BYTES, RADIOTAP_DATA_PAD, RadiotapView } from './radiotap.ts';
import { LAYER, STOP_BAD_LENGTH, STOP_UNWALKED } from './stop.ts';
import { walkLlc } from './walk-frame.ts';

const radiotap = new RadiotapView();
const ieee80211 = new wlan.Ieee80211View();
const fddi = new lan.FddiView();
const tokenRing = new lan.TokenRingView();
const sunAtm = new lan.SunAtmView();

/** On ATM a bridged frame stands behind two bytes of padding (RFC 2684 §5.2). */
export const ATM_PAD_BYTES = 2;

export function walkRadiotap(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.radiotap, at, end, RADIOTAP_BYTES)) return;
  const { headerBytes } = radiotap.place(data, at, end);
  if (headerBytes < RADIOTAP_BYTES) {
    return packet.stop(STOP_BAD_LENGTH, LAYER.radiotap, at + 2, RADIOTAP_BYTES, headerBytes);
  }
  if (lacks(packet, LAYER.radiotap, at, end, headerBytes)) return;
  walkIeee80211(packet, data, at + headerBytes, end, (radiotap.flags & RADIOTAP_DATA_PAD) !== 0);
}

/** The check sequence at a frame's end is not looked for: IP's own length keeps it out of every payload. */
export function walkIeee80211(packet: Packet, data: DataView, at: number, end: number, isPadded: boolean): void {
  if (lacks(packet, LAYER.ieee80211, at, end, 2)) return;
  ieee80211.place(data, at, end);
  if (!ieee80211.hasData) return packet.stop(STOP_UNWALKED, LAYER.ieee80211, at, data.getUint16(at), 0);
  const { headerBytes } = ieee80211;
  if (lacks(packet, LAYER.ieee80211, at, end, headerBytes)) return;
  if (ieee80211.fragment !== 0) return packet.stop(STOP_UNWALKED, LAYER.ieee80211, at + 22, ieee80211.fragment, 0);
  let offset = at + (isPadded ? (headerBytes + 3) & ~3 : headerBytes);
  offset += wlan.meshControlBytes(ieee80211, data, offset, end);
  if (ieee80211.isAmsdu) offset += wlan.AMSDU_SUBFRAME_BYTES;
  walkLlc(packet, data, offset, end);
}

export function walkFddi(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.fddi, at, end, lan.FDDI_BYTES)) return;
  fddi.place(data, at, end);
  if (!fddi.isLlc) return packet.stop(STOP_UNWALKED, LAYER.fddi, at, fddi.frameControl, 0);
  walkLlc(packet, data, at + lan.FDDI_BYTES, end);
}

export function walkTokenRing(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.token_ring, at, end, lan.TOKEN_RING_BYTES + 1)) return;
  tokenRing.place(data, at, end);
  if (!tokenRing.isLlc) return packet.stop(STOP_UNWALKED, LAYER.token_ring, at + 1, tokenRing.frameControl, 0);
  const routing = tokenRing.hasRouting ? tokenRing.routingBytes : 0;
  walkLlc(packet, data, at + lan.TOKEN_RING_BYTES + routing, end);
}

export function walkSunAtm(packet: Packet, data: DataView, at: number, end: number): void {
  if (lacks(packet, LAYER.atm, at, end, lan.SUNATM_BYTES)) return;
  sunAtm.place(data, at, end);
  if (!sunAtm.isLlc) return packet.stop(STOP_UNWALKED, LAYER.atm, at, data.getUint8(at), 0);
  walkLlc(packet, data, at + lan.SUNATM_BYTES, end, ATM_PAD_BYTES);
}
