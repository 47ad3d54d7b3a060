"""Every table of the service: importing the models registers their tables."""

import alerts.delivery_models
import alerts.models
import contracts.acceptance.models
import contracts.checks.models
import contracts.disclosure.models
import contracts.documents.models
import contracts.enterprises.models
import contracts.finding_models
import contracts.hazards.models
import contracts.imports.models
import contracts.library.models
import contracts.life.amendment_models
import contracts.life.models
import contracts.lists.models
import contracts.models
import contracts.organisation_versions
import contracts.reach_models
import contracts.search.models
import contracts.service_models
import contracts.steps.models
import contracts.supervision.models
import contracts.surveys.models
import contracts.vendors.models
import kernel.calendar_models
import kernel.request_keys
import kernel.trail.models
import payments.amendments.models
import payments.models
import people.models
import people.sign_in.models
import people.single_sign_on.models
import people.tokens.models
from kernel.database import Base

MODEL_FILES = (
    kernel.calendar_models,
    kernel.request_keys,
    kernel.trail.models,
    contracts.models,
    contracts.organisation_versions,
    contracts.reach_models,
    contracts.service_models,
    contracts.finding_models,
    contracts.enterprises.models,
    contracts.hazards.models,
    contracts.lists.models,
    contracts.search.models,
    contracts.documents.models,
    contracts.imports.models,
    contracts.life.models,
    contracts.life.amendment_models,
    contracts.steps.models,
    contracts.supervision.models,
    contracts.library.models,
    contracts.disclosure.models,
    contracts.checks.models,
    contracts.acceptance.models,
    contracts.vendors.models,
    contracts.surveys.models,
    people.models,
    people.sign_in.models,
    people.tokens.models,
    people.single_sign_on.models,
    payments.models,
    payments.amendments.models,
    alerts.models,
    alerts.delivery_models,
)
METADATA = Base.metadata
