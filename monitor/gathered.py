"""What came of a request that is not whole yet: in memory, a large one in a nameless file."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

from gunicorn.http.unreader import Unreader

_PIECE: Final = 65_536


class Gathered:
    """Bytes of one request as they come. ``start`` is what came first, the head among it."""

    def __init__(self, begun: bytes = b"") -> None:
        self.start = bytearray(begun)
        self.file: IO[bytes] | None = None
        self.size = len(begun)

    def add(self, data: bytes) -> None:
        """Take what came; raises ``OSError`` when the disk takes no more."""
        self.size += len(data)
        if self.file is None:
            self.start += data
        else:
            self.file.write(data)

    def to_disk(self, folder: Path) -> None:
        """Go on in a file of ``folder``, which is gone with the process; raises ``OSError``."""
        folder.mkdir(parents=True, exist_ok=True)
        self.file = TemporaryFile("w+b", dir=folder)  # noqa: SIM115 — closed by `close`
        self.file.write(self.start)

    def hand_over(self, parser: Any) -> None:
        """Give all of it to gunicorn's parser, which reads on where this ends (nowhere)."""
        if self.file is None:
            parser.unreader.unread(bytes(self.start))
        else:
            self.file.seek(0)
            parser.unreader = _FileUnreader(self.file)

    def close(self) -> None:
        """Let go of the file."""
        if self.file is not None:
            self.file.close()


class _FileUnreader(Unreader):  # type: ignore[misc]  # gunicorn ships no types
    """Reads a request from a file in pieces."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece, ``b""`` at the end; never the whole, however much is asked for."""
        _ = size_hint
        return self._file.read(_PIECE)
