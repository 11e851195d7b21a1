/** A UDP socket on the loopback interface that counts what an exporter sends and throws it away. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export class Sink {
  /** Bytes received since the last {@link reset}. */
  bytes = 0;
  readonly port: number;
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.port = socket.address().port;
    socket.on('message', (message) => {
      this.bytes += message.length;
    });
  }

  static async open(): Promise<Sink> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Sink(socket);
  }

  reset(): void {
    this.bytes = 0;
  }

  close(): void {
    this.socket.close();
  }
}
