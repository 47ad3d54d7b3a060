"""The one place that composes: who hears which event, which rules run."""

from urllib.parse import urlsplit

from alerts.receivers import ReceiverRules
from alerts.rules.payments import late_payment, payment_due
from alerts.rules.plans import missing_plan
from alerts.rules.rule import Rule
from contracts.events import ContractsChanged
from contracts.steps.events import ActToCheck, ActToWrite
from contracts.steps.service_acts import check_service_act, write_service_act
from kernel.database import Database
from kernel.events import EventBus
from kernel.settings import Settings
from kernel.storage.bucket import BucketContents
from kernel.storage.contents import Contents
from kernel.storage.disk import DiskContents
from payments.acts.payment_rules import PaymentRules
from payments.acts.payment_writing import write_payment_act
from payments.settling import settle_changed_contracts
from people.events import AccountDisabled
from people.sign_in.one_time_links import end_links_of_disabled
from people.sign_in.sessions import end_sessions_of_disabled
from people.tokens.tokens import end_tokens_of_disabled


def event_bus(settings: Settings | None = None) -> EventBus:
    """All handlers of the service, with the limits that the settings give (else the defaults)."""
    limits = PaymentRules(settings.payment_resolution_from) if settings else PaymentRules()
    bus = EventBus()
    bus.register(ContractsChanged, settle_changed_contracts)
    bus.register(ActToCheck, check_service_act)
    bus.register(ActToCheck, limits.check_payment_act)
    bus.register(ActToWrite, write_service_act)
    bus.register(ActToWrite, write_payment_act)
    bus.register(AccountDisabled, end_sessions_of_disabled)
    bus.register(AccountDisabled, end_links_of_disabled)
    bus.register(AccountDisabled, end_tokens_of_disabled)
    return bus


def rules(settings: Settings) -> tuple[Rule, ...]:
    """All alert rules, with the thresholds that the settings give."""
    return (
        late_payment(settings.late_payment_major_days, settings.late_payment_critical_days),
        payment_due(settings.payment_due_days),
        missing_plan(settings.missing_plan_critical_days),
    )


def open_database(settings: Settings) -> Database:
    """The database of the settings, with the service's handlers attached."""
    return Database(settings.database, event_bus(settings))


def contents_of(settings: Settings) -> Contents:
    """Where documents' contents are kept: a bucket where the settings name one, else a folder."""
    if not settings.storage_url:
        return DiskContents(settings.data_dir / "documents")
    address = urlsplit(settings.storage_url)
    return BucketContents(
        address.netloc,
        address.path.strip("/"),
        endpoint=settings.storage_endpoint,
        region=settings.storage_region,
        access_key=settings.storage_access_key,
        secret_key=settings.storage_secret_key.get_secret_value(),
        path_style=settings.storage_path_style,
        scratch=settings.data_dir / "incoming",
    )


def receiver_rules(settings: Settings) -> ReceiverRules:
    """Whom messages may go to and for how long a post may take."""
    return ReceiverRules(settings.receiver_networks, settings.receiver_timeout_seconds)
