"""A deadline for a whole request.

Socket timeouts bound the wait for the next byte alone: a server that drips a byte a second would
hold a worker for hours. A watching thread shuts the socket down when a request outlives its time.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class SocketWatch:
    """Watches the connection to one server, which serves one request at a time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._expires: float | None = None
        self._asleep = False
        self._ended = False
        self._gone = False
        self._held: socket.socket | None = None
        self.ran_out = False
        """Whether the last post was cut short."""
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Shut the connection down when the block takes longer than ``seconds``."""
        with self._changed:
            self._expires = time.monotonic() + seconds
            self.ran_out = False
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadline", daemon=True)
                self._thread.start()
            elif self._asleep:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._expires = None
                if self._gone:
                    self._release()

    def hold(self, connected: socket.socket) -> None:
        """Watch a fresh connection.

        A duplicate is kept, since TLS takes the descriptor over and an answer may outlive the
        connection object; shutting a duplicate down ends the connection all the same.
        """
        duplicate = connected.dup()
        with self._changed:
            self._release()
            self._held = duplicate
            self._gone = False

    def let_go(self) -> None:
        """The connection was closed; its answer may still be read until the post ends.

        A duplicate kept longer would leave the receiver writing to nobody.
        """
        with self._changed:
            self._gone = True
            if self._expires is None:
                self._release()

    def close(self) -> None:
        """End the watch and let go of the connection."""
        with self._changed:
            self._ended = True
            self._release()
            self._changed.notify()

    def _release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _run(self) -> None:
        with self._changed:
            while not self._ended:
                if self._expires is None:
                    self._asleep = True
                    self._changed.wait()
                    self._asleep = False
                    continue
                left = self._expires - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
                self._expires, self.ran_out = None, True
                if self._held is not None:
                    # Already closed by the other side: nothing is left to end.
                    with contextlib.suppress(OSError):
                        self._held.shutdown(socket.SHUT_RDWR)


def watched_pools(watch: SocketWatch) -> dict[str, type[HTTPConnectionPool]]:
    """Connection pools by scheme whose connections report to ``watch``."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            connected = super()._new_conn()
            watch.hold(connected)
            return connected

        def close(self) -> None:
            super().close()
            watch.let_go()

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            connected = super()._new_conn()
            watch.hold(connected)
            return connected

        def close(self) -> None:
            super().close()
            watch.let_go()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
