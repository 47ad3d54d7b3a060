"""Start the service's processes together and stop them together."""

import signal
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Mapping, Sequence
from types import FrameType

STOP_SECONDS = 20.0
_LOOK_SECONDS = 0.5


class Processes:
    """Child processes of ``monitor`` commands: when one ends, or on Ctrl-C, all end.

    Each is in a session of its own, so that Ctrl-C reaches only this process, which then stops
    them in the reverse order of their start.
    """

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._asked = threading.Event()

    def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start ``monitor`` with these arguments: this very program, without a shell."""
        self._children[name] = subprocess.Popen(  # nosec B603
            [sys.executable, "-m", "monitor", *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            # Who starts them together says where they are; logs go to stderr.
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def listen_for_signals(self) -> None:
        """Take Ctrl-C and SIGTERM as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()

    def pause(self, seconds: float) -> bool:
        """Wait a little; True when asked to stop meanwhile."""
        return self._asked.wait(seconds)

    def ended(self) -> str | None:
        """The name of a child that has ended, if one has."""
        return next(
            (name for name, child in self._children.items() if child.poll() is not None), None
        )

    def wait(self) -> str | None:
        """Wait until asked to stop (None) or until a child ends by itself (its name)."""
        while not self.pause(_LOOK_SECONDS):
            if name := self.ended():
                return name
        return None

    def stop(self) -> None:
        """Ask every child to stop; end what does not within ``STOP_SECONDS``."""
        for child in reversed(self._children.values()):
            if child.poll() is None:
                child.terminate()
        for child in reversed(self._children.values()):
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
