"""The web server: gunicorn started from code, each worker with a database of its own."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from kernel.settings import Settings
from kernel.web.uploads import FORM_BYTES
from monitor.app import create_app, largest_upload
from monitor.patient_worker import PatientWorker
from monitor.refused_requests import LINE_BYTES
from monitor.wiring import open_database

THREADS = 8
CONNECTIONS = 1_000
"""Open connections of one process; more wait until one of them ends."""
KEEPALIVE_SECONDS = 5
MOST_HEADERS = 60


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn (gthread) without its command line, its configuration files and its access log.

    ``listener`` is the descriptor of a bound socket, which gunicorn closes when it stops.
    ``upload_bytes`` is the largest form with files, ``upload_folder`` where such are gathered.
    """

    def __init__(self, settings: Settings, listener: int, workers: int) -> None:
        self._settings = settings
        self.upload_bytes = largest_upload(settings) + FORM_BYTES
        self.upload_folder = settings.data_dir / "incoming"
        self._options: dict[str, Any] = {
            "bind": f"fd://{listener}",
            "workers": workers,
            "worker_class": PatientWorker,
            "worker_connections": CONNECTIONS,
            "keepalive": KEEPALIVE_SECONDS,
            "limit_request_line": LINE_BYTES,
            "limit_request_fields": MOST_HEADERS,
            # Only the application knows which proxies to believe (MONITOR_TRUSTED_PROXIES).
            "forwarded_allow_ips": "",
            "threads": THREADS,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its options; called by its constructor."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application: called in each worker after the fork."""
        return create_app(self._settings, open_database(self._settings), self._settings.clock())
