"""动态口令: a second factor by TOTP (RFC 6238, six digits, 30 seconds) and its recovery codes."""

import secrets
from base64 import b32encode
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import segno
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel.errors import ConflictError, InputError
from kernel.sealed_secrets import SealedSecrets
from people.sign_in.bearer_secrets import fingerprint
from people.sign_in.models import RecoveryCode, SecondFactor

ISSUER = "合同履约监管"
STEP_SECONDS = 30
TOLERATED_STEPS = 1
"""A device whose clock is off by up to half a minute still works (RFC 6238, 5.2)."""
RECOVERY_CODES = 10
ENROLMENT_LASTS = timedelta(minutes=30)
"""A secret shown earlier and never confirmed may have been seen by somebody else since."""


def begin_enrolment(session: Session, sealed: SealedSecrets, user_id: UUID, now: datetime) -> str:
    """The secret of a device to be confirmed: a new one, or that of an enrolment just under way.

    Raises ``ConflictError`` when a confirmed device is there; it must be taken away first.
    """
    factor = session.get(SecondFactor, user_id, with_for_update=True)
    if factor is not None and factor.confirmed_at is not None:
        raise ConflictError("已经启用动态口令；更换设备请先停用")
    if factor is not None and factor.sealed_secret and now - factor.created_at < ENROLMENT_LASTS:
        return sealed.open(factor.sealed_secret)
    secret = pyotp.random_base32(32)
    if factor is None:
        factor = SecondFactor(user_id=user_id, created_at=now, last_step=0, sealed_secret="")
        session.add(factor)
    factor.sealed_secret, factor.created_at = sealed.seal(secret), now
    session.flush()
    return secret


def address_of(secret: str, login: str) -> str:
    """What the QR code holds: the key and its parameters, as apps read it."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def picture_of(secret: str, login: str) -> str:
    """The QR code as a ``data:`` address of an SVG image."""
    return segno.make(address_of(secret, login), error="m").svg_data_uri(scale=5, border=3)


def confirm_enrolment(
    session: Session, sealed: SealedSecrets, user_id: UUID, code: str, now: datetime
) -> list[str]:
    """Put the device into force and give its recovery codes, which are shown this once.

    Raises ``InputError`` naming ``code`` when it is not the device's.
    """
    factor = session.get(SecondFactor, user_id, with_for_update=True)
    if factor is None or not factor.sealed_secret or factor.confirmed_at is not None:
        raise ConflictError("没有待确认的动态口令设备；请重新开始")
    step = _step_of(sealed.open(factor.sealed_secret), code, now)
    if step is None or step <= factor.last_step:
        raise InputError("code", "动态口令不正确；请核对手机时间，等下一个口令再试")
    factor.confirmed_at, factor.last_step = now, step
    return new_recovery_codes(session, user_id, now)


def new_recovery_codes(session: Session, user_id: UUID, now: datetime) -> list[str]:
    """Fresh recovery codes; those before are spent."""
    session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.spent_at.is_(None))
        .values(spent_at=now)
    )
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user_id, code_hash=_hash(code)) for code in codes)
    session.flush()
    return codes


def use_code(
    session: Session, sealed: SealedSecrets, user_id: UUID, code: str, now: datetime
) -> str | None:
    """Use up a code of the device or a recovery code; which it was, None when it is neither.

    A code counts once, on whatever node and however many hand it in at the same time.
    """
    factor = session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is None:
        return None
    step = _step_of(sealed.open(factor.sealed_secret), code, now)
    if step is not None:
        used = session.execute(
            update(SecondFactor)
            .where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
            .values(last_step=step)
            .returning(SecondFactor.user_id)
            .execution_options(synchronize_session=False)
        ).all()
        return "动态口令" if used else None
    spent = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == _hash(code),
            RecoveryCode.spent_at.is_(None),
        )
        .values(spent_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    ).all()
    return "备用码" if spent else None


def take_away(session: Session, user_id: UUID, now: datetime) -> bool:
    """Take the device and the recovery codes out of force; False when there was none."""
    factor = session.get(SecondFactor, user_id, with_for_update=True)
    if factor is None or not factor.sealed_secret:
        return False
    factor.sealed_secret, factor.confirmed_at = "", None
    session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.spent_at.is_(None))
        .values(spent_at=now)
    )
    return True


def codes_left(session: Session, user_id: UUID) -> int:
    """How many recovery codes are unspent."""
    found = session.scalars(
        select(RecoveryCode.id).where(
            RecoveryCode.user_id == user_id, RecoveryCode.spent_at.is_(None)
        )
    )
    return len(found.all())


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step whose code this is, of those tolerated now."""
    plain = "".join(code.split())
    if not (plain.isascii() and plain.isdigit() and len(plain) == 6):
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    device = pyotp.TOTP(secret)
    for step in range(present - TOLERATED_STEPS, present + TOLERATED_STEPS + 1):
        if secrets.compare_digest(device.generate_otp(step), plain):
            return step
    return None


def _recovery_code() -> str:
    """80 random bits in four groups: too many to guess from the hash of a stolen database."""
    letters = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def _hash(code: str) -> str:
    return fingerprint("".join(code.split()).replace("-", "").lower())
