"""gunicorn's threaded worker, made patient: a thread gets a request only once all of it is there.

gunicorn hands each connection to a thread, which then waits for the client, for as long as it
likes: as many slow clients as there are threads hold up everybody. Here the main loop gathers head
and body of all connections at once, each until its deadline, and lets go of clients that linger.
Large bodies, which are files, are gathered on disk.
"""

import errno
import selectors
import socket
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from kernel.logs import get_logger
from monitor.gathered import Gathered
from monitor.long_answers import LongAnswers
from monitor.refused_requests import Head, Most, examine, refusal

MOST_BODY: Final = 1_100_000
"""Bytes; a little more than the application's own limit, whose refusal says it better. A larger
body is gathered on disk."""
MOST_SPOOLED: Final = 8
"""Largest bodies that a process gathers on disk at a time."""
SLOWEST: Final = 100_000
"""Bytes a second; a large body or answer may take so much longer."""
MOST_HELD: Final = 64_000_000
"""Bytes of unfinished requests that a process gathers at a time."""
ARRIVAL_SECONDS: Final = 20.0
"""A request must be whole so soon after its first byte."""
SEND_SECONDS: Final = 10.0
"""A client must have taken one piece of an answer in this time."""
ANSWER_SECONDS: Final = 60.0
"""A connection whose answer takes longer is cut."""
LINGER_SECONDS: Final = 2.0
"""How long a connection is read on after its last answer, so that the client sees the answer."""
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_NOT_NOW = {errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK}
_STATUSES = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
}
_log = get_logger("web")


