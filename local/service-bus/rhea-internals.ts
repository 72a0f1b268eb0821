import type { Socket } from 'node:net';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type Container,
  type Delivery,
  type Sender,
  type Session,
  type Typed,
} from 'rhea';

/** An AMQP error as it goes over the wire. */
export interface AmqpFault {
  condition: string;
  description: string;
}

interface Described {
  described(): Typed;
}

/** What rhea has but does not declare. */
interface UndeclaredMessage {
  header(fields: object): Described;
  properties(fields: object): Described;
  accepted(): Described;
  rejected(fields: { error: AmqpFault }): Described;
}
interface UndeclaredTypes {
  Reader: new (bytes: Buffer) => { read(): Typed };
  Writer: new () => { write(value: Typed): void; toBuffer(): Buffer };
}
const messages = rhea.message as typeof rhea.message & UndeclaredMessage;
export const types = rhea.types as typeof rhea.types & UndeclaredTypes;

export const accepted = (): Typed => messages.accepted().described();
export const rejected = (error: AmqpFault): Typed => messages.rejected({ error }).described();
export const headerSection = (fields: object): Typed => messages.header(fields).described();
export const propertiesSection = (fields: object): Typed => messages.properties(fields).described();

/** A sender (the client receives) with the fields that carry rhea's bookkeeping of credit. */
export interface OpenSender extends Sender {
  credit: number;
  delivery_count: number;
  _draining: boolean;
  _drained: boolean;
  _get_drain(): boolean;
  local: { attach: { snd_settle_mode?: number; rcv_settle_mode?: number; max_message_size?: number } };
  /** `_register` lets rhea write, in the next tick, what was changed outside of its own events. */
  connection: Connection & { _register(): void };
  session: Session & { outgoing: { available(): number } };
}

export interface SettledDelivery extends Omit<Delivery, 'remote_settled' | 'tag'> {
  remote_settled: boolean;
  tag: Buffer;
}

/** rhea decodes every message of format 0 and so loses the types of its numbers; of any other format it hands over the bytes. */
export function receiveUndecoded(session: Session): void {
  type Transfer = { performative: { message_format: number } };
  const undeclared = session as Session & { on_transfer(frame: Transfer): void };
  const onTransfer = undeclared.on_transfer;
  undeclared.on_transfer = function receive(this: Session, frame: Transfer) {
    if (frame.performative.message_format === 0) frame.performative.message_format = 1;
    onTransfer.call(this, frame);
  };
}

/** Speaks AMQP on a client's socket. The answer ends it: rhea itself does not see that a socket was destroyed and keeps its timers. */
export function acceptConnection(container: Container, socket: Socket, idleTimeout: number): () => void {
  const options = {
    max_frame_size: 65_536,
    idle_time_out: idleTimeout,
    // Deliveries that a client has not yet settled stay in this buffer of their session.
    session_buffer_size: 65_536,
    sender_options: { treat_modified_as_released: false, autosettle: false },
    receiver_options: { autoaccept: false, credit_window: 1000 },
    tcp_no_delay: true,
  };
  type Accepting = Connection & { accept(socket: Socket): void; _disconnected(): void };
  const connection = container.create_connection(options as unknown as ConnectionOptions) as Accepting;
  connection.accept(socket);
  return () => connection._disconnected();
}
