"""The web application: the one place that knows every API and every page."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.openapi import OpenAPI
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from alerts.api import api as alerts_api
from alerts.pages import alert_pages, delivery_pages
from contracts.api import api as contracts_api
from contracts.checks.api import api as contract_file_api
from contracts.checks.pages import file_pages
from contracts.documents.api import api as documents_api
from contracts.documents.pages.parts import DocumentParts, install_documents
from contracts.documents.pages.screens import document_pages
from contracts.enterprises.api import api as enterprises_api
from contracts.hazards.api import api as hazards_api
from contracts.hazards.pages.entry import hazard_pages
from contracts.hazards.pages.targets import enterprise_pages
from contracts.library.api import api as yearly_filings_api
from contracts.library.pages import filing_pages
from contracts.life.api import api as contract_life_api
from contracts.life.pages.contracts import contract_life_pages
from contracts.life.pages.parts import contract_part_pages
from contracts.lists.pages import view_pages
from contracts.organisations.api import api as organisations_api
from contracts.plans.api import api as plans_api
from contracts.plans.pages import plan_pages
from contracts.programmes.api import api as programmes_api
from contracts.programmes.pages import programme_pages
from contracts.record_kinds import RECORD_KINDS
from contracts.records.api import record_api
from contracts.records.pages import RecordPages
from contracts.rounds.api import api as rounds_api
from contracts.rounds.pages.lists import round_list_pages
from contracts.rounds.pages.rounds import round_pages
from contracts.search.api import api as search_api
from contracts.search.pages import search_pages
from contracts.steps.api import api as steps_api
from contracts.steps.pages import act_pages, step_pages
from contracts.surveys.api import api as surveys_api
from contracts.surveys.pages import survey_pages
from contracts.vendors.api import api as vendors_api
from kernel.clock import Clock
from kernel.database import Database
from kernel.sealed_secrets import sealed_secrets
from kernel.settings import Settings
from kernel.web.headers import allowed_hosts
from kernel.web.install import install
from kernel.web.permissions import declare_static, refuse_undeclared
from kernel.web.session import WebParts
from kernel.web.uploads import install_uploads
from kernel.workbook_guard import WorkbookLimits
from monitor.api_docs import api_docs, describe, register_apis
from monitor.assets import install_assets
from monitor.attachables import ATTACHABLES
from monitor.authentication import authenticator, install_form_check, install_top_bar
from monitor.bearer import install_challenge, token_reader
from monitor.channel_api import channel_api
from monitor.channel_pages import channel_pages
from monitor.channel_web import install_receivers
from monitor.contract_pages import contract_pages
from monitor.demo_pages import install_demo
from monitor.health import health
from monitor.imports.api import api as imports_api
from monitor.imports.job import Imports
from monitor.imports.pages import import_pages
from monitor.imports.parts import install_imports
from monitor.imports.starting import bureau_of, imports_folder
from monitor.indicators.api import api as scores_api
from monitor.metrics import install_metrics, metrics_pages
from monitor.overview_pages import overview_pages
from monitor.score_pages import score_pages
from monitor.screens import install_screens
from monitor.secret_key import secret_key
from monitor.trail_api import trail_api
from monitor.trail_pages import trail_pages
from monitor.vendor_pages import vendor_pages
from monitor.wiring import contents_of, receiver_rules
from payments.acts.pages import act_forms
from payments.amendments.api import api as amendments_api
from payments.amendments.pages import amendment_pages
from payments.api import api as payments_api
from payments.contracts.api import api as contract_writing_api
from people.api import api as people_api
from people.pages.organisations import organisation_pages
from people.pages.roles import role_pages
from people.pages.users import user_pages
from people.sign_in.api import api as security_policy_api
from people.sign_in.pages.account import account_pages
from people.sign_in.pages.entry import sign_in_pages
from people.sign_in.pages.links import link_pages
from people.sign_in.pages.policy import policy_pages
from people.sign_in.pages.resets import reset_pages
from people.single_sign_on.pages import install_single_sign_on, single_sign_on_pages
from people.tokens.api import api as tokens_api
from people.tokens.pages import token_pages

MAX_FORM_PARTS = 200
MAX_BODY_BYTES = 1_000_000
"""No form of this service needs more, but those with files (``kernel.web.uploads``)."""

APIS: tuple[APIBlueprint, ...] = (
    contracts_api,
    enterprises_api,
    hazards_api,
    contract_file_api,
    yearly_filings_api,
    organisations_api,
    vendors_api,
    surveys_api,
    plans_api,
    rounds_api,
    contract_life_api,
    programmes_api,
    contract_writing_api,
    amendments_api,
    steps_api,
    search_api,
    payments_api,
    alerts_api,
    imports_api,
    scores_api,
    tokens_api,
    people_api,
    security_policy_api,
    trail_api,
    channel_api,
    documents_api,
    health,
)
PAGES: tuple[Blueprint, ...] = (
    overview_pages,
    contract_life_pages,
    programme_pages,
    contract_part_pages,
    amendment_pages,
    contract_pages,
    hazard_pages,
    enterprise_pages,
    search_pages,
    view_pages,
    plan_pages,
    round_pages,
    round_list_pages,
    file_pages,
    filing_pages,
    survey_pages,
    vendor_pages,
    act_pages,
    act_forms,
    step_pages,
    alert_pages,
    import_pages,
    delivery_pages,
    score_pages,
    trail_pages,
    sign_in_pages,
    account_pages,
    link_pages,
    policy_pages,
    reset_pages,
    token_pages,
    organisation_pages,
    user_pages,
    role_pages,
    single_sign_on_pages,
    channel_pages,
    metrics_pages,
    document_pages,
)

RECORD_APIS = tuple(map(record_api, RECORD_KINDS))
RECORD_PAGES = tuple(RecordPages(kind).blueprint for kind in RECORD_KINDS)


def create_app(settings: Settings, database: Database, clock: Clock) -> OpenAPI:
    """Make the application on a database and a clock; it opens no connection yet."""
    app = OpenAPI("monitor", **describe())
    app.openapi_version = "3.1.0"
    _configure(app, settings)
    if settings.trusted_proxies:
        # The name asked for is never taken from a forwarded header.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as its documentation shows
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies, x_host=0
        )
    install(
        app,
        WebParts(
            database,
            clock,
            authenticator(database, clock, token_reader(database, clock)),
            sealed_secrets(settings),
        ),
        allowed_hosts(settings.public_url),
    )
    install_metrics(app)
    install_uploads(app, largest_upload(settings), settings.data_dir / "incoming")
    install_documents(
        app, DocumentParts(contents_of(settings), ATTACHABLES, settings.document_max_bytes)
    )
    imports = Imports(database, clock, imports_folder(settings), WorkbookLimits.of(settings))
    install_imports(app, bureau_of(settings, imports))
    install_receivers(app, receiver_rules(settings))
    install_challenge(app)
    install_form_check(app)
    app.jinja_env.globals["sign_in_extras"] = []
    install_top_bar(app)
    install_single_sign_on(app, settings)
    _prepare_templates(app, settings.business_date)
    install_assets(app)
    install_screens(app, ZoneInfo(settings.zone))
    register_apis(app, (*APIS, *RECORD_APIS))
    for pages in (api_docs, *PAGES, *RECORD_PAGES):
        app.register_blueprint(pages)
    if settings.demo:
        install_demo(app)
    declare_static(app)
    refuse_undeclared(app)
    return app


def largest_upload(settings: Settings) -> int:
    """Bytes of the largest file that any route takes."""
    return max(settings.document_max_bytes, settings.workbook_max_bytes)


def _configure(app: Flask, settings: Settings) -> None:
    is_secure = settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=secret_key(settings.data_dir),
        MONITOR_ZONE=settings.zone,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME="__Host-monitor_session" if is_secure else "monitor_session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        # A page left open over lunch must still post; the token ends with the session.
        WTF_CSRF_TIME_LIMIT=None,
    )


def _prepare_templates(app: Flask, fixed_date: date | None) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    # A date fixed by MONITOR_BUSINESS_DATE is said on every page.
    app.jinja_env.globals["fixed_date"] = fixed_date
