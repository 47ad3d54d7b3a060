"""Which columns hold secrets: the trail notes that one was changed, never what it holds."""

NOT_NOTED = "（不记录）"

_ENDINGS = ("secret", "_hash", "_digest", "password", "token", "recovery_codes")
_BEGINNINGS = ("totp_", "sealed_", "encrypted_")
_BY_NAME = frozenset({("channel", "url")})
"""An address of a chat robot carries its key."""


def is_secret(table: str, column: str) -> bool:
    """Whether the column's values stay out of the trail."""
    return (
        column.endswith(_ENDINGS) or column.startswith(_BEGINNINGS) or (table, column) in _BY_NAME
    )
