"""The one place that composes: who hears which event, which rules run."""

from contracts.events import ContractsChanged
from kernel.database import Database
from kernel.events import EventBus
from kernel.settings import Settings
from payments.settling import settle_changed_contracts


def event_bus() -> EventBus:
    """All handlers of the service."""
    bus = EventBus()
    bus.register(ContractsChanged, settle_changed_contracts)
    return bus


def open_database(settings: Settings) -> Database:
    """The database of the settings, with the service's handlers attached."""
    return Database(settings.database, event_bus())
