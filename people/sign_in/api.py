"""API of the security policy."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from kernel.access.permissions import Permission
from kernel.web.described import EDIT_ERRORS, LIST_ERRORS
from kernel.web.edits import seen_version
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import current_session, write_session
from people.sign_in.security_policy import PolicyTerms, change_policy, current_policy

api = APIBlueprint(
    "security_policy_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="security policy", description="安全策略")],
    abp_responses=LIST_ERRORS,
)


@api.get("/security-policy", summary="安全策略", responses={200: PolicyTerms})
@requires(Permission.POLICIES_WRITE)
def show() -> Response:
    """现行的会话、密码、限制登录与动态口令要求。"""
    return reply(current_policy(current_session()).terms)


@api.put("/security-policy", summary="修改安全策略", responses={200: PolicyTerms, **EDIT_ERRORS})
@requires(Permission.POLICIES_WRITE)
def change(body: PolicyTerms) -> Response:
    """须带 If-Match。没有写明的项取缺省值；即时生效。"""
    with write_session(reason="修改安全策略") as session:
        policy = current_policy(session)
        changed = change_policy(session, body, seen_version(policy.terms, policy.version))
    return reply(changed.terms)
