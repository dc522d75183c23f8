"""Web sockets whose handshakes, fragments and unread answers are bounded, and which end without a fault.

uvicorn leaves open a connection whose handshake is none, keeps the smallest fragments one by one, answers pings that
nobody reads the answers of, and calls it a fault to send to a socket that it has closed itself.
"""

from typing import Any, Final

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

from api.bounded_protocol import MALFORMED

LONGEST_REASON: Final = 123
"""Bytes of the reason that a close frame has room for (RFC 6455, 5.5.1)."""


class BoundedSocket(WebSocketsSansIOProtocol):
    """A web socket whose end is its client's disconnection, whoever ended it."""

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.write(MALFORMED)
            self.transport.close()

    def handle_cont(self, event: Frame) -> None:
        """Add to a message."""
        frames: list[Any] = self.frames
        if not isinstance(frames[0], bytearray):
            frames[0] = bytearray(frames[0])
        frames[0] += event.data
        if event.fin:
            self.send_receive_event_to_app()

    def send_receive_event_to_app(self) -> None:
        """Hand a message on; who sends a text that is none is told so (1007)."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self.frames = []
                self.conn.send_close(CloseCode.INVALID_DATA)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def pause_writing(self) -> None:
        """Read no more while nobody reads."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    async def receive(self) -> Any:
        """Return what comes next."""
        message = await super().receive()
        if not self.writable.is_set():
            self.transport.pause_reading()
        return message

    async def send(self, message: Any) -> None:
        """Send; raises ClientDisconnected for what nobody gets any more."""
        if self.disconnected and message["type"] != "websocket.send":
            return
        if message["type"] == "websocket.close":
            reason = message.get("reason") or ""
            message = {**message, "reason": reason.encode()[:LONGEST_REASON].decode(errors="ignore")}
        try:
            await super().send(message)
        except RuntimeError:
            if not self.close_sent:
                raise
            raise ClientDisconnected from None