@dataclass(eq=False, slots=True)
class Arrival:
    """A connection that no thread has: what came of its next request so far, and until when."""

    conn: Any
    ends_at: float
    come: Gathered = field(default_factory=Gathered)
    head: Head | None = None
    leaving: bool = False


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Threads answer; the main loop waits."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.arrivals: set[Arrival] = set()
        self.answering: dict[Any, float] = {}
        self.wsgi: Any = None
        self._stops_at: float | None = None
        self._most = Most(MOST_BODY, self.app.upload_bytes)
        self._answers = threading.local()

    def load_wsgi(self) -> None:
        """Load the application, and hear of answers that need longer than most."""
        super().load_wsgi()
        self.wsgi = LongAnswers(self.wsgi, self._prolong)

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection and wait for its request."""
        try:
            client, address = listener.accept()
        except OSError as fault:
            if fault.errno not in _NOT_NOW:
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, client, address, listener.getsockname())
        self._await(conn, b"", ARRIVAL_SECONDS)

    def enqueue_req(self, conn: Any) -> None:
        """Hand a whole request to a thread."""
        self.answering[conn] = time.monotonic() + ANSWER_SECONDS + _longer(conn.arrived.size)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> bool:
        """Answer one request, in a thread; whether the connection may bring another."""
        request = None
        try:
            conn.init()
            conn.arrived.hand_over(conn.parser)
            conn.sock.settimeout(0)  # all of it is here: a parser that wants more gets none
            request = next(conn.parser)
            conn.sock.settimeout(SEND_SECONDS)
            self._answers.conn = conn
            if conn.arrived.file is not None:
                request.headers.append(("CONNECTION", "close"))
            return bool(self._keepalive_after(conn, self.handle_request(request, conn)))
        except (OSError, StopIteration) as fault:
            _log.debug("connection ended", error=type(fault).__name__)
        except Exception as fault:  # noqa: BLE001 — the last place that can answer
            self.handle_error(request, conn.sock, conn.client, fault)
        finally:
            conn.arrived.close()
        return False

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer what gunicorn could not read, or a fault outside the application."""
        _ = req, addr
        if isinstance(exc, ParseException):
            status = _STATUSES.get(type(exc), HTTPStatus.BAD_REQUEST)
            _log.warning("request refused", status=int(status), reason=type(exc).__name__)
        else:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            _log.error("request failed", exc_info=exc)
        try:
            client.settimeout(SEND_SECONDS)
            client.sendall(refusal(status))
        except OSError:
            _log.debug("connection ended before its refusal")

    def finish_request(self, conn: Any, fs: "Future[bool]") -> None:
        """Wait for the connection's next request, or let it go."""
        self.answering.pop(conn, None)
        stays = not fs.cancelled() and fs.exception() is None and fs.result()
        try:
            conn.sock.setblocking(False)
            if stays:
                self._await(conn, conn.parser.unreader.take_buffered(), self.cfg.keepalive)
            else:
                self._leave(conn)
        except OSError:
            self._close(conn)

    def murder_pending(self) -> None:
        """Close what is past its deadline; called by the main loop every second."""
        now = time.monotonic()
        if not self.alive and self._stops_at is None:
            self._stops_at = now + LINGER_SECONDS
        stops = self._stops_at is not None and self._stops_at <= now
        for arrival in [one for one in self.arrivals if stops or one.ends_at <= now]:
            self._end(arrival)
        for conn in [conn for conn, ends_at in self.answering.items() if ends_at <= now]:
            _log.warning("answer took too long", seconds=ANSWER_SECONDS)
            self.answering.pop(conn)
            _shut(conn.sock, socket.SHUT_RDWR)

    def _await(self, conn: Any, begun: bytes, seconds: float) -> None:
        arrival = Arrival(conn, time.monotonic() + seconds, Gathered(begun))
        self.arrivals.add(arrival)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, arrival))
        if begun:
            self._look(arrival)

    def _receive(self, arrival: Arrival, client: socket.socket) -> None:
        try:
            data = client.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(arrival)
        elif not arrival.leaving:
            if not arrival.come.size:
                arrival.ends_at = time.monotonic() + ARRIVAL_SECONDS
            self._take(arrival, data)

    def _take(self, arrival: Arrival, data: bytes) -> None:
        try:
            arrival.come.add(data)
            self._look(arrival)
        except OSError as fault:
            _log.error("body not gathered", error=fault.strerror)
            self._refuse(arrival, HTTPStatus.INSUFFICIENT_STORAGE)

    def _look(self, arrival: Arrival) -> None:
        """Go on with a request as far as it has come."""
        if arrival.head is None and not self._begin(arrival):
            return
        head = arrival.head
        if head is not None and arrival.come.size >= head.whole:
            self._forget(arrival)
            arrival.conn.arrived = arrival.come
            self.enqueue_req(arrival.conn)
        elif head is not None and head.awaits_continue:
            arrival.head = Head(head.whole)
            _send(arrival.conn.sock, _CONTINUE)

    def _begin(self, arrival: Arrival) -> bool:
        """Whether the head is there and its body may come; a large one goes to disk."""
        found = examine(arrival.come.start, self._most)
        if found is None:
            return False
        if isinstance(found, HTTPStatus):
            self._refuse(arrival, found)
            return False
        arrival.head = found
        is_large = found.whole > MOST_BODY
        most = MOST_SPOOLED * self._most.files if is_large else MOST_HELD
        others = (one.head.whole for one in self.arrivals if one.head)
        if sum(size for size in others if (size > MOST_BODY) is is_large) > most:
            self._refuse(arrival, HTTPStatus.SERVICE_UNAVAILABLE)
            return False
        if is_large:
            arrival.ends_at += _longer(found.whole)
            arrival.come.to_disk(self.app.upload_folder)
        return True

    def _refuse(self, arrival: Arrival, status: HTTPStatus) -> None:
        _log.warning("request refused", status=int(status))
        self._forget(arrival)
        _send(arrival.conn.sock, refusal(status, arrival.come.start))
        arrival.come.close()
        self._leave(arrival.conn)

    def _leave(self, conn: Any) -> None:
        """Say that no more comes, and read on a moment: a reset would take the answer back."""
        _shut(conn.sock, socket.SHUT_WR)
        arrival = Arrival(conn, time.monotonic() + LINGER_SECONDS, leaving=True)
        self.arrivals.add(arrival)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, arrival))

    def _forget(self, arrival: Arrival) -> None:
        self.arrivals.discard(arrival)
        self.poller.unregister(arrival.conn.sock)

    def _end(self, arrival: Arrival) -> None:
        self._forget(arrival)
        arrival.come.close()
        self._close(arrival.conn)

    def _prolong(self, size: int) -> None:
        """The answer that this thread is giving has so many bytes."""
        conn = self._answers.conn
        if conn in self.answering:
            self.answering[conn] += _longer(size)

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()


def _longer(size: int) -> float:
    """Seconds that so many bytes may take beyond what a small request or answer may."""
    return size / SLOWEST if size > MOST_BODY else 0.0


def _send(client: socket.socket, content: bytes) -> None:
    """Send what fits into an empty buffer; a client that is gone needs no answer."""
    try:
        client.send(content)
    except OSError:
        _log.debug("connection ended before its answer")


def _shut(client: socket.socket, how: int) -> None:
    try:
        client.shutdown(how)
    except OSError:
        _log.debug("connection already ended")
