"""Every table of the service: importing the models registers their tables."""

import alerts.delivery_models
import alerts.models
import contracts.finding_models
import contracts.models
import contracts.reach_models
import contracts.service_models
import kernel.calendar_models
import kernel.trail.models
import payments.models
import people.models
from kernel.database import Base

MODEL_FILES = (
    kernel.calendar_models,
    kernel.trail.models,
    contracts.models,
    contracts.reach_models,
    contracts.service_models,
    contracts.finding_models,
    people.models,
    payments.models,
    alerts.models,
    alerts.delivery_models,
)
METADATA = Base.metadata
