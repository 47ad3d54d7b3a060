"""``monitor work``: the scheduler and one delivery worker; many may run side by side."""

import os
import socket
import threading

from sqlalchemy.exc import SQLAlchemyError

from alerts.delivery import LEASE_SECONDS, Courier
from kernel.keys import new_key
from kernel.logs import get_logger
from monitor.scheduler import start_scheduler
from monitor.service import Service
from monitor.wiring import receiver_rules

LOOK_EVERY_SECONDS = 1.0
AFTER_A_FAULT_SECONDS = 5.0

_log = get_logger("worker")


def open_courier(
    service: Service,
    stop: threading.Event | None = None,
    lease_seconds: float = LEASE_SECONDS,
) -> Courier:
    """A delivery worker with a name of its own; it gives its leases back when ``stop`` is set."""
    halted = stop or threading.Event()
    return Courier(
        service.database,
        service.clock,
        receiver_rules(service.settings),
        service.secrets,
        service.settings.link_base,
        name=f"{socket.gethostname()[:60]}:{os.getpid()}:{new_key().hex[-12:]}",
        lease_seconds=lease_seconds,
        stopping=halted.is_set,
    )


def run_worker(
    service: Service, stop: threading.Event, lease_seconds: float = LEASE_SECONDS
) -> None:
    """Scan on schedule and deliver until ``stop`` is set; a post under way ends by its deadline.

    A database that is away for a while is waited for.
    """
    courier = open_courier(service, stop, lease_seconds)
    scheduler = start_scheduler(service)
    _log.info("worker_started", link_base=service.settings.link_base)
    try:
        while not stop.is_set():
            stop.wait(_look(courier))
    finally:
        scheduler.shutdown(wait=True)
        courier.close()
        _log.info("worker_stopped")


def _look(courier: Courier) -> float:
    """Deliver what is due; gives the seconds to wait before looking again."""
    try:
        tally = courier.deliver_due()
    except SQLAlchemyError as error:
        _log.error("delivery_interrupted", error=type(error).__name__)
        return AFTER_A_FAULT_SECONDS
    if not tally.idle:
        _log.info("delivered", joined=tally.joined, attempts=tally.attempts, sent=tally.delivered)
    return LOOK_EVERY_SECONDS
